import { env } from '../../../base/index.ts'
import type { RawRecord } from '../../stream-record.ts'
import type { PendingRecord } from '../../nodes/index.ts'
import type { CommittedInput } from '../group/index.ts'

/** The bytes of memory that several queues use together. */
export interface BufferedBytes {
  bytes: number
}

/** Replaces a record that was taken. */
const removed = undefined as unknown as RawRecord

interface Chunk {
  /** Records that were taken are replaced by `removed`, so that their memory is freed before the rest of the chunk is taken. */
  readonly records: RawRecord[]
  readonly bytesPerRecord: number
  readonly fetched: number
  readonly since: number
}

/** Why the next record of a queue cannot be deserialized yet. */
export interface QueueWait {
  /** For people. */
  readonly why: string
  /** By `env.monotonic()`. */
  readonly since: number
}

/** The fetched records of one input partition that wait to be processed, in offset order. */
export class RecordQueue {
  readonly topic: string
  readonly partition: number
  /** Whether this is a bootstrap input: it is processed to the end that it had when the task started, before other inputs. */
  readonly bootstrap: boolean
  /** The topic's id; undefined: the brokers return none. */
  readonly topicId: string | undefined
  /** What the group had committed when the task was assigned; undefined: nothing of this topic. */
  readonly committed: CommittedInput | undefined
  /** The consumer's position: the offset after the last record that was added. */
  position: number
  /** The end offset of the partition, as last reported by the broker. */
  end: number
  /** Whether the input is read from its beginning, whatever was committed. */
  readonly fromBeginning: boolean
  /** Records below this offset were committed before the task started: they are processed again, and write nothing. */
  replayUntil: number
  /** The end offset when the task started. */
  readonly firstEnd: number
  /** When the queue last became empty, by `env.monotonic()`. */
  emptySince = env.monotonic()
  /** The bytes of memory that the buffered records use. */
  bytes = 0
  /** Number of buffered records. */
  size = 0
  /** Whether the next batch of the partition cannot be read: no further records come. */
  stopped = false
  /** When the records that were taken last had been added, by `env.monotonic()`. */
  nextSince = 0
  /** undefined: the next record can be deserialized, as far as was asked. */
  waiting: QueueWait | undefined
  /** undefined: no record ever waits to be deserialized. */
  readonly pending: PendingRecord | undefined
  /** Called with records that were added; it does not keep the array. */
  onArrival: ((records: readonly RawRecord[]) => void) | undefined
  /** When the first of the current deferred records was deferred or, if later, a deferred record last finished, by `env.monotonic()`. */
  #heldSince = 0
  #consumed: number
  /** Offsets of the deferred records that have not finished, ascending; the partition is paused meanwhile. */
  readonly #held: number[] = []
  #chunks: Chunk[] = []
  #total: BufferedBytes = { bytes: 0 }
  /** Index of the next record in the first chunk. */
  #head = 0

  constructor(parts: {
    readonly topic: string
    readonly partition: number
    readonly bootstrap: boolean
    readonly position: number
    readonly end: number
    /** What the group has committed of an input that is read from its beginning; default `position`. */
    readonly replayUntil?: number | undefined
    readonly topicId?: string | undefined
    readonly committed?: CommittedInput | undefined
    readonly pending?: PendingRecord | undefined
  }) {
    this.topic = parts.topic
    this.partition = parts.partition
    this.bootstrap = parts.bootstrap
    this.topicId = parts.topicId
    this.committed = parts.committed
    this.pending = parts.pending
    this.position = parts.position
    this.#consumed = parts.position
    this.fromBeginning = parts.replayUntil !== undefined
    this.replayUntil = Math.max(parts.position, parts.replayUntil ?? 0)
    this.end = parts.end
    this.firstEnd = parts.end
  }

  /** Counts the bytes of this queue in `total`, which it shares with other queues, instead of the former total. */
  countIn(total: BufferedBytes): void {
    this.#total.bytes -= this.bytes
    this.#total = total
    total.bytes += this.bytes
  }

