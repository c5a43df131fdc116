import { join as joinPath } from 'node:path'
import { defaultModelFactory, LoadedModels, ModelCache, type ModelFactory, ModelGuard, serviceLoader } from '../models/index.ts'
import type { RecordReader } from '../records/index.ts'
import type { ServingJoin, ServingOptions } from './serving-options.ts'

const gigabyte = 2 ** 30

/** What a program says of its model serving; all else that a `ServingOptions` needs is made from it, as `sluice serve` has it. */
export interface ModelServingOptions {
  /** The topic of the data records. */
  readonly dataTopic: string
  /** The topic of the models: `ModelDescriptor` records. */
  readonly modelsTopic: string
  /** The topic of the results: `ScoreResult` records. */
  readonly resultsTopic: string
  /** Reads the data records, here and in no other thread. */
  readonly reader: RecordReader
  /** The store of the models, by which REST finds them; default `ModelStateStore`. */
  readonly storeName?: string | undefined
  /** How models meet data; default `keyed`. See `servingTopology`. */
  readonly join?: ServingJoin | undefined
  /**
   * The formats that models may have. Default: those that Sluice brings, SERVICE among them for the servers in `modelHosts`. A program with
   * formats of its own registers them with a `defaultModelFactory()`.
   */
  readonly factory?: ModelFactory | undefined
  /** Directories that a model's location may lie in; default none: locations are refused. */
  readonly modelRoots?: readonly string[] | undefined
  /** Servers (`host` or `host:port`) that models may come from, or live in; default none: URLs are refused. */
  readonly modelHosts?: readonly string[] | undefined
  /** Where models over 64 MB are kept as files, in its folder `models`; undefined: they are refused. */
  readonly stateDir?: string | undefined
  /** The largest model, bytes; default 2 GiB. */
  readonly maxModelBytes?: number | undefined
  /** Room for models over 64 MB in `stateDir`, bytes; default 8 GiB. */
  readonly modelCacheBytes?: number | undefined
  /** The longest time that a new model may take to be loaded and tried, ms; default 30,000. */
  readonly modelLoadTimeoutMs?: number | undefined
  /** How long records wait, in all, for a model that is being loaded or tried when no other serves them, ms; default 10,000. */
  readonly modelWaitMs?: number | undefined
}

/** What may be shared with others of the process; each is made anew where it is not given, and whoever made it closes it. */
export interface ModelServingParts {
  /** Models that are loaded: the same one is loaded once. */
  readonly models?: LoadedModels | undefined
  /** Where new models are loaded and tried. */
  readonly guard?: ModelGuard | undefined
}

/** The options of `servingTopology`, complete: with a guard, a factory and, with a state directory, a cache for large models. */
export function servingOptions(given: ModelServingOptions, { models, guard }: ModelServingParts = {}): ServingOptions {
  const { modelHosts = [], stateDir, maxModelBytes = 2 * gigabyte, modelCacheBytes = 8 * gigabyte, modelLoadTimeoutMs, modelWaitMs } = given
  const factory = given.factory ?? defaultModelFactory().register('SERVICE', serviceLoader({ hosts: modelHosts }))
  return {
    dataTopic: given.dataTopic,
    modelsTopic: given.modelsTopic,
    resultsTopic: given.resultsTopic,
    reader: given.reader,
    storeName: given.storeName ?? 'ModelStateStore',
    join: given.join ?? 'keyed',
    factory,
    models: models ?? new LoadedModels(),
    guard: guard ?? new ModelGuard({ factory, ...(modelLoadTimeoutMs === undefined ? {} : { timeoutMs: modelLoadTimeoutMs }) }),
    modelRoots: given.modelRoots ?? [],
    modelHosts,
    maxModelBytes,
    ...(stateDir === undefined
      ? {}
      : { modelCache: new ModelCache({ directory: joinPath(stateDir, 'models'), maxBytes: modelCacheBytes }) }),
    ...(modelWaitMs === undefined ? {} : { modelWaitMs }),
  }
}
