import { asBuffer } from '../../records/index.ts'
import { type StoreHooks, type TransactionBuffer } from '../rows/index.ts'
import { afterPrefix } from '../byte-key.ts'
import { ModelBlobs } from './model-blobs.ts'
import { ModelFigures } from './model-figures.ts'
import {
  hexOf,
  modelStateSerde,
  modelStatisticsSerde,
  parseModelRowKey,
  STATE_PREFIX,
  stateKey,
  STATS_PREFIX,
  statsKey,
  type ModelState,
  type ModelStatistics,
  type ModelUpload,
  type ModelVersion,
  type RecordPlace,
  UPLOAD_PREFIX,
} from './model-rows.ts'
import { ModelUploads, type NewPiece } from './model-uploads.ts'
import { isApplied, type ModelRecordPlace, movedUpTo, type NewModel, stored, newVersion } from './new-model.ts'
import type { ModelUse } from './model-usage.ts'
import { lastUsedIn, type ModelUsageSource, usageIn } from './model-usage-store.ts'
import { type ModelHistoryEntry, modelHistory, modelServingView, type ModelServingView } from './model-views.ts'
import type { Row, StateStore } from '../state-store.ts'
import { isEmpty, keyBounds, type ReadOptions, type StoreQuery } from '../store-query.ts'

const statisticsEveryMs = 1000

/**
 * The models of a task's data types: a small state and statistics a data type, and the models' bytes by their SHA-256, each blob once.
 * States and statistics are held decoded; rows are made when they change, of statistics once a commit.
 */
export class ModelStateStore implements StateStore, StoreHooks {
  readonly name: string
  readonly #maxVersions: number
  readonly #buffer: TransactionBuffer
  readonly #blobs: ModelBlobs
  readonly #uploads: ModelUploads
  readonly #figures: ModelFigures
  /** Who counts how models serve, where it is not this store. */
  readonly #sources = new Set<ModelUsageSource>()
  readonly #states = new Map<string, ModelState>()
  #statisticsDue = 0
  /** The data type whose model began to serve last. */
  #newest: { readonly dataType: string; readonly since: number } | undefined

  private constructor(buffer: TransactionBuffer, options: { readonly name: string; readonly maxVersions: number }) {
    this.name = options.name
    this.#maxVersions = options.maxVersions
    this.#buffer = buffer
    this.#blobs = new ModelBlobs(buffer)
    this.#uploads = new ModelUploads(buffer)
    this.#figures = new ModelFigures(buffer)
  }

  /** Reads what the storage holds of states and statistics. */
  static async open(buffer: TransactionBuffer, options: { readonly name: string; readonly maxVersions: number }): Promise<ModelStateStore> {
    const store = new ModelStateStore(buffer, options)
    for (const prefix of [STATE_PREFIX, STATS_PREFIX, UPLOAD_PREFIX]) {
      const from = Buffer.from(prefix)
      for await (const [key, value] of buffer.committed.range(from, afterPrefix(from))) store.#load({ key, value })
    }
    return store
  }

