import { SluiceError } from '../../base/index.ts'
import type { KeyValueStore } from '../state-store.ts'
import { CurrentModel, descriptorOf } from './current-model.ts'
import type { KeptModels } from './kept-models.ts'
import { sha256 } from './model-blobs.ts'
import { hexOf, type ModelState, type ModelUpload, type ModelVersion, type RecordPlace } from './model-rows.ts'
import type { ModelHistoryEntry } from './model-views.ts'
import { inTopic, isApplied, type ModelRecordPlace, movedIn, type NewModel, newVersion, topicOf, versionOf } from './new-model.ts'

/** Largest model in a row, bytes: with its descriptor it fits a record of a changelog with Kafka's default limit. */
const mostBytes = 960 * 1024

interface Seen {
  readonly row: CurrentModel
  readonly state: ModelState
}

const known = new WeakMap<KeyValueStore<string, CurrentModel>, CurrentModels>()

/**
 * Models in a standard key-value store: the current model's descriptor under its data type. Version numbers go on, but only the current version is kept: no
 * earlier one, no history, no figures of use, no pieces of large models. Each call reads the row, so a restore, an undone write or a copy that follows the
 * changelog needs no further care.
 */
export class CurrentModels implements KeptModels {
  readonly mostBytes = mostBytes
  readonly uploads: readonly ModelUpload[] = []
  readonly #rows: KeyValueStore<string, CurrentModel>
  /** What `state` returned last, by data type, and the row before: a version may be loaded while the next one takes its row. */
  readonly #seen = new Map<string, Seen>()
  readonly #before = new Map<string, CurrentModel>()

  private constructor(rows: KeyValueStore<string, CurrentModel>) {
    this.#rows = rows
  }

  /** The models in a store; the same object for the same store. */
  static of(rows: KeyValueStore<string, CurrentModel>): CurrentModels {
    const models = known.get(rows) ?? new CurrentModels(rows)
    known.set(rows, models)
    return models
  }

  /** Reads every row. Throws CONFIG_INVALID for rows of another kind of store. */
  async check(): Promise<void> {
    try {
      await this.states
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'STORE_CORRUPT') throw error
      throw new SluiceError(
        'CONFIG_INVALID',
        `the store "${this.#rows.name}" has rows that "store: key-value" has not written: set "store" back to what it was (default: model), or use another applicationId`,
        { cause: error },
      )
    }
  }

  get states(): Promise<readonly ModelState[]> {
    return this.#states()
  }

  state(dataType: string): ModelState | undefined {
    const row = this.#rows.get(dataType)
    const seen = this.#seen.get(dataType)
    if (row === undefined) {
      this.#seen.delete(dataType)
      return undefined
    }
    if (seen !== undefined && seen.row.head.equals(row.head)) return seen.state
    if (seen !== undefined) this.#before.set(dataType, seen.row)
    const { state } = row
    this.#seen.set(dataType, { row, state })
    return state
  }

  addVersion(dataType: string, model: NewModel): ModelVersion | undefined {
    const before = this.#stateIn(dataType, model)
    const again = before && versionOf(before, model)
    if (before !== undefined && (again !== undefined || isApplied(before, model))) return again
    const version = newVersion({ ...model, bytes: model.location ? undefined : model.bytes }, (before?.latest ?? 0) + 1)
    const number = version.version
    const place = { nextOffset: model.offset + 1, ...movedIn(before, model), ...topicOf(before ?? model) }
    const state = { dataType, current: number, latest: number, versions: [version], ...place }
    this.#rows.put(dataType, CurrentModel.of(state, descriptorOf(dataType, version, model)))
    return version
  }

  withdraw(dataType: string, place: ModelRecordPlace, now: number): ModelVersion | undefined {
    const state = this.#stateIn(dataType, place)
    if (state === undefined || state.current === 0 || isApplied(state, place)) return undefined
    this.#replace({ ...state, current: 0, nextOffset: place.offset + 1, withdrawnAt: now, ...movedIn(state, place) })
    return state.versions.at(-1)
  }

  markApplied(dataType: string, offset: number, partition?: number, from: Omit<ModelRecordPlace, keyof RecordPlace> = {}): boolean {
    const place = { partition: partition ?? 0, offset, ...from }
    const state = this.#stateIn(dataType, place) ?? { dataType, current: 0, latest: 0, versions: [], nextOffset: 0, ...topicOf(place) }
    const last = state.versions.at(-1)
    if (offset < state.nextOffset || (last !== undefined && partition !== undefined && partition !== last.partition)) return false
    this.#replace({ ...state, nextOffset: offset + 1, ...movedIn(state, place) })
    return true
  }

  /** The bytes of a version that `state` has returned, or of its signature; undefined: it was replaced twice since, or its bytes are at its location. */
  bytesOf(hash: Uint8Array | string): Uint8Array | undefined {
    const wanted = typeof hash === 'string' ? hash : hexOf(hash)
    for (const row of [...[...this.#seen.values()].map(seen => seen.row), ...this.#before.values()]) {
      const { versions } = row.state
      const isSignature = versions.some(({ signature }) => signature?.hash === wanted)
      if (!isSignature && !versions.some(({ hash: found }) => hexOf(found) === wanted)) continue
      const bytes = isSignature ? row.signature : row.bytes
      if (bytes !== undefined && hexOf(sha256(bytes)) !== wanted)
        throw new SluiceError('STORE_CORRUPT', `the bytes of model ${wanted} in store "${this.#rows.name}" have another SHA-256`)
      return bytes
    }
    return undefined
  }

  addPiece({ dataType, size }: { readonly dataType: string; readonly size: number }): void {
    throw tooLarge(`model of ${size} bytes for data type "${dataType}"`)
  }

  async uploaded(hash: Uint8Array): Promise<Uint8Array> {
    throw tooLarge(`model ${hexOf(hash)}`)
  }

  dropUpload(): void {}

  recordUse(): void {}

  attach(): void {}

  detach(): void {}

  statistics(): undefined {
    return undefined
  }

  /** The current version alone. */
  async history(dataType: string): Promise<readonly ModelHistoryEntry[]> {
    return (this.state(dataType)?.versions ?? []).map(version => ({ version, kept: true, figures: undefined }))
  }

  async #states(): Promise<readonly ModelState[]> {
    const states: ModelState[] = []
    for await (const [dataType] of this.#rows.range()) {
      const state = this.state(dataType)
      if (state !== undefined) states.push(state)
    }
    return states
  }

  #stateIn(dataType: string, place: ModelRecordPlace): ModelState | undefined {
    const state = this.state(dataType)
    return state && inTopic(state, place)
  }

  /** Keeps the descriptor. */
  #replace(state: ModelState): void {
    this.#rows.put(state.dataType, CurrentModel.of(state, this.#rows.get(state.dataType)?.descriptor ?? new Uint8Array()))
  }
}

function tooLarge(what: string): SluiceError {
  return new SluiceError(
    'MODEL_TOO_LARGE',
    `the ${what} came in pieces, which "store: key-value" does not keep: a model there has at most ${mostBytes} bytes, in one record; publish it by location, or use "store: model"`,
  )
}
