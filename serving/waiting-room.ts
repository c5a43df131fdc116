import { env, pause } from '../base/index.ts'
import { countBeyond, limits } from '../base/limits/index.ts'
import type { WaitingRecordsStore } from '../stores/index.ts'
import type { ProcessorContext, RawRecord, Scheduled } from '../topology/index.ts'
import { soon, soonMs } from './pending-models.ts'
import { decodeWaiting, encodeWaiting } from './waiting-record.ts'

/** What the records of a data type wait for. */
export interface ModelWait {
  /** Settles when it is there, or has been waited for long enough. */
  readonly over: Promise<unknown>
  /** Whether it is an accepted model, which is being loaded or scores, and not the first one, which is being tried. */
  readonly accepted: boolean
  /** Whether it is not waited for any more, although it is not over: another model has taken its place. Default: never. */
  readonly inVain?: () => boolean
}

interface State extends ModelWait {
  ended: boolean
  /** Whether as much waits as may. */
  full: boolean
}

export interface WaitingRoomParts {
  readonly store: WaitingRecordsStore
  readonly context: Pick<ProcessorContext, 'schedule' | 'attempt' | 'partition' | 'bootstrapping'>
  /** The topic of the records. */
  readonly topic: string
  /** What a data type waits for now; undefined: nothing, or not any more. */
  waitOf(dataType: string): ModelWait | undefined
  /** Whether a record cannot be read yet. */
  unreadable(record: RawRecord): boolean
  /** Answers records of one data type, in their order. Returns the first that has to wait longer, and all behind it with it; undefined: none. */
  answer(dataType: string, records: readonly RawRecord[]): Promise<RawRecord | undefined>
}

/** Most bytes that wait, of a data type and of a task; `limits.waiting_records` has the most records. */
const mostBytes = 16 * 1024 * 1024
const mostBytesOfTask = 64 * 1024 * 1024
/** How often it is looked whether waits are over, and how long the answers to what has waited may hold up other records at a time, ms. */
const lookEveryMs = 10
const shareMs = 50
const atOnce = 256

const nobody: ReadonlySet<string> = new Set()

/**
 * Keeps records whose data type waits for a model, so that the others of their task need not wait with them. They are kept in a store, in the transaction of
 * the other records' results: offsets pass them, and no crash loses or repeats them. Records of a data type stay in their order: behind those that wait,
 * later ones wait too.
 */
export class WaitingRoom {
  readonly #parts: WaitingRoomParts
  readonly #states = new Map<string, State>()
  /** The schedule that has fired: one that has not may be undone with the run that made it. */
  #firing: Scheduled | undefined
  #turn = 0

  constructor(parts: WaitingRoomParts) {
    this.#parts = parts
    parts.store.onRestored = () => this.#schedule()
    this.#schedule()
  }

  /**
   * Which data types of a run have to wait: their records must be set aside. A promise only if some of them wait, or have waited. `rowsOf`: how many records the run has of
   * a data type.
   */
  admit(dataTypes: readonly string[], rowsOf: (dataType: string) => number): ReadonlySet<string> | Promise<ReadonlySet<string>> {
    const { store } = this.#parts
    const aside = new Set<string>()
    const [fresh, full]: [string[], string[]] = [[], []]
    for (const dataType of dataTypes) {
      const behind = store.has(dataType)
      const waits = this.#waits(dataType)
      if (behind && this.#isFull(dataType) && (!waits || this.#states.get(dataType)?.accepted === true)) full.push(dataType)
      else if (behind) aside.add(dataType)
      else if (waits) fresh.push(dataType)
    }
    if (fresh.length === 0 && full.length === 0) return aside.size === 0 ? nobody : aside
    return this.#admit(
      aside,
      fresh,
      full.map(dataType => [dataType, rowsOf(dataType)]),
    )
  }

  /** Keeps records of a data type that waits. */
  setAside(dataType: string, records: readonly RawRecord[]): void {
    const { store } = this.#parts
    for (const record of records) store.put(dataType, record.offset, encodeWaiting(record))
    const state = this.#states.get(dataType)
    if (state !== undefined && !state.full && this.#isFull(dataType)) {
      state.full = true
      countBeyond('waiting_records')
    }
    this.#schedule()
  }

