import type { LoadedModels, ModelCache, ModelFactory, ModelGuard } from '../models/index.ts'
import type { sluice } from '../proto/messages.js'
import type { RecordReader } from '../records/index.ts'
import { defaultModelWaitMs } from './pending-models.ts'

/** `keyed`: in the task of the data type's partition. `broadcast`: every task of the data topic knows all models. */
export type ServingJoin = 'keyed' | 'broadcast'

/** What the model-serving topology is made of. */
export interface ServingOptions {
  /** The topic of the data records. */
  readonly dataTopic: string
  /** The topic of the models. */
  readonly modelsTopic: string
  /** The topic of the results. */
  readonly resultsTopic: string
  /** The store of the models. */
  readonly storeName: string
  /** How models meet data; default `keyed`. See `servingTopology`. */
  readonly join?: ServingJoin
  /** Reads the data records. */
  readonly reader: RecordReader
  /** The formats that models may have. */
  readonly factory: ModelFactory
  /** Shared by every task of the process: the same model is loaded once. */
  readonly models: LoadedModels
  /** Loads new models where they can do no harm; undefined: in this process, as they come. */
  readonly guard?: ModelGuard
  /** Directories that a model's location may lie in; none: locations are refused. */
  readonly modelRoots: readonly string[]
  /** Hosts (`host` or `host:port`) that a model's location may name; default none. */
  readonly modelHosts?: readonly string[]
  /** Keeps models that are too large for the store; undefined: they are refused. */
  readonly modelCache?: ModelCache
  /** The largest model, bytes. */
  readonly maxModelBytes: number
  /** How long records wait, in all, for a model that is being loaded or tried when no other serves them; default 10,000. */
  readonly modelWaitMs?: number
}

/** Where data tasks that have no models of their own count how those serve (`join: broadcast`). */
export function usageStoreName({ storeName }: Pick<ServingOptions, 'storeName'>): string {
  return `${storeName}-usage`
}

export function modelWaitOf({ modelWaitMs = defaultModelWaitMs }: Pick<ServingOptions, 'modelWaitMs'>): number {
  return modelWaitMs
}

/** What a model is loaded from, as far as its descriptor has a say in it. */
export interface DescribedModel {
  readonly hash: Uint8Array
  readonly modeltype: sluice.ModelDescriptor.ModelType
  readonly output: string
}

/**
 * The same bytes with another output as the score are another model to score with. The type is part of the key so that one which
 * contradicts the content is always found out: a load that someone else had made of the same bytes would hide it.
 */
export function loadedModelKey({ hash, modeltype, output }: DescribedModel): string {
  return `${Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('hex')}/${modeltype}/${output}`
}
