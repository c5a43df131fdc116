import { DDSketch } from '@datadog/sketches-js'
import { putVarint, unsignedVarintSize } from '../../base/index.ts'

/** How far a quantile may be from the true one, as a part of it. With another one the bins that are kept would be of other durations. */
const relativeAccuracy = 0.02
/** What is shorter or longer counts as this, ms: so the number of bins is bounded. */
const [shortestMs, longestMs] = [1e-3, 1e8]

const nothing = new Uint8Array()

/**
 * How many records had calls of which duration: quantiles within 2 %, in bins that are summed up over tasks and instances. Counting allocates
 * nothing once the bins of a duration are there. What comes from a row is decoded when it is first needed.
 */
export class DurationSketch {
  #kept: Uint8Array | undefined
  #sketch: DDSketch | undefined

  /** `kept`: what `toBytes` returned. */
  constructor(kept: Uint8Array = nothing) {
    this.#kept = kept
  }

  /** Counts so many records whose call took so long. */
  add(milliseconds: number, count: number): void {
    const { store, mapping } = this.#open()
    store.add(mapping.key(bounded(milliseconds)), count)
  }

  /** Undoes `add`. */
  remove(milliseconds: number, count: number): void {
    this.add(milliseconds, -count)
  }

  /** Counts the records of another one too. */
  addAll(other: DurationSketch): void {
    const { store } = this.#open()
    const { bins, offset } = other.#open().store
    for (const [at, count] of bins.entries()) if (count > 0) store.add(offset + at, count)
  }

  /** The duration in ms that this part of the records did not exceed; undefined: there are no records. */
  quantile(part: number): number | undefined {
    const { store, mapping } = this.#open()
    return store.count > 0 ? mapping.value(store.keyAtRank(part * (store.count - 1))) : undefined
  }

  /** As `RoleStatistics.durations` of proto/state.proto. */
  toBytes(): Uint8Array {
    if (this.#kept !== undefined) return this.#kept
    const { bins, offset } = this.#open().store
    const [first, last] = [bins.findIndex(isFilled), bins.findLastIndex(isFilled)]
    return first < 0 ? nothing : encode(offset + first, bins.slice(first, last + 1))
  }

  #open(): DDSketch {
    const sketch = this.#sketch ?? new DDSketch({ relativeAccuracy })
    this.#sketch = sketch
    const kept = this.#kept
    this.#kept = undefined
    if (kept !== undefined && kept.length > 0) decode(kept, (key, count) => sketch.store.add(key, count), sketch)
    return sketch
  }
}

function isFilled(count: number): boolean {
  return count > 0
}

/** The duration, also if it is not a number. */
function bounded(milliseconds: number): number {
  return milliseconds > shortestMs ? Math.min(milliseconds, longestMs) : shortestMs
}

function encode(key: number, counts: readonly number[]): Uint8Array {
  const zigzag = key < 0 ? -2 * key - 1 : 2 * key
  let size = unsignedVarintSize(zigzag)
  for (const count of counts) size += unsignedVarintSize(count)
  const bytes = new Uint8Array(size)
  let at = putVarint(bytes, 0, zigzag)
  for (const count of counts) at = putVarint(bytes, at, count)
  return bytes
}

/** Gives each bin to `add`, but those of durations that are never counted. */
function decode(bytes: Uint8Array, add: (key: number, count: number) => void, { mapping }: DDSketch): void {
  const [lowest, highest] = [mapping.key(shortestMs), mapping.key(longestMs)]
  let [key, place, number] = [NaN, 1, 0]
  for (const byte of bytes) {
    number += (byte & 0x7f) * place
    place *= 0x80
    if (byte >= 0x80) continue
    if (Number.isNaN(key)) key = number % 2 === 0 ? number / 2 : -(number + 1) / 2
    else {
      if (number > 0 && key >= lowest && key <= highest) add(key, number)
      key++
    }
    ;[place, number] = [1, 0]
  }
}
