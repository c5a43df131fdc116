import { env } from '../../base/index.ts'
import { type StoreHooks, type TransactionBuffer } from '../rows/index.ts'
import { afterPrefix } from '../byte-key.ts'
import type { KeptModels } from './kept-models.ts'
import { ModelBlobs } from './model-blobs.ts'
import { ModelFigures } from './model-figures.ts'
import { EventTimes, TIME_PREFIX } from './event-times.ts'
import { asChampion, type ModelChange, type VersionChange } from './model-change.ts'
import { ModelOutbox } from './model-outbox.ts'
import { ModelPolicies } from './model-policies.ts'
import { ModelQueries } from './model-queries.ts'
import { hexOf, type ModelState, type ModelStatistics, type ModelUpload, type ModelVersion, type RecordPlace } from './model-rows.ts'
import { championAlone, type ModelRouting } from './model-routing.ts'
import { blobsFirst, isBlobKey, parseModelRowKey, EVENT_PREFIX, STATE_PREFIX, STATS_PREFIX, UPLOAD_PREFIX } from './row-keys.ts'
import type { PolicyPosition } from './policy-positions.ts'
import { ModelStates } from './model-states.ts'
import { ModelUploads, type NewPiece } from './model-uploads.ts'
import {
  askedBy,
  inTopic,
  isApplied,
  type ModelRecordPlace,
  movedIn,
  withVersion,
  type NewModel,
  newVersion,
  topicOf,
  versionOf,
} from './new-model.ts'
import type { ModelUse } from './model-usage.ts'
import { lastUsedIn, type ModelUsageSource, usageIn } from './model-usage-store.ts'
import { type ModelHistoryEntry, modelHistory, type ModelServingView } from './model-views.ts'
import type { Row, StateStore } from '../state-store.ts'
import type { ReadOptions, StoreQuery } from '../store-query.ts'

const statisticsEveryMs = 1000

/**
 * The models of a task's data types: a small state and statistics for each data type, and the models' bytes by their SHA-256, each blob once.
 * States and statistics are held decoded. The row of a state is written when it changes, those of statistics at most once a second.
 */
export class ModelStateStore implements StateStore, StoreHooks, KeptModels {
  readonly name: string
  readonly #buffer: TransactionBuffer
  readonly #blobs: ModelBlobs
  readonly #uploads: ModelUploads
  readonly #figures: ModelFigures
  /** The policies of all data types. */
  readonly policies: ModelPolicies
  /** Events that were noted, but not told yet. */
  readonly outbox: ModelOutbox
  /** How far the data of each data type has come. */
  readonly times: EventTimes
  readonly #queries: ModelQueries
  /** Other stores that count the use of this store's models. */
  readonly #sources = new Set<ModelUsageSource>()
  readonly #states: ModelStates
  #statisticsDue = 0
  /** The data type whose newest model began to serve last. */
  #newest: { readonly dataType: string; readonly since: number } | undefined

  private constructor(buffer: TransactionBuffer, options: { readonly name: string; readonly maxVersions: number }) {
    this.name = options.name
    this.#buffer = buffer
    this.#blobs = new ModelBlobs(buffer)
    this.#uploads = new ModelUploads(buffer, this.#blobs)
    this.#figures = new ModelFigures(buffer)
    this.policies = new ModelPolicies(buffer)
    this.outbox = new ModelOutbox(buffer)
    this.times = new EventTimes(buffer)
    const { policies, times } = this
    this.#states = new ModelStates({ buffer, blobs: this.#blobs, policies, times, maxVersions: options.maxVersions })
    this.#queries = new ModelQueries(buffer, this.#sources)
  }