  /** Defers a record that was taken: no later record is taken, and commits do not cover it until it is released. */
  defer(offset: number, now = env.monotonic()): void {
    if (!this.hasDeferred) this.#heldSince = now
    let at = this.#held.length
    while (at > 0 && (this.#held[at - 1] as number) > offset) at--
    this.#held.splice(at, 0, offset)
  }

  /** Ends the deferral of a record, which is processed now. Has no effect for an offset that is not deferred. */
  release(offset: number, now = env.monotonic()): void {
    const at = this.#held.indexOf(offset)
    if (at < 0) return
    this.#heldSince = now
    this.#held.splice(at, 1)
  }

  get hasDeferred(): boolean {
    return this.#held.length > 0
  }

  /** For how long no deferred record has finished, ms; 0 if there is none. */
  deferredFor(now: number): number {
    return this.hasDeferred ? now - this.#heldSince : 0
  }

  /** The offset to commit: that of the first record that was not taken or is deferred. Passed markers and aborted records count as taken. */
  get consumed(): number {
    if (this.#held.length > 0) return this.#held[0] as number
    return this.size === 0 ? this.position : this.#consumed
  }

  /** Whether every record up to the known end was added, or no more can be. */
  get caughtUp(): boolean {
    return this.stopped || this.position >= this.end
  }

  /** Whether the records up to the end at the task's start have been processed, or those before a batch that cannot be read. */
  get bootstrapped(): boolean {
    return this.consumed >= this.firstEnd || (this.stopped && this.size === 0 && !this.hasDeferred)
  }

  /** Timestamp of the next record; Infinity if there is none. */
  get headTimestamp(): number {
    const chunk = this.#chunks[0]
    return chunk === undefined ? Infinity : (chunk.records[this.#head] as RawRecord).timestamp
  }

  /**
   * Adds fetched records; the queue owns the array from now on. `objects`: bytes of heap, of which each record's share is freed when it is taken;
   * `fetched`: bytes of the buffer of which keys, values and headers are views, which are freed when the last of the records is taken; `nextOffset`:
   * the consumer's next position.
   */
  addRecords(records: RawRecord[], objects: number, nextOffset: number, fetched = 0): void {
    if (nextOffset > this.position) this.position = nextOffset
    if (records.length === 0) return
    if (this.size === 0) this.#consumed = (records[0] as RawRecord).offset
    this.#chunks.push({ records, bytesPerRecord: objects / records.length, fetched, since: env.monotonic() })
    this.#grow(objects + fetched)
    this.size += records.length
    this.onArrival?.(records)
  }

  /**
   * Removes and returns the next records of one chunk: at most `max`, and after the first one only while timestamps are at most `until`. Records that are
   * replayed and records that are not never come together. Ends before a record that cannot be deserialized yet; if that is the first, returns none.
   */
  nextRecords(max: number, until: number): readonly RawRecord[] {
    const first = this.#chunks[0]?.records[this.#head]
    if (this.pending === undefined || first === undefined) return this.#take(max, until)
    const why = this.pending(first)
    this.waiting = why === undefined ? undefined : { why, since: this.waiting?.since ?? env.monotonic() }
    return why === undefined ? this.#take(max, until, this.pending) : []
  }

  #take(max: number, until: number, pending?: PendingRecord): readonly RawRecord[] {
    const chunk = this.#chunks[0]
    if (chunk === undefined) return []
    const { records } = chunk
    const limit = Math.min(records.length, this.#head + max)
    const replayed = this.replays((records[this.#head] as RawRecord).offset)
    let stop = this.#head + 1
    while (
      stop < limit &&
      (records[stop] as RawRecord).timestamp <= until &&
      this.replays((records[stop] as RawRecord).offset) === replayed &&
      pending?.(records[stop] as RawRecord) === undefined
    )
      stop++
    const taken = this.#head === 0 && stop === records.length ? records : records.slice(this.#head, stop)
    this.nextSince = chunk.since
    this.size -= taken.length
    this.#grow(-taken.length * chunk.bytesPerRecord)
    this.#consumed = (taken[taken.length - 1] as RawRecord).offset + 1
    if (stop === records.length) {
      this.#chunks.shift()
      this.#head = 0
      this.#grow(-chunk.fetched)
    } else {
      records.fill(removed, this.#head, stop)
      this.#head = stop
    }
    if (this.size === 0) {
      // The shares of records are fractions, so their sum can differ from the total by less than a byte.
      this.#grow(-this.bytes)
      this.emptySince = env.monotonic()
    }
    return taken
  }

  /** Whether the record was committed before the task started. */
  replays(offset: number): boolean {
    return offset < this.replayUntil
  }

  /** Before any record is taken: what is below the offset is committed. It is skipped or, of an input that is replayed, writes nothing again. */
  continueAt(offset: number): void {
    if (this.fromBeginning) this.replayUntil = Math.max(this.replayUntil, offset)
    else this.skipTo(offset)
  }

  /** Before any record is taken: removes those below the offset, and goes on there. */
  skipTo(offset: number): void {
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      const { records } = chunk
      const kept = records.findIndex((record, at) => at >= this.#head && record.offset >= offset)
      if (kept === this.#head) break
      this.#take((kept < 0 ? records.length : kept) - this.#head, Infinity)
    }
    this.position = Math.max(this.position, offset)
    this.#consumed = Math.max(this.#consumed, offset)
  }

  #grow(bytes: number): void {
    this.bytes += bytes
    this.#total.bytes += bytes
  }
}