  /** Every data type's, in no order. */
  get states(): readonly ModelState[] {
    return [...this.#states.values()]
  }

  /** The data type's models; the same object until they change. */
  state(dataType: string): ModelState | undefined {
    return this.#states.get(dataType)
  }

  /**
   * Gives the model the data type's next version and makes it current. A record that was applied before changes nothing: it returns the
   * version made then; undefined when that one was refused, or is no longer kept.
   */
  addVersion(dataType: string, model: NewModel): ModelVersion | undefined {
    const before = this.#states.get(dataType)
    const again = before?.versions.find(({ partition, offset }) => partition === model.partition && offset === model.offset)
    if (before !== undefined && (again !== undefined || isApplied(before, model))) return again
    const version = newVersion(model, (before?.latest ?? 0) + 1)
    const hash = hexOf(version.hash)
    if (model.bytes !== undefined && !this.#uploads.isComplete(hash)) this.#blobs.store(version.hash, model.bytes)
    this.#uploads.end(hash, version.remote !== true)
    this.#setState({
      dataType,
      current: version.version,
      latest: version.version,
      versions: [...(before?.versions ?? []), version].slice(-this.#maxVersions),
      nextOffset: model.offset + 1,
      ...movedUpTo(before, model),
    })
    const superseded = before?.versions.at(-1)
    if (superseded !== undefined) this.#figures.supersede(dataType, superseded)
    this.#newest = { dataType, since: model.since }
    return version
  }

  /**
   * The data type has no model from here on: its versions stay known, and the next one counts on. Returns the version that served until now;
   * undefined when none did, or the record was applied before.
   */
  withdraw(dataType: string, place: ModelRecordPlace, now: number): ModelVersion | undefined {
    const state = this.#states.get(dataType)
    if (state === undefined || state.current === 0 || isApplied(state, place)) return undefined
    this.#setState({ ...state, current: 0, nextOffset: place.offset + 1, withdrawnAt: now, ...movedUpTo(state, place) })
    return state.versions.find(({ version }) => version === state.current)
  }

  /** Remembers that a model record was seen and refused. `partition`: where it is not always the same one for a data type. */
  markApplied(dataType: string, offset: number, partition?: number, movedFrom?: RecordPlace): void {
    const state = this.#states.get(dataType) ?? { dataType, current: 0, latest: 0, versions: [], nextOffset: 0 }
    const last = state.versions.at(-1)
    // One offset is kept a data type: another partition's says nothing about it.
    if (offset < state.nextOffset || (last !== undefined && partition !== undefined && partition !== last.partition)) return
    this.#setState({ ...state, nextOffset: offset + 1, ...movedUpTo(state, { partition: partition ?? 0, offset, movedFrom }) })
  }

  /** A kept version's bytes, checked against the hash (as bytes or in hex). Throws SluiceError STORE_CORRUPT. */
  bytesOf(hash: Uint8Array | string): Uint8Array | undefined {
    return this.#blobs.read(typeof hash === 'string' ? hash : hexOf(hash))
  }

  /** Keeps one piece of a model until `addVersion` names it. Throws SluiceError MODEL_LOAD_FAILED for one that contradicts itself. */
  addPiece(piece: NewPiece): void {
    if (!this.#blobs.has(hexOf(piece.hash))) this.#uploads.add(piece)
  }

  /** The models of which pieces have come. */
  get uploads(): readonly ModelUpload[] {
    return this.#uploads.all
  }

  /** A model that came in pieces. Throws SluiceError MODEL_LOAD_FAILED when some are missing, MODEL_HASH_MISMATCH. */
  async uploaded(hash: Uint8Array): Promise<Uint8Array> {
    return this.#blobs.read(hexOf(hash)) ?? this.#uploads.read(hexOf(hash))
  }

  /** Forgets a model's pieces. */
  dropUpload(hash: Uint8Array): void {
    this.#uploads.end(hexOf(hash), this.#blobs.has(hexOf(hash)))
  }

  /** Counts a call of the version, of so many records; cheap enough for every batch. `now` in epoch ms. */
  recordUse(dataType: string, version: number, use: ModelUse, now: number): void {
    if (this.#buffer.noting) {
      const before = this.#figures.snapshot(dataType)
      this.#buffer.note({ undo: () => this.#figures.goBack(dataType, before) }, before, before)
    }
    this.#figures.add(dataType, version, use, now)
  }

  /** What the source counts belongs to the figures of this store's models, until it is detached. */
  attach(source: ModelUsageSource): void {
    this.#sources.add(source)
  }

  detach(source: ModelUsageSource): void {
    this.#sources.delete(source)
  }

  /** Of the newest version, the running transaction included; undefined while it was not used. */
  statistics(dataType: string): ModelStatistics | undefined {
    return this.#figures.newest(dataType) ?? usageIn(this.#sources, dataType, this.#states.get(dataType)?.latest ?? 0)
  }

  /** Every version there was, the newest first, the running transaction included: what is known of it, and how it has served. */
  async history(dataType: string): Promise<readonly ModelHistoryEntry[]> {
    return modelHistory(await this.#figures.past(dataType), this.#states.get(dataType), this.#figures.newest(dataType), version =>
      usageIn(this.#sources, dataType, version),
    )
  }

  query(key: string, { uncommitted }: ReadOptions = {}): ModelServingView | undefined {
    const rows = this.#rows(uncommitted)
    const state = rows.get(stateKey(key))
    return state === undefined ? undefined : this.#view(rows, key, state)
  }

  async *queryAll(query: StoreQuery = {}): AsyncIterable<{ readonly key: string; readonly value: ModelServingView }> {
    const { limit = Infinity, uncommitted } = query
    const { from = stateKey(''), to = afterPrefix(Buffer.from(STATE_PREFIX)) } = keyBounds(query, stateKey)
    if (limit <= 0 || isEmpty({ from, to })) return
    let left = limit
    const rows = this.#rows(uncommitted)
    for await (const [key, state] of rows.range(from, to, limit)) {
      const dataType = asBuffer(key).toString('utf8', STATE_PREFIX.length)
      const value = this.#view(rows, dataType, state)
      if (value === undefined) continue
      yield { key: dataType, value }
      if (--left <= 0) return
    }
  }

  /** The model used last; before the first use, the one that began to serve last. */
  queryLatest(key?: string): ModelServingView | undefined {
    const dataType = key ?? this.#figures.lastDataType ?? lastUsedIn(this.#sources) ?? this.#newest?.dataType
    return dataType === undefined ? undefined : this.query(dataType)
  }

  /** Statistics are written once a second, not with each of many commits. */
  get pending(): boolean {
    return this.#figures.changed && Date.now() >= this.#statisticsDue
  }

  settle(): void {
    this.#statisticsDue = 0
  }

  beforeCommit(): void {
    if (!this.pending) return
    this.#statisticsDue = Date.now() + statisticsEveryMs
    this.#figures.write((dataType, version) => this.#states.get(dataType)?.versions.find(each => each.version === version))
  }

  /** A state never comes before the bytes that it names, nor after the end of those that it named before. */
  inOrder(rows: readonly Row[]): readonly Row[] {
    const rank = ({ key, value }: Row): number => (value === null ? 2 : parseModelRowKey(key)?.kind === 'blob' ? 0 : 1)
    return rows.toSorted((a, b) => rank(a) - rank(b))
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
    this.#newest = undefined
  }

  #setState(state: ModelState): void {
    this.#states.set(state.dataType, state)
    this.#buffer.put(stateKey(state.dataType), modelStateSerde.serialize(state))
    for (const dropped of this.#blobs.name(state.dataType, stored(state.versions))) this.#blobs.delete(dropped)
  }

  /** Takes over a row that the storage holds. */
  #load({ key, value }: Row): void {
    const name = parseModelRowKey(key)
    if (name === undefined || name.kind === 'blob' || name.kind === 'past') return
    if (name.kind === 'upload') return this.#uploads.load(name.hash, value)
    const { kind, dataType } = name
    if (kind === 'stats') return this.#figures.load(dataType, value)
    const state = value === null ? undefined : modelStateSerde.deserialize(value)
    // Blobs that nobody names any more have tombstones of their own in the changelog.
    this.#blobs.name(dataType, stored(state?.versions ?? []))
    if (state === undefined) this.#states.delete(dataType)
    else this.#states.set(dataType, state)
    const since = state?.versions.at(-1)?.since
    if (since !== undefined && since >= (this.#newest?.since ?? -Infinity)) this.#newest = { dataType, since }
  }

  #view(rows: QueriedRows, dataType: string, row: Uint8Array): ModelServingView | undefined {
    const statistics = rows.get(statsKey(dataType))
    const state = modelStateSerde.deserialize(row)
    return modelServingView(
      state,
      statistics === undefined ? usageIn(this.#sources, dataType, state.current) : modelStatisticsSerde.deserialize(statistics),
    )
  }

  #rows(uncommitted = false): QueriedRows {
    return uncommitted ? this.#buffer : this.#buffer.committed
  }
}

type QueriedRows = Pick<TransactionBuffer, 'get' | 'range'>
