import { SluiceError } from '../../../base/index.ts'
import type { ChangelogStanding } from '../../../stores/index.ts'

/** Of the time for which Kafka keeps a deletion: what reading takes, and clocks that differ in speed, are to fit into the rest. */
const trusted = 0.9
/** Who only waits for more is told so often of which time its rows are. */
const tellEveryMs = 3_600_000

/** Why rows that a changelog told are not to be continued from it: it cut off what follows, forgot deletions, or is another topic by now. */
export type LostReason = 'changelog' | 'stale' | 'replaced'

/** What was read of a changelog cannot be read on from there: it has to be read again from its head. */
export class ChangelogLost extends SluiceError {
  readonly reason: LostReason

  constructor(reason: LostReason, message: string, options?: { readonly cause?: unknown }) {
    super('OFFSET_OUT_OF_RANGE', message, options)
    this.reason = reason
  }
}

/** One answer of a partition's leader. */
export interface StandingAnswer {
  /** How many offsets it passed over without a record or a marker: compaction took them. */
  readonly missing: number
  /** It brought the reader to the end that readers of committed records see. */
  readonly atEnd: boolean
  /** Epoch ms. */
  readonly askedAt: number
}

/**
 * Whether rows that a compacted partition told can be read on. Compaction keeps a deletion for `delete.retention.ms`, no longer: a reader who
 * has its key and was away for longer would keep it for ever. Where no offset is missing, none was taken, however old the rows are.
 */
export class PartitionStanding {
  readonly #name: string
  readonly #tombstonesMs: number
  readonly #topicId: string | undefined
  #asOf: number
  #toldAsOf = 0
  /** Whether it began at the head and has not been at the end yet: what it has not read by then is newer than what it has. */
  #firstReading: boolean

  /** `standing`: of the rows at the first offset; 'head': there are none. Throws ChangelogLost when they are of another topic. */
  constructor(name: string, topicId: string | undefined, tombstonesMs: number, standing: ChangelogStanding | 'head' | undefined) {
    this.#name = name
    this.#topicId = topicId
    this.#tombstonesMs = tombstonesMs
    this.#firstReading = standing === 'head'
    this.#asOf = standing === 'head' ? Date.now() : (standing?.asOf ?? 0)
    if (standing !== undefined && standing !== 'head') this.#sameTopic(standing.topicId, topicId)
  }

  /** It has not been told for long. */
  get due(): boolean {
    return this.#asOf - this.#toldAsOf > tellEveryMs
  }

  tell(): ChangelogStanding {
    this.#toldAsOf = this.#asOf
    return { topicId: this.#topicId, asOf: this.#asOf }
  }

  /** Something has failed since: the topic of that name may be another one by now. Throws ChangelogLost. */
  checkTopic(found: string | undefined): void {
    this.#sameTopic(this.#topicId, found)
  }

  /** Takes an answer's place into account, before its records are. Throws ChangelogLost. */
  answered({ missing, atEnd, askedAt }: StandingAnswer): void {
    if (missing > 0 && !this.#firstReading) this.#checkAge()
    if (!atEnd) return
    this.#asOf = askedAt
    this.#firstReading = false
  }

  /** What is not told is not held against it. */
  #sameTopic(before: string | undefined, found: string | undefined): void {
    if (before === undefined || found === undefined || before === found) return
    throw new ChangelogLost(
      'replaced',
      `${this.#name} belongs to another topic than before: the topic was deleted and created again (its id was ${before} and is ${found} now)`,
    )
  }

  #checkAge(): void {
    const age = Date.now() - this.#asOf
    // A clock that was set back tells no age.
    if (age >= 0 && age <= this.#tombstonesMs * trusted) return
    const known = this.#asOf === 0 ? 'at an unknown time' : `at ${new Date(this.#asOf).toISOString()}`
    throw new ChangelogLost(
      'stale',
      `${this.#name} was compacted after it was last read to its end, ${known}: deletions are kept for ${this.#tombstonesMs} ms only (delete.retention.ms)`,
    )
  }
}
