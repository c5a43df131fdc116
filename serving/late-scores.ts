import { TurnShare } from '../base/index.ts'
import type { ProcessorContext, RawRecord, Scheduled } from '../topology/index.ts'
import type { DecisionFigures } from './decision-figures.ts'
import { resultRecord, type ResultRecord } from './result-record.ts'
import type { Answer, DecisionWriter } from './speculative/index.ts'

/** How often late scores are written, ms, and how many wait for that. */
const lateEveryMs = 50
const mostLate = 10_000
/** So many are written between two looks at the time. */
const atOnce = 32

/** The sink of late scores. */
export const lateSink = 'late'

/** A score that came after its record's decision. */
export interface LateScore {
  readonly record: RawRecord
  readonly dataType: string
  /** The number of the policy that the record was decided under. */
  readonly policy: number
  readonly answer: Answer
}

/** What late scores are written with. */
export interface LateScoresParts {
  readonly context: ProcessorContext<Uint8Array | null, Uint8Array>
  readonly writer: DecisionWriter
  readonly figures: DecisionFigures
  /** Counts the use of the model. */
  count(dataType: string, answer: Answer): void
}

/** Writes late scores in units of work of their own, because the records' own were committed, or may have been. */
export class LateScores {
  readonly #parts: LateScoresParts
  readonly #waiting: LateScore[] = []
  /** The schedule that has fired: one that has not may be undone with the run that made it. */
  #writing: Scheduled | undefined

  constructor(parts: LateScoresParts) {
    this.#parts = parts
  }

  /** Keeps a score until it is written, or drops it where too many wait. */
  keep(score: LateScore): void {
    if (this.#waiting.length >= mostLate) this.#parts.figures.lateDropped(1)
    else this.#waiting.push(score)
  }

  /** They are written from the first race on: to be called in each run that has races. */
  schedule(): void {
    if (this.#writing !== undefined) return
    const scheduled = this.#parts.context.schedule(lateEveryMs, 'wall-clock', () => this.#write(scheduled))
  }

  async #write(scheduled: Scheduled): Promise<void> {
    if (this.#writing !== undefined && this.#writing !== scheduled) return scheduled.cancel()
    this.#writing = scheduled
    if (this.#waiting.length === 0) return
    const late = this.#waiting.splice(0)
    const share = new TurnShare()
    for (let from = 0; from < late.length; from += atOnce) {
      if (share.over) await share.pass()
      const written = late.slice(from, from + atOnce).map(score => this.#written(score))
      const { context } = this.#parts
      await context.attempt(written, some => context.forwardBatch(some, lateSink))
    }
  }

  #written(score: LateScore): ResultRecord & { readonly source: RawRecord } {
    const { answer, dataType, record } = score
    this.#parts.count(dataType, answer)
    this.#parts.figures.late(dataType, answer)
    return { ...resultRecord(record, this.#parts.writer.late(answer, score, record)), source: record }
  }
}