  async #admit(
    aside: Set<string>,
    fresh: readonly string[],
    full: readonly (readonly [dataType: string, rows: number])[],
  ): Promise<ReadonlySet<string>> {
    const states = fresh.map(dataType => [dataType, this.#states.get(dataType) as State] as const)
    for (const [dataType, { accepted }] of states) if (!accepted) aside.add(dataType)
    for (const dataType of await this.#notSoon(fresh.filter(each => !aside.has(each)))) aside.add(dataType)
    for (const [dataType, rows] of full) if (!(await this.#makeRoom(dataType, rows))) aside.add(dataType)
    return aside
  }

  /** No more than so much is kept: the task waits for what will surely be there, until there is room for so many more. true: all that has waited is answered. */
  async #makeRoom(dataType: string, rows: number): Promise<boolean> {
    while (this.#waits(dataType)) {
      const state = this.#states.get(dataType)
      if (state?.accepted !== true || !this.#isFull(dataType, rows)) return false
      await state.over.catch(() => undefined)
      await pause(1)
    }
    return this.#drain(dataType, Infinity, rows)
  }

  /** Which of the data types still wait: mostly their models are there at once, one after the other, and nothing is set aside for them. */
  async #notSoon(dataTypes: readonly string[]): Promise<readonly string[]> {
    const until = env.monotonic() + soonMs
    let left = dataTypes
    while (left.length > 0 && env.monotonic() < until) {
      await soon(Promise.allSettled(left.map(async dataType => this.#states.get(dataType)?.over)), until - env.monotonic())
      left = left.filter(dataType => this.#waits(dataType))
      // What ends at once, such as a load from a disk that cannot be read, is not asked for again and again without a pause.
      if (left.length > 0) await pause(1)
    }
    return left
  }

  /** Whether a data type waits. The first model is not waited for any more once too much waits for it. */
  #waits(dataType: string): boolean {
    const known = this.#states.get(dataType)
    if (known?.ended === false && known.inVain?.() !== true) return known.accepted || !known.full
    const wait = this.#parts.waitOf(dataType)
    if (wait === undefined) this.#states.delete(dataType)
    else this.#begin(dataType, wait)
    return wait !== undefined
  }

  #begin(dataType: string, wait: ModelWait): void {
    const { over } = wait
    const state: State = { ...wait, ended: false, full: false }
    this.#states.set(dataType, state)
    const end = (): void => {
      state.ended = true
      if (this.#states.get(dataType) === state && !this.#parts.store.has(dataType)) this.#states.delete(dataType)
    }
    over.then(end, end)
  }

  /** Whether there is no room for so many more records of the data type. */
  #isFull(dataType: string, more = 1): boolean {
    const { store } = this.#parts
    const { records, bytes } = store.of(dataType)
    const { most } = limits.waiting_records
    return records + Math.min(more, most) > most || bytes >= mostBytes || store.bytes >= mostBytesOfTask
  }

  #schedule(): void {
    const { store, context } = this.#parts
    if (this.#firing !== undefined || store.dataTypes.length === 0) return
    const scheduled = context.schedule(lookEveryMs, 'wall-clock', () => this.#look(scheduled))
  }

  /** Answers what has waited long enough, as one unit of work. */
  async #look(scheduled: Scheduled): Promise<void> {
    const { store } = this.#parts
    if (this.#firing !== undefined && this.#firing !== scheduled) return scheduled.cancel()
    this.#firing = scheduled
    // A task that has just begun does not know yet which models are being tried.
    if (this.#parts.context.bootstrapping) return
    const until = env.monotonic() + shareMs
    const { dataTypes } = store
    // Each begins with another one, so that none is always behind one that has much to do.
    const from = this.#turn++ % Math.max(1, dataTypes.length)
    for (const dataType of [...dataTypes.slice(from), ...dataTypes.slice(0, from)]) {
      if (this.#waits(dataType)) continue
      await this.#drain(dataType, until)
      if (env.monotonic() >= until) break
    }
    if (store.dataTypes.length > 0) return
    this.#firing = undefined
    scheduled.cancel()
  }

  /**
   * Answers the records of a data type, in order; one whose result cannot be written becomes a dead letter. Without an end (`until: Infinity`) it waits for their model too, as long as
   * there is no room for so many more. false: some are left.
   */
  async #drain(dataType: string, until: number, more = 1): Promise<boolean> {
    const parts = this.#parts
    const { store } = parts
    for (;;) {
      const records = store.first(dataType, atOnce).map(([offset, bytes]) => this.#recordOf(offset, bytes))
      if (records.length === 0) return true
      const cut = records.findIndex(record => parts.unreadable(record))
      if (cut === 0) return false
      if (cut > 0) records.length = cut
      let left: RawRecord | undefined
      await parts.context.attempt(records, async some => {
        // What was found at these records before was undone with the attempt that found it.
        if (left !== undefined && left.offset >= (some[0] as RawRecord).offset) left = undefined
        if (left === undefined) left = await parts.answer(dataType, some)
      })
      for (const record of records) {
        if (record.offset === left?.offset) break
        store.delete(dataType, record.offset)
      }
      if (left !== undefined) {
        if (until !== Infinity || !this.#isFull(dataType, more)) return false
        await parts.waitOf(dataType)?.over.catch(() => undefined)
      }
      if (env.monotonic() >= until) return !store.has(dataType)
    }
  }

  #recordOf(offset: number, bytes: Uint8Array): RawRecord {
    const { topic, context } = this.#parts
    return decodeWaiting(bytes, { topic, partition: context.partition, offset })
  }
}
