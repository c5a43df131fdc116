import { env, SluiceError } from '../../../base/index.ts'
import type { ChangelogStanding } from '../../../stores/index.ts'

/** The share of `delete.retention.ms` that is relied on; the rest allows for the time of reading and for clocks of different speed. */
const trusted = 0.9
/** How often a reader without new records reports the standing of its rows, ms. */
const tellEveryMs = 3_600_000

/**
 * Why kept rows cannot be continued from their changelog: `changelog`: it does not hold the next offset; `stale`: it may have removed deletions that were
 * not read; `replaced`: it is another topic of the same name; `cut`: its end was lost, and others have written it anew.
 */
export type LostReason = 'changelog' | 'stale' | 'replaced' | 'cut'

/** Kept rows cannot be continued from their changelog: they must be wiped, and the changelog read from its beginning. */
export class ChangelogLost extends SluiceError {
  readonly reason: LostReason

  constructor(reason: LostReason, message: string, options?: { readonly cause?: unknown }) {
    super('OFFSET_OUT_OF_RANGE', message, options)
    this.reason = reason
  }
}

/** A fetch answer of a partition's leader, relative to the reader's position. */
export interface StandingAnswer {
  /** The number of offsets without a record or a marker: compaction removed them. */
  readonly missing: number
  /** Whether the reader is then at the end for committed records. */
  readonly atEnd: boolean
  /** When the fetch was sent, epoch ms. */
  readonly askedAt: number
}

/**
 * Decides whether rows that were read from a compacted partition can be continued. Compaction removes a deletion after `delete.retention.ms`: a reader that
 * did not read for longer could miss the deletion and keep its key for ever. If no offset is missing, nothing was removed, however old the rows are.
 */
export class PartitionStanding {
  readonly #name: string
  readonly #tombstonesMs: number
  readonly #topicId: string | undefined
  #asOf: number
  #toldAsOf = 0
  /** Whether reading began at the beginning of the partition and has not reached its end yet; missing offsets are not checked meanwhile. */
  #firstReading: boolean

  /** `standing`: of the rows before the first offset; 'head' if there are none. Throws ChangelogLost if the rows are of another topic. */
  constructor(name: string, topicId: string | undefined, tombstonesMs: number, standing: ChangelogStanding | 'head' | undefined) {
    this.#name = name
    this.#topicId = topicId
    this.#tombstonesMs = tombstonesMs
    this.#firstReading = standing === 'head'
    this.#asOf = standing === 'head' ? env.now() : (standing?.asOf ?? 0)
    if (standing !== undefined && standing !== 'head') this.#sameTopic(standing.topicId, topicId)
  }

  /** Whether the standing was last reported more than an hour ago. */
  get due(): boolean {
    return this.#asOf - this.#toldAsOf > tellEveryMs
  }

  /** The current standing, which then counts as reported. */
  tell(): ChangelogStanding {
    this.#toldAsOf = this.#asOf
    return { topicId: this.#topicId, asOf: this.#asOf }
  }

  /** Compares the topic's id after a failure, when the topic may have been replaced. Throws ChangelogLost. */
  checkTopic(found: string | undefined): void {
    this.#sameTopic(this.#topicId, found)
  }

  /** Checks an answer before its records are used. Throws ChangelogLost. */
  answered({ missing, atEnd, askedAt }: StandingAnswer): void {
    if (missing > 0 && !this.#firstReading) this.#checkAge()
    if (!atEnd) return
    this.#asOf = askedAt
    this.#firstReading = false
  }

  /** An unknown id is not a difference. */
  #sameTopic(before: string | undefined, found: string | undefined): void {
    if (before === undefined || found === undefined || before === found) return
    throw new ChangelogLost(
      'replaced',
      `${this.#name} belongs to another topic than before: the topic was deleted and created again (its id was ${before} and is ${found} now)`,
    )
  }

  #checkAge(): void {
    const age = env.now() - this.#asOf
    // A negative age means that the clock was set back: then the age is unknown.
    if (age >= 0 && age <= this.#tombstonesMs * trusted) return
    const known = this.#asOf === 0 ? 'at an unknown time' : `at ${new Date(this.#asOf).toISOString()}`
    throw new ChangelogLost(
      'stale',
      `${this.#name} was compacted after it was last read to its end, ${known}: deletions are kept for ${this.#tombstonesMs} ms only (delete.retention.ms)`,
    )
  }
}
