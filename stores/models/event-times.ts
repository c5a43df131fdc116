import { asBuffer } from '../../records/index.ts'
import type { TransactionBuffer } from '../rows/index.ts'
import type { Row } from '../state-store.ts'

export const TIME_PREFIX = 'time/'

/** The partition of a store that has one partition's data alone. */
const only = 0

/**
 * How far the data of each data type has come in event time: the largest timestamp of its records that were answered, for each partition of the data. A row each, key
 * time/<partition, six digits>/<data type>, which is written with the figures of use; of a data type that has once waited for a time, with every commit.
 */
export class EventTimes {
  readonly #buffer: TransactionBuffer
  readonly #known = new Map<string, Map<number, number>>()
  readonly #changed = new Map<string, readonly [dataType: string, partition: number]>()
  /** Data types whose times are written with every commit. */
  readonly #exact = new Set<string>()
  #exactChanged = false

  constructor(buffer: TransactionBuffer) {
    this.#buffer = buffer
  }

  /** Whether the next commit must write times. */
  get pending(): boolean {
    return this.#exactChanged
  }

  /** Whether there are times that were not written. */
  get changed(): boolean {
    return this.#changed.size > 0
  }

  /** The time of one partition; undefined: no record of it is known. */
  of(dataType: string, partition: number = only): number | undefined {
    return this.#known.get(dataType)?.get(partition)
  }

  /** The times of all partitions. */
  all(dataType: string): readonly number[] {
    return [...(this.#known.get(dataType)?.values() ?? [])]
  }

  /** Records up to that timestamp are answered. */
  reach(dataType: string, timestamp: number, partition: number = only): void {
    const before = this.of(dataType, partition)
    if (before !== undefined && before >= timestamp) return
    const key = keyOf(dataType, partition)
    const wasChanged = this.#changed.has(key)
    if (this.#buffer.noting) this.#buffer.note({ undo: () => this.#goBack(dataType, partition, { before, wasChanged }) }, key, before)
    this.#set(dataType, partition, timestamp)
    if (!wasChanged) this.#changed.set(key, [dataType, partition])
    if (this.#exact.has(dataType)) this.#exactChanged = true
  }

  /** The times of the data type are written with every commit from now on. */
  keepExact(dataType: string): void {
    if (this.#exact.has(dataType)) return
    this.#exact.add(dataType)
    this.#exactChanged = this.changed
  }

  /** Writes the rows of the times that changed; `all`: not only of those that are kept exactly. */
  write(all: boolean): void {
    for (const [key, [dataType, partition]] of this.#changed) {
      if (!all && !this.#exact.has(dataType)) continue
      const row = Buffer.alloc(9)
      row.writeDoubleBE(this.of(dataType, partition) ?? 0)
      row[8] = this.#exact.has(dataType) ? 1 : 0
      this.#buffer.put(Buffer.from(key), row)
      this.#changed.delete(key)
    }
    this.#exactChanged = false
  }

  /** Loads a row, if it is one of a time; null: it was deleted. */
  load({ key, value }: Row): void {
    const parts = /^time\/(\d{6,})\/(.*)$/s.exec(asBuffer(key).toString('utf8'))
    if (parts === null) return
    const [partition, dataType] = [Number(parts[1]), parts[2] as string]
    if (value === null) return void this.#known.get(dataType)?.delete(partition)
    const row = asBuffer(value)
    this.#set(dataType, partition, row.readDoubleBE())
    if (row[8] === 1) this.#exact.add(dataType)
  }

  clear(): void {
    this.#known.clear()
    this.#changed.clear()
    this.#exact.clear()
    this.#exactChanged = false
  }

  #set(dataType: string, partition: number, time: number): void {
    const byPartition = this.#known.get(dataType) ?? new Map<number, number>()
    this.#known.set(dataType, byPartition)
    byPartition.set(partition, time)
  }

  #goBack(
    dataType: string,
    partition: number,
    { before, wasChanged }: { readonly before: number | undefined; readonly wasChanged: boolean },
  ): void {
    if (before === undefined) this.#known.get(dataType)?.delete(partition)
    else this.#set(dataType, partition, before)
    if (!wasChanged) this.#changed.delete(keyOf(dataType, partition))
  }
}

function keyOf(dataType: string, partition: number): string {
  return `${TIME_PREFIX}${String(partition).padStart(6, '0')}/${dataType}`
}
