import type { EventTimes } from './event-times.ts'
import type { ModelChange, VersionChange } from './model-change.ts'
import type { ModelOutbox } from './model-outbox.ts'
import type { ModelRouting } from './model-routing.ts'
import type { ModelState, ModelStatistics, ModelUpload, ModelVersion, RecordPlace } from './model-rows.ts'
import type { NewPiece } from './model-uploads.ts'
import type { ModelUse } from './model-usage.ts'
import type { ModelUsageSource } from './model-usage-store.ts'
import type { ModelHistoryEntry } from './model-views.ts'
import type { ModelRecordPlace, NewModel } from './new-model.ts'
import type { PolicyPosition } from './policy-positions.ts'

/**
 * The models of a task as its processors use them, whichever store keeps them: `ModelStateStore`, which keeps versions, statistics and uploads, or
 * `CurrentModels`, which has one row a data type in a standard key-value store. What is said of a method there holds for both; what a store cannot do is said
 * at its class.
 */
export interface KeptModels {
  /** The largest model, in bytes, that the store can hold; absent: any. */
  readonly mostBytes?: number
  /** Called once by its writer, before the first call. Throws CONFIG_INVALID for rows of another kind of store. */
  check?(): Promise<void>
  /** The states of all data types, in no particular order. */
  readonly states: readonly ModelState[] | Promise<readonly ModelState[]>
  /** The data type's models. Returns the same object until they change. */
  state(dataType: string): ModelState | undefined
  /**
   * Makes the model the data type's next version, with the change that `changeFor` gives for its number; a store without `change` makes it the current one.
   * undefined: its record was applied before. Throws what `changeFor` throws, and changes nothing then.
   */
  addVersion(dataType: string, model: NewModel, changeFor?: VersionChange): ModelVersion | undefined
  /** Withdraws the data type's model. Returns the version that served; undefined: none did, or the record was applied before. */
  withdraw(dataType: string, place: ModelRecordPlace, now: number): ModelVersion | undefined
  /** Changes the policy of the data type, its names or the facts of its versions; absent: the store keeps one version of a model. */
  change?(dataType: string, change: ModelChange, place?: ModelRecordPlace): ModelState | undefined
  /** The first of the changes that wait are in force from now on; absent: the store keeps one version of a model, and no change waits. */
  takeWaiting?(dataType: string, count: number, now: number): readonly ModelRouting[]
  /** How far the data has come, by data type; absent as `takeWaiting`. */
  readonly times?: EventTimes
  /** The largest event time up to which records of the data type were answered; undefined: none was. */
  eventTime?(dataType: string): number | undefined
  /** Notes an event, with what it tells of; absent, with `outbox`: the store notes none. */
  note?(dataType: string, valueOf: (sequence: number) => Uint8Array): void
  /** The events that are noted and not told yet. */
  readonly outbox?: Pick<ModelOutbox, 'isEmpty' | 'take'>
  /** Notes where a policy took effect; undefined: it is known. Absent: the store has no policies. */
  tookEffect?(dataType: string, policy: number, place: RecordPlace, at: number): ModelRouting | undefined
  /** The policies by number, and where each took effect; absent: the store has none. */
  readonly policies?: { get(dataType: string, number: number): ModelRouting | undefined }
  positions?(dataType: string): Promise<readonly PolicyPosition[]>
  /** Marks a refused model record as applied; false: it was before. */
  markApplied(dataType: string, offset: number, partition?: number, from?: Omit<ModelRecordPlace, keyof RecordPlace>): boolean
  /** The bytes of a kept version, or of its signature, by their SHA-256; undefined: they are not in the store. */
  bytesOf(hash: Uint8Array | string): Uint8Array | undefined
  /** Keeps one piece of a model until `addVersion` or `dropUpload`. */
  addPiece(piece: NewPiece): void
  /** The models of which pieces have arrived, but not the record that closes them. */
  readonly uploads: readonly ModelUpload[]
  /** The bytes of a model that arrived in pieces. */
  uploaded(hash: Uint8Array): Promise<Uint8Array>
  /** Deletes the pieces of a model that no version names. */
  dropUpload(hash: Uint8Array): void
  /** Counts a call of the version. */
  recordUse(dataType: string, version: number, use: ModelUse, now: number): void
  /** Adds the figures of the source to those of these models until `detach`. */
  attach(source: ModelUsageSource): void
  /** Ends `attach`. */
  detach(source: ModelUsageSource): void
  /** Figures of the newest version; undefined: there are none. */
  statistics(dataType: string): ModelStatistics | undefined
  /** Every version that is known, the newest first. */
  history(dataType: string): Promise<readonly ModelHistoryEntry[]>
}
