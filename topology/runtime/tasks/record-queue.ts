import type { RawRecord } from '../../stream-record.ts'

/** Records of one input partition that wait to be processed, in offset order. */
export class RecordQueue {
  readonly topic: string
  readonly partition: number
  /** A control input: it is read to the end that it had when the task started, before anything else. */
  readonly bootstrap: boolean
  /** What is committed with its offsets. */
  readonly offsetMetadata: string | undefined
  /** Offset after the last record put in: where the consumer stands. */
  position: number
  /** The partition's end as last heard of. */
  end: number
  /** The end when the task started. */
  readonly firstEnd: number
  /** Since when it is empty, epoch ms. */
  emptySince = Date.now()
  bytes = 0
  size = 0
  /** When the records that were taken last had been put in, by `performance.now()`. */
  nextSince = 0
  /** When a record last began to be processed behind the others' backs, or ended: while there is one, epoch ms. */
  #heldSince = 0
  #consumed: number
  /** Offsets of records that are processed behind the others' backs, in order. */
  readonly #held: number[] = []
  #chunks: { readonly records: readonly RawRecord[]; readonly bytesPerRecord: number; readonly since: number }[] = []
  /** Index of the next record in the first chunk. */
  #head = 0

  constructor(parts: {
    readonly topic: string
    readonly partition: number
    readonly bootstrap: boolean
    readonly position: number
    readonly end: number
    readonly offsetMetadata?: string | undefined
  }) {
    this.topic = parts.topic
    this.partition = parts.partition
    this.bootstrap = parts.bootstrap
    this.offsetMetadata = parts.offsetMetadata
    this.position = parts.position
    this.#consumed = parts.position
    this.end = parts.end
    this.firstEnd = parts.end
  }

  /** A taken record is still being processed: nothing after it is taken, and a commit does not stand for it. */
  defer(offset: number, now = Date.now()): void {
    if (!this.hasDeferred) this.#heldSince = now
    this.#held.push(offset)
  }

  /** The record is processed. */
  release(offset: number, now = Date.now()): void {
    this.#heldSince = now
    this.#held.splice(this.#held.indexOf(offset), 1)
  }

  get hasDeferred(): boolean {
    return this.#held.length > 0
  }

  /** For how long no such record has ended; 0 when there is none. */
  deferredFor(now: number): number {
    return this.hasDeferred ? now - this.#heldSince : 0
  }

  /** Offset of the first record not taken yet: what a commit stands for. Markers and aborted records count as taken once they are passed. */
  get consumed(): number {
    if (this.#held.length > 0) return this.#held[0] as number
    return this.size === 0 ? this.position : this.#consumed
  }

  /** Whether everything up to the end that is known was put in. */
  get caughtUp(): boolean {
    return this.position >= this.end
  }

  /** Whether the control input's first reading is over. */
  get bootstrapped(): boolean {
    return this.consumed >= this.firstEnd
  }

  /** Timestamp of the next record; infinity when there is none. */
  get headTimestamp(): number {
    const chunk = this.#chunks[0]
    return chunk === undefined ? Infinity : (chunk.records[this.#head] as RawRecord).timestamp
  }

  /** `nextOffset` is where the partition goes on after these records. */
  addRecords(records: readonly RawRecord[], bytes: number, nextOffset: number): void {
    if (nextOffset > this.position) this.position = nextOffset
    if (records.length === 0) return
    if (this.size === 0) this.#consumed = (records[0] as RawRecord).offset
    this.#chunks.push({ records, bytesPerRecord: bytes / records.length, since: performance.now() })
    this.bytes += bytes
    this.size += records.length
  }

  /** Takes the next records, at most `max`, of one chunk, as long as their timestamps are at most `until`: at least one. */
  nextRecords(max: number, until: number): readonly RawRecord[] {
    const chunk = this.#chunks[0]
    if (chunk === undefined) return []
    const { records } = chunk
    const limit = Math.min(records.length, this.#head + max)
    let stop = this.#head + 1
    while (stop < limit && (records[stop] as RawRecord).timestamp <= until) stop++
    const taken = this.#head === 0 && stop === records.length ? records : records.slice(this.#head, stop)
    this.nextSince = chunk.since
    this.size -= taken.length
    this.bytes -= taken.length * chunk.bytesPerRecord
    this.#consumed = (taken[taken.length - 1] as RawRecord).offset + 1
    this.#head = stop
    if (stop === records.length) {
      this.#chunks.shift()
      this.#head = 0
    }
    if (this.size === 0) {
      this.bytes = 0
      this.emptySince = Date.now()
    }
    return taken
  }
}
