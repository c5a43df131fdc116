import { join as joinPath } from 'node:path'
import { defaultModelFactory, LoadedModels, ModelCache, type ModelFactory, ModelGuard, serviceLoader } from '../models/index.ts'
import type { RecordReader } from '../records/index.ts'
import type { ServingJoin, ServingOptions } from './serving-options.ts'

const gigabyte = 2 ** 30

/** Options of model serving for a program. `servingOptions` completes them with the defaults of `sluice serve`. */
export interface ModelServingOptions {
  /** The topic of the data records. */
  readonly dataTopic: string
  /** The topic of the models: `ModelDescriptor` records. */
  readonly modelsTopic: string
  /** The topic of the results: `ScoreResult` records. */
  readonly resultsTopic: string
  /** Reads the data records, in this thread only. */
  readonly reader: RecordReader
  /** The name of the models' store, under which REST finds them; default `ModelStateStore`. */
  readonly storeName?: string | undefined
  /** How models meet data; default `keyed`. See `servingTopology`. */
  readonly join?: ServingJoin | undefined
  /**
   * The formats that models may have. Default: those of Sluice, including SERVICE for the servers in `modelHosts`. A program registers
   * formats of its own with a `defaultModelFactory()`.
   */
  readonly factory?: ModelFactory | undefined
  /** Directories in which a model's location may be; default none: paths are refused. */
  readonly modelRoots?: readonly string[] | undefined
  /** Servers (`host` or `host:port`) from which models may be read, or in which they may run; default none: URLs are refused. */
  readonly modelHosts?: readonly string[] | undefined
  /** Models over 64 MiB are kept as files in the folder `models` of this directory; undefined: such models are refused. */
  readonly stateDir?: string | undefined
  /** The largest model, bytes; default 2 GiB. */
  readonly maxModelBytes?: number | undefined
  /** Largest total size of the models over 64 MiB in `stateDir`, bytes; default 8 GiB. */
  readonly modelCacheBytes?: number | undefined
  /** Most time for loading and trying a new model, ms; default 30,000. */
  readonly modelLoadTimeoutMs?: number | undefined
  /** Most time that records wait for a model that is being loaded or tried while no other model serves them, ms; default 10,000. */
  readonly modelWaitMs?: number | undefined
}

/** Parts that several topologies of a process may share. A part that is not given is created. The creator of a part closes it. */
export interface ModelServingParts {
  /** The loaded models of the process: each model is loaded once. */
  readonly models?: LoadedModels | undefined
  /** Where new models are loaded and tried. */
  readonly guard?: ModelGuard | undefined
}

/** The complete options of `servingTopology`: with a guard, a factory and, if there is a state directory, a cache for large models. */
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