  /** Opens the store and reads the states, statistics and uploads from the storage. */
  static async open(buffer: TransactionBuffer, options: { readonly name: string; readonly maxVersions: number }): Promise<ModelStateStore> {
    const store = new ModelStateStore(buffer, options)
    for (const prefix of [STATE_PREFIX, STATS_PREFIX, UPLOAD_PREFIX, EVENT_PREFIX, TIME_PREFIX]) {
      const from = Buffer.from(prefix)
      for await (const [key, value] of buffer.committed.range(from, afterPrefix(from))) store.#load({ key, value })
    }
    return store
  }

  /** The states of all data types, in no particular order. */
  get states(): readonly ModelState[] {
    return this.#states.all
  }

  /** The data type's models. Returns the same object until they change. */
  state(dataType: string): ModelState | undefined {
    return this.#states.get(dataType)
  }

  /**
   * Makes the model the data type's next version, with the change that `changeFor` gives for its number: by default it is the champion. A record
   * that was applied before changes nothing: returns the version that it became then, or undefined when it was refused or the version is no
   * longer kept. Nothing is changed if `changeFor` throws.
   */
  addVersion(dataType: string, model: NewModel, changeFor: VersionChange = asChampion): ModelVersion | undefined {
    const before = this.#stateIn(dataType, model)
    const again = before && versionOf(before, model)
    if (before !== undefined && (again !== undefined || isApplied(before, model))) return again
    const version = newVersion(model, (before?.latest ?? 0) + 1)
    const next = withVersion(before, dataType, version, model)
    const change: ModelChange = { ...changeFor(version.version, next), asked: askedBy(model) }
    this.#states.check(next, change)
    this.#uploads.keep(hexOf(version.hash), model.bytes)
    if (version.signature !== undefined) this.#uploads.keep(version.signature.hash, model.givenSignature?.bundle)
    this.#change(next, change)
    const superseded = before?.versions.at(-1)
    if (superseded !== undefined) this.#figures.supersede(dataType, superseded)
    this.#newest = { dataType, since: model.since }
    return version
  }

