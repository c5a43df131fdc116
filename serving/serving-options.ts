import type { LoadedModels, ModelCache, ModelFactory, ModelGuard, ScoreWatch, SigningKey, TrustedKeys } from '../models/index.ts'
import type { sluice } from '../proto/messages.js'
import type { RecordReader } from '../records/index.ts'
import { type ModelVersion, type StoreBuilder, waitingRecordsStore } from '../stores/index.ts'
import { type ModelServingOptions, modelServingTable, type SpeculativePolicies } from './options/index.ts'

/** How models meet data. `keyed`: in the task of the data type's partition. `broadcast`: every task of the data topic has all models. */
export type ServingJoin = NonNullable<ModelServingOptions['join']>

/** Where a task keeps its models. */
export type ModelStoreKind = NonNullable<ModelServingOptions['store']>

/** The options of the model-serving topology. */
export interface ServingOptions {
  /** The topic of the data records. */
  readonly dataTopic: string
  /** The topic of the models. */
  readonly modelsTopic: string
  /** The topic of the results. */
  readonly resultsTopic: string
  /** The name of the models' store. */
  readonly storeName: string
  /** Where a task keeps its models; default `model`. See `servingTopology`. */
  readonly store?: ModelStoreKind
  /** How models meet data; default `keyed`. See `servingTopology`. */
  readonly join?: ServingJoin
  /** Reads the data records. */
  readonly reader: RecordReader
  /** The formats that models may have. */
  readonly factory: ModelFactory
  /** The loaded models, shared by all tasks of the process: each model is loaded once. */
  readonly models: LoadedModels
  /** Loads and tries new models isolated from this process; undefined: they are loaded in this process. */
  readonly guard?: ModelGuard
  /** Ends this process when a model hangs the thread that scores; undefined: nothing does. */
  readonly scoreWatch?: ScoreWatch
  /** Directories in which a model's location may be; empty: paths are refused. */
  readonly modelRoots: readonly string[]
  /** Hosts (`host` or `host:port`) that a model's location may name; default none: URLs are refused. */
  readonly modelHosts?: readonly string[]
  /** Directories in which a model that is code may be; default none: such models are refused. */
  readonly codeRoots?: readonly string[]
  /** Only models that one of these has signed serve; undefined: models need no signature. */
  readonly trustedKeys?: TrustedKeys
  /** Signs the events of models; undefined: they are not signed. */
  readonly eventKey?: SigningKey | undefined
  /** Keeps models that are too large for the store; undefined: such models are refused. */
  readonly modelCache?: ModelCache
  /** The largest model, bytes. */
  readonly maxModelBytes: number
  /** Data types whose records are decided between several models; default none. */
  readonly policies?: SpeculativePolicies | undefined
  /** Directories in which modules of deciders may be; default none: such deciders are refused. */
  readonly deciderRoots?: readonly string[]
  /** Most time that records wait for a model that is being loaded or tried while no other model serves them, ms; default 10,000. */
  readonly modelWaitMs?: number
}

/** The name of the store in which data tasks count the use of models with `join: broadcast`. */
export function usageStoreName({ storeName }: Pick<ServingOptions, 'storeName'>): string {
  return `${storeName}-usage`
}

/** Whether the data tasks count the use of models in a store of their own. */
export function countsUsage({ join, store }: Pick<ServingOptions, 'join' | 'store'>): boolean {
  return join === 'broadcast' && store !== 'key-value'
}

/** The name of the store of data records that wait for a model. */
export function waitingStoreName({ storeName }: Pick<ServingOptions, 'storeName'>): string {
  return `${storeName}-waiting`
}

/** The store of data records that wait for a model. Its changelog holds them where the models are in memory: the offsets have passed them. */
export function waitingStoreOf(options: Pick<ServingOptions, 'storeName' | 'store'>): StoreBuilder {
  return waitingRecordsStore({ name: waitingStoreName(options), persistent: options.store !== 'memory' })
}

/** The topic of the scores of shadows. */
export function shadowTopicOf({ resultsTopic }: Pick<ServingOptions, 'resultsTopic'>): string {
  return `${resultsTopic}-shadow`
}

/** The topic of scores that came after their record's decision. */
export function lateTopicOf({ resultsTopic }: Pick<ServingOptions, 'resultsTopic'>): string {
  return `${resultsTopic}-late`
}

/** Whether models can race, by a setting or a control record: the store keeps several of a data type. */
export function canRace({ store }: Pick<ServingOptions, 'store'>): boolean {
  return store !== 'key-value'
}

/** Whether the settings say that models race for the records of some data type. */
export function decides({ policies }: Pick<ServingOptions, 'policies'>): boolean {
  return policies !== undefined && Object.keys(policies).length > 0
}

export function modelWaitOf({ modelWaitMs = modelServingTable.modelWaitMs.default }: Pick<ServingOptions, 'modelWaitMs'>): number {
  return modelWaitMs
}

/** The parts of a descriptor that determine the loaded model. */
export interface DescribedModel {
  readonly hash: Uint8Array
  readonly modeltype: sluice.ModelDescriptor.ModelType
  readonly output: string
}

/** Identifies a version. The number alone does not: after a restore the same number may name another model. */
export function modelRecordKey(version: ModelVersion): string {
  return `${version.version} ${version.partition}@${version.offset} ${loadedModelKey(version)}`
}

/**
 * The key of a loaded model. The output is part of it because the same bytes with another output give other scores. The type is part of it
 * because a type that contradicts the content must be refused even when the same bytes are loaded already.
 */
export function loadedModelKey({ hash, modeltype, output }: DescribedModel): string {
  return `${Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('hex')}/${modeltype}/${output}`
}
