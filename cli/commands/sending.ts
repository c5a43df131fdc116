import { messageOf, SluiceError } from '../../base/index.ts'
import type { CsvRow } from '../../records/index.ts'
import type { TopicWriter, WrittenRange } from '../../topology/runtime/topics/index.ts'
import type { Progress } from '../output.ts'
import { Pace } from './pace.ts'
import { openRows, type OpenRows, type RowInput, type RowRecord } from './sent-rows.ts'

export interface SendingParts {
  readonly input: RowInput
  readonly writer: TopicWriter
  readonly progress: Progress
  /** Records per second; undefined: no limit. */
  readonly rate: number | undefined
  /** How many times the input is sent; Infinity: until the signal aborts. */
  readonly rounds: number
  /** The key of records whose row gives none; null: none. */
  readonly key: Uint8Array | null
  /** Whether a row that cannot be sent is told and skipped. Otherwise it ends the sending. */
  readonly skipBad: boolean
  /** Tells a person something. */
  readonly note: (line: string) => void
}

export interface SendSummary {
  /** The fields without a column. */
  readonly absent: readonly string[]
  readonly badRows: number
  readonly figures: Readonly<Record<string, unknown>>
}

/** After this many records the places of what was written are added up, so that their list stays short however long the input is. */
const flushEvery = 50_000
/** The most bad rows that are told one by one. */
const toldRows = 20

/** Sends the rows of an input as data records. */
export class Sending {
  readonly #parts: SendingParts
  readonly #started = performance.now()
  readonly #pace: Pace
  #spans: readonly Span[] = []
  #records = 0
  #missing = 0
  #badRows = 0
  #absent: readonly string[] = []

  constructor(parts: SendingParts) {
    this.#parts = parts
    this.#pace = new Pace(parts.rate)
  }

  /** Sends until the end or until the signal aborts. On return, and on INPUT_INVALID, all sent records are acknowledged. */
  async run(signal: AbortSignal): Promise<SendSummary> {
    const { rounds, progress } = this.#parts
    try {
      for (let round = 0; round < rounds && !signal.aborted; round++) {
        const before = this.#records
        await this.#once(signal)
        if (rounds > 1 && this.#records === before && !signal.aborted)
          throw new SluiceError('INPUT_INVALID', `${this.#parts.input.path} has no row that can be sent again`)
      }
      await this.#flush()
    } catch (error) {
      throw await this.#withCount(error)
    } finally {
      progress.stop(this.#records)
    }
    const seconds = (performance.now() - this.#started) / 1000
    const figures = {
      records: this.#records,
      seconds: Number(seconds.toFixed(3)),
      perSecond: Math.round(this.#records / seconds),
      missingCells: this.#missing,
      ...(this.#parts.skipBad ? { badRows: this.#badRows } : {}),
      partitions: this.#spans,
    }
    return { absent: this.#absent, badRows: this.#badRows, figures }
  }

  async #flush(): Promise<void> {
    this.#spans = spans([...this.#spans.map(rangeOf), ...(await this.#parts.writer.flush())])
  }

  /** The error with how many records are in the topic, so that a person knows where to go on. */
  async #withCount(error: unknown): Promise<unknown> {
    const { writer } = this.#parts
    if (!(error instanceof SluiceError) || (error.code !== 'INPUT_INVALID' && error.code !== 'SEND_FAILED')) return error
    if (error.code === 'SEND_FAILED')
      return new SluiceError(error.code, `${error.message} (records acknowledged before: ${writer.acknowledged})`, { cause: error })
    await writer.flush()
    return new SluiceError(error.code, `${error.message} (records sent before: ${this.#records})`, { cause: error })
  }

  async #once(signal: AbortSignal): Promise<void> {
    // Aborted when the round ends, however it ends, so that the file is closed.
    const round = new AbortController()
    let asked = performance.now()
    try {
      const rows = await openRows(this.#parts.input, AbortSignal.any([signal, round.signal]))
      this.#absent = rows.absent
      for await (const row of rows.rows) {
        this.#pace.idled(performance.now() - asked)
        await this.#pace.wait(signal)
        if (signal.aborted) return
        await this.#send(rows, row)
        asked = performance.now()
      }
    } catch (error) {
      // The abort destroys the input, whose reader then fails.
      if (!signal.aborted) throw error
    } finally {
      round.abort()
    }
  }

  async #send(rows: OpenRows, row: CsvRow): Promise<void> {
    const { writer, key, progress } = this.#parts
    let record: RowRecord
    let full: void | Promise<void>
    try {
      record = rows.recordOf(row)
      full = writer.write({ key: record.key ?? key, value: record.value, timestamp: record.timestamp })
    } catch (error) {
      return this.#bad(row, error)
    }
    if (full) await full
    this.#records++
    this.#pace.count()
    this.#missing += record.missing
    progress.update(this.#records)
    if (this.#records % flushEvery === 0) await this.#flush()
  }

  #bad(row: CsvRow, error: unknown): void {
    if (!(error instanceof SluiceError) || error.fault !== 'record') throw error
    const why = error.code === 'INPUT_INVALID' ? messageOf(error) : `line ${row.line}: ${messageOf(error)}`
    if (!this.#parts.skipBad) throw new SluiceError('INPUT_INVALID', why, { cause: error })
    this.#badRows++
    if (this.#badRows <= toldRows) this.#parts.note(`${why}: skipped`)
    if (this.#badRows === toldRows) this.#parts.note('further rows that are skipped are only counted')
  }
}

interface Span {
  readonly partition: number
  readonly firstOffset: number
  readonly lastOffset: number
  readonly records: number
}

/** For each partition: first and last offset, and the number of records. */
export function spans(ranges: readonly (WrittenRange & { readonly lastOffset?: number })[]): readonly Span[] {
  const found = new Map<number, Span>()
  for (const { partition, offset, count, lastOffset = offset + count - 1 } of ranges) {
    const span = found.get(partition) ?? { partition, firstOffset: offset, lastOffset, records: 0 }
    found.set(partition, {
      partition,
      firstOffset: Math.min(span.firstOffset, offset),
      lastOffset: Math.max(span.lastOffset, lastOffset),
      records: span.records + count,
    })
  }
  return [...found.values()].sort((a, b) => a.partition - b.partition)
}

function rangeOf({ partition, firstOffset, lastOffset, records }: Span): WrittenRange & { readonly lastOffset: number } {
  return { partition, offset: firstOffset, count: records, lastOffset }
}