  /**
   * Changes the data type's policy, names or facts. `place`: the record that is applied now, which changes nothing when it was applied before;
   * undefined: the change waited for its time. Returns the state after it; undefined: nothing was changed.
   */
  change(dataType: string, change: ModelChange, place?: ModelRecordPlace): ModelState | undefined {
    const state = place === undefined ? this.#states.get(dataType) : this.#stateIn(dataType, place)
    if (state === undefined || (place !== undefined && isApplied(state, place))) return undefined
    return this.#change(
      place === undefined ? state : { ...state, nextOffset: Math.max(state.nextOffset, place.offset + 1), ...movedIn(state, place) },
      change,
    )
  }

  /** The first `count` of the changes that wait are in force from now on, epoch ms. Returns the policies that they make, in order. */
  takeWaiting(dataType: string, count: number, now: number): readonly ModelRouting[] {
    return this.#states.takeWaiting(dataType, count, now)
  }

  /** The largest event time up to which records of the data type were answered, in any partition of the data; undefined: none was. */
  eventTime(dataType: string): number | undefined {
    const all = [this.times, ...[...this.#sources].map(({ times }) => times)].flatMap(times => times.all(dataType))
    return all.length === 0 ? undefined : Math.max(...all)
  }

  /**
   * Notes where a policy took effect: the first data record that it was in force for. Returns the policy; undefined: it was noted before, or is unknown.
   * `now`: epoch ms.
   */
  tookEffect(dataType: string, number: number, position: RecordPlace, now: number): ModelRouting | undefined {
    const routing = this.policies.tookEffect(dataType, number, position, now)
    if (routing === undefined) return undefined
    const state = this.#states.get(dataType)
    if (state?.routing?.number === number) this.#states.set({ ...state, routing })
    return routing
  }

  /** Where the policies of a data type took effect in the data of each partition, as far as they did, in no particular order. */
  async positions(dataType: string): Promise<readonly PolicyPosition[]> {
    const all = [this.policies.positions(dataType), ...[...this.#sources].map(({ positions }) => positions.of(dataType))]
    return (await Promise.all(all)).flat()
  }

  /** Notes an event of the data type, which must be known; `valueFor` gives its value for its number. */
  note(dataType: string, valueFor: (sequence: number) => Uint8Array): void {
    const state = this.#states.get(dataType)
    if (state === undefined) return
    const events = (state.events ?? 0) + 1
    this.#states.set({ ...state, events })
    this.outbox.add(dataType, events, valueFor(events))
  }

  /**
   * Withdraws the data type's model, and drops the changes that wait. The versions stay known, and version numbers go on with the next model. Returns the version
   * that served; undefined when none did, or when the record was applied before.
   */
  withdraw(dataType: string, place: ModelRecordPlace, now: number): ModelVersion | undefined {
    const state = this.#stateIn(dataType, place)
    if (state === undefined || (state.current === 0 && state.waiting === undefined)) return undefined
    const { partition, offset } = place
    const changed = this.change(
      dataType,
      { routes: championAlone(0), withdrawn: true, planned: [], asked: { partition, offset, acceptedAt: now } },
      place,
    )
    return changed && state.versions.find(({ version }) => version === state.current)
  }

  /** Marks a refused record as applied; false: it was before. `partition` may be omitted when all records of a data type are on one partition. */
  markApplied(dataType: string, offset: number, partition?: number, from: Omit<ModelRecordPlace, keyof RecordPlace> = {}): boolean {
    const place = { partition: partition ?? 0, offset, ...from }
    const state = this.#stateIn(dataType, place) ?? { dataType, current: 0, latest: 0, versions: [], nextOffset: 0, ...topicOf(place) }
    const last = state.versions.at(-1)
    // The state has one offset, of the newest version's partition: it cannot hold an offset of another partition.
    if (offset < state.nextOffset || (last !== undefined && partition !== undefined && partition !== last.partition)) return false
    const refusedUpTo = { partition: place.partition, offset }
    this.#states.set({ ...state, nextOffset: offset + 1, refusedUpTo, ...movedIn(state, place) })
    return true
  }

  /** As the topic of a record finds it. */
  #stateIn(dataType: string, place: ModelRecordPlace): ModelState | undefined {
    const state = this.#states.get(dataType)
    return state && inTopic(state, place)
  }

  /** The bytes of a kept version, or of its signature, checked against the hash (bytes or hex); undefined: no version names them. Throws SluiceError STORE_CORRUPT. */
  bytesOf(hash: Uint8Array | string): Uint8Array | undefined {
    return this.#blobs.read(typeof hash === 'string' ? hash : hexOf(hash))
  }

  /** Stores one piece of a model until `addVersion` or `dropUpload`. Throws SluiceError MODEL_LOAD_FAILED for an inconsistent piece. */
  addPiece(piece: NewPiece): void {
    if (!this.#blobs.has(hexOf(piece.hash))) this.#uploads.add(piece)
  }

  /** The models of which pieces have arrived, but not the record that closes them. */
  get uploads(): readonly ModelUpload[] {
    return this.#uploads.all
  }

  /** The bytes of a model that arrived in pieces. Throws SluiceError MODEL_LOAD_FAILED when pieces are missing, MODEL_HASH_MISMATCH. */
  async uploaded(hash: Uint8Array): Promise<Uint8Array> {
    return this.#blobs.read(hexOf(hash)) ?? this.#uploads.read(hexOf(hash))
  }

  /** Deletes the pieces of a model that no version names. */
  dropUpload(hash: Uint8Array): void {
    this.#uploads.drop(hexOf(hash))
  }

  /** Counts a call of the version; cheap enough to be called for every batch. `now`: epoch ms. */
  recordUse(dataType: string, version: number, use: ModelUse, now: number): void {
    if (this.#buffer.noting) {
      const before = this.#figures.snapshot(dataType, { version, use })
      this.#buffer.note({ undo: () => this.#figures.goBack(dataType, before) }, before, before)
    }
    this.#figures.add(dataType, version, use, now)
  }

  /** Adds the figures of the source to those of this store's models until `detach`. */
  attach(source: ModelUsageSource): void {
    this.#sources.add(source)
  }

  /** Ends `attach`. */
  detach(source: ModelUsageSource): void {
    this.#sources.delete(source)
  }

  /** Figures of the newest version, the running transaction included; undefined: it was not used. */
  statistics(dataType: string): ModelStatistics | undefined {
    return this.#figures.newest(dataType) ?? usageIn(this.#sources, dataType, this.#states.get(dataType)?.latest ?? 0)
  }

  /** The facts and the use of every version there was, the newest first, the running transaction included. */
  async history(dataType: string): Promise<readonly ModelHistoryEntry[]> {
    return modelHistory(await this.#figures.past(dataType), this.#states.get(dataType), this.#figures.newest(dataType), version =>
      usageIn(this.#sources, dataType, version),
    )
  }

  query(key: string, options?: ReadOptions): ModelServingView | undefined {
    return this.#queries.one(key, options)
  }

  queryAll(query?: StoreQuery): AsyncIterable<{ readonly key: string; readonly value: ModelServingView }> {
    return this.#queries.all(query)
  }

  /** The data type's model or, without a key, the model that was used last; before the first use, the one that began to serve last. */
  queryLatest(key?: string): ModelServingView | undefined {
    const dataType = key ?? this.#figures.lastDataType ?? lastUsedIn(this.#sources) ?? this.#newest?.dataType
    return dataType === undefined ? undefined : this.query(dataType)
  }

  /** Whether the next commit writes statistics: at most once a second. */
  get pending(): boolean {
    return this.times.pending || ((this.#figures.changed || this.times.changed) && env.monotonic() >= this.#statisticsDue)
  }

  settle(): void {
    this.#statisticsDue = 0
  }

  beforeCommit(): void {
    if (!this.pending) return
    const due = env.monotonic() >= this.#statisticsDue
    this.times.write(due)
    if (!due) return
    this.#statisticsDue = env.monotonic() + statisticsEveryMs
    this.#figures.write((dataType, version) => this.#states.get(dataType)?.versions.find(each => each.version === version))
  }

  /** Orders rows so that a reader of any first part of them finds all blobs that the states name: blobs, other rows, deletions. */
  inOrder(rows: readonly Row[]): readonly Row[] {
    return blobsFirst(rows)
  }

  /** Bytes of a model are nothing to a reader until a state names them, which comes with the commit itself. */
  mayPrecede({ key, value }: Row): boolean {
    return value !== null && isBlobKey(key)
  }

  restored(rows: readonly Row[]): void {
    for (const row of rows) this.#load(row)
  }

  undone(row: Row): void {
    this.#load(row)
  }

  wiped(): void {
    this.#states.clear()
    this.#figures.clear()
    this.#blobs.clear()
    this.#uploads.clear()
    this.outbox.clear()
    this.times.clear()
    this.#newest = undefined
  }

  #change(state: ModelState, change: ModelChange): ModelState {
    const { retired, asked } = change
    if (retired !== undefined) this.#figures.retire(state.dataType, retired, asked.acceptedAt)
    return this.#states.change(state, change)
  }

  /** Loads a row of the storage into memory. */
  #load({ key, value }: Row): void {
    const name = parseModelRowKey(key)
    if (name === undefined || name.kind === 'blob' || name.kind === 'past' || name.kind === 'policy') return
    if (name.kind === 'upload') return this.#uploads.load(name.hash, value)
    if (name.kind === 'event') return this.outbox.load({ key, value })
    if (name.kind === 'time') return this.times.load({ key, value })
    const { kind, dataType } = name
    if (kind === 'stats') return this.#figures.load(dataType, value)
    const state = this.#states.load(dataType, value)
    const since = state?.versions.at(-1)?.since
    if (since !== undefined && since >= (this.#newest?.since ?? -Infinity)) this.#newest = { dataType, since }
  }
}
