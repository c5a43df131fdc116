import { type Batch, batchAt, batchWithout, type Marker, markerBytes, type RecordOfBatch, recordsOf } from './batch.ts'
import { type Completed, Producers } from './producers.ts'

/** A record as a judge sees it, who knows what became of its transaction. */
export interface LoggedRecord {
  readonly offset: number
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: RecordOfBatch['headers']
  readonly producerId: number
  readonly epoch: number
  /** `control`: a marker that ended a transaction. */
  readonly state: 'committed' | 'aborted' | 'open' | 'control'
}

/** The log of one partition, as its leader has it. What is below the high watermark is with all in-sync replicas. */
export class PartitionLog {
  #batches: Batch[] = []
  /** In the order of their markers. */
  #completed: Completed[] = []
  #aborted: Completed[] = []
  readonly producers = new Producers()
  /** When the deletions of a batch may go, by its first offset: set when compaction first sees them. */
  readonly #horizons = new Map<number, number>()
  start = 0
  end = 0
  highWatermark = 0

  append(bytes: Buffer): Batch {
    const batch = batchAt(bytes, this.end)
    this.#keep(batch)
    return batch
  }

  #keep(batch: Batch): void {
    this.#batches.push(batch)
    this.end = batch.lastOffset + 1
    if (batch.producerId >= 0) this.producers.appended(batch)
  }

  /** `bytes` false: the log of a coordinator, whose records nobody reads. */
  appendMarker(marker: Marker, timestamp: number, bytes: boolean): void {
    const ended = this.producers.ended(marker, this.end)
    if (ended !== undefined) this.#end(ended)
    if (bytes) this.#batches.push(batchAt(markerBytes(marker, timestamp), this.end))
    this.end++
  }

  #end(completed: Completed): void {
    this.#completed.push(completed)
    if (!completed.committed) this.#aborted.push(completed)
  }

  /** Offsets of a group within a transaction. */
  appendOffsets(producerId: number, epoch: number): void {
    this.producers.wrote(producerId, epoch, this.end)
    this.end++
  }

  /** Records below it are of transactions that have ended, and their ends are with all in-sync replicas. */
  lastStable(): number {
    let stable = Math.min(this.producers.firstOpen() ?? this.highWatermark, this.highWatermark)
    for (let at = this.#completed.length - 1; at >= 0; at--) {
      const { from, marker } = this.#completed[at] as Completed
      if (marker < this.highWatermark) break
      if (from < stable) stable = from
    }
    return stable
  }

  /** Whole batches from the one with this offset on, below a limit; the first one though it be larger than `maxBytes`. */
  read(offset: number, limit: number, maxBytes: number): Buffer[] {
    const found: Buffer[] = []
    let room = maxBytes
    for (let at = this.#indexOf(offset); at < this.#batches.length; at++) {
      const { bytes, lastOffset } = this.#batches[at] as Batch
      room -= bytes.length
      if (lastOffset >= limit || (room < 0 && found.length > 0)) break
      found.push(bytes)
    }
    return found
  }

  /** Transactions with records in a range that were aborted, in the order of their markers. */
  abortedIn(from: number, limit: number): { readonly producerId: number; readonly firstOffset: number }[] {
    const found: { readonly producerId: number; readonly firstOffset: number }[] = []
    for (let at = this.#aborted.length - 1; at >= 0; at--) {
      const { marker, from: firstOffset, producerId } = this.#aborted[at] as Completed
      if (marker < from) break
      if (firstOffset < limit) found.push({ producerId, firstOffset })
    }
    return found.reverse()
  }

  /** The first record of this time or later. */
  offsetAtTime(timestamp: number, limit: number): { readonly offset: number; readonly timestamp: number } | undefined {
    for (const batch of this.#batches) {
      if (batch.baseOffset >= limit) return undefined
      if (batch.maxTimestamp < timestamp || batch.lastOffset < this.start) continue
      if (batch.compressed) return { offset: Math.max(batch.baseOffset, this.start), timestamp: batch.firstTimestamp }
      const found = recordsOf(batch).find(record => record.timestamp >= timestamp && record.offset >= this.start)
      if (found !== undefined) return { offset: found.offset, timestamp: found.timestamp }
    }
    return undefined
  }

  /** What is before the offset is gone. */
  deleteBefore(offset: number): void {
    this.start = Math.max(this.start, Math.min(offset, this.highWatermark))
    this.#batches = this.#batches.filter(({ lastOffset }) => lastOffset >= this.start)
  }

  /** What is from the offset on was never written. */
  truncate(offset: number): void {
    if (offset >= this.end) return
    const batches = this.#batches.filter(({ baseOffset }) => baseOffset < offset)
    const ended = new Map(this.#completed.map(each => [each.marker, each]))
    this.#batches = []
    this.#completed = []
    this.#aborted = []
    this.producers.forget()
    for (const batch of batches) {
      if (!batch.control) {
        this.#keep(batch)
        continue
      }
      const coordinatorEpoch = batch.bytes.readInt32BE(73)
      const { producerId, epoch } = batch
      const done = this.producers.ended(
        { producerId, epoch, coordinatorEpoch, committed: ended.get(batch.baseOffset)?.committed ?? false },
        batch.baseOffset,
      )
      if (done !== undefined) this.#end(done)
      this.#batches.push(batch)
    }
    this.end = offset
    this.highWatermark = Math.min(this.highWatermark, offset)
  }

  /**
   * Keeps the last record of each key, and none of aborted transactions; of what is stable, but for the last batch. A deletion that is the last of its key goes
   * once `retentionMs` are over since compaction first saw it.
   */
  compact(now: number, retentionMs: number): void {
    const stable = this.lastStable()
    const last = new Map<string, number>()
    const live = (batch: Batch): boolean => batch.lastOffset < stable && batch !== this.#batches.at(-1)
    for (const batch of this.#batches) {
      // What comes after it is not known to stay: a record of an open transaction takes no place of another.
      if (!live(batch) || batch.control || this.#stateOf(batch) === 'aborted') continue
      for (const { key, offset } of recordsOf(batch)) if (key !== null) last.set(key.toString('latin1'), offset)
    }
    this.#batches = this.#batches.flatMap(batch => {
      if (batch.control || !live(batch)) return [batch]
      if (this.#stateOf(batch) === 'aborted') return []
      const found = recordsOf(batch)
      if (found.some(({ value }) => value === null) && !this.#horizons.has(batch.baseOffset))
        this.#horizons.set(batch.baseOffset, now + retentionMs)
      const deletionsGo = (this.#horizons.get(batch.baseOffset) ?? Infinity) <= now
      const isKept = ({ key, value, offset }: RecordOfBatch): boolean =>
        (value !== null || !deletionsGo) && last.get(key?.toString('latin1') ?? '') === offset
      const kept = found.filter(isKept)
      if (kept.length === batch.records) return [batch]
      return kept.length === 0 ? [] : [batchWithout(batch, kept)]
    })
  }

  /** From an offset on. */
  records(from = this.start): LoggedRecord[] {
    return this.#batches.flatMap(batch => {
      if (batch.lastOffset < from) return []
      const { producerId, epoch } = batch
      const state = this.#stateOf(batch)
      return recordsOf(batch)
        .filter(({ offset }) => offset >= from)
        .map(({ offset, timestamp, key, value, headers }) => ({ offset, timestamp, key, value, headers, producerId, epoch, state }))
    })
  }

  #stateOf({ control, transactional, producerId, baseOffset }: Batch): LoggedRecord['state'] {
    if (control) return 'control'
    if (!transactional) return 'committed'
    for (let at = this.#completed.length - 1; at >= 0; at--) {
      const ended = this.#completed[at] as Completed
      if (ended.marker < baseOffset) break
      if (ended.producerId === producerId && ended.from <= baseOffset) return ended.committed ? 'committed' : 'aborted'
    }
    return 'open'
  }

  /** The first batch that ends at the offset or later. */
  #indexOf(offset: number): number {
    let low = 0
    let above = this.#batches.length
    while (low < above) {
      const middle = (low + above) >>> 1
      if ((this.#batches[middle] as Batch).lastOffset < offset) low = middle + 1
      else above = middle
    }
    return low
  }
}
