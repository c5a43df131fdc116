import { env } from '../../base/index.ts'
import { asBuffer } from '../../records/index.ts'
import { type StoreHooks, type TransactionBuffer } from '../rows/index.ts'
import { afterPrefix } from '../byte-key.ts'
import { EventTimes, TIME_PREFIX } from './event-times.ts'
import { modelStatisticsSerde, type ModelStatistics } from './model-rows.ts'
import { type ModelUseView, useView } from './use-view.ts'
import { PolicyPositions, POSITION_PREFIX } from './policy-positions.ts'
import { type ModelUse, sumOf, VersionUse } from './model-usage.ts'
import type { Row, StateStore } from '../state-store.ts'
import { isEmpty, keyBounds, type ReadOptions, type StoreQuery } from '../store-query.ts'

const writtenEveryMs = 1000
const PREFIX = 'use/'

/** The use of model versions that is not counted in the store of the models. */
export interface ModelUsageSource {
  /** Where policies took effect in the data of each partition. */
  readonly positions: Pick<PolicyPositions, 'of'>
  /** How far the data of each partition has come. */
  readonly times: Pick<EventTimes, 'all'>
  /** The use of a version; undefined: it was not used. */
  usageOf(dataType: string, version: number): ModelStatistics | undefined
  /** The data type whose model was used last, and when, epoch ms; undefined: none was used. */
  readonly lastUsed: { readonly dataType: string; readonly at: number } | undefined
}

/**
 * The use of model versions for the data of each partition, in topologies whose data tasks have no models of their own. A task writes the rows
 * of its partition; a global store has the rows of all partitions and sums them up. Key: use/<partition, six digits>/<version, twelve
 * digits>/<data type>.
 */
export class ModelUsageStore implements StateStore, StoreHooks, ModelUsageSource {
  readonly name: string
  readonly #buffer: TransactionBuffer
  /** By version and data type, then by partition. */
  readonly #figures = new Map<string, Map<number, VersionUse>>()
  readonly #changed = new Map<string, VersionUse>()
  readonly #positions: PolicyPositions
  /** How far the data of each partition has come. */
  readonly times: EventTimes
  #dueAt = 0
  #last: { readonly dataType: string; readonly at: number } | undefined

  private constructor(buffer: TransactionBuffer, name: string) {
    this.name = name
    this.#buffer = buffer
    this.#positions = new PolicyPositions(buffer)
    this.times = new EventTimes(buffer)
  }

  static async open(buffer: TransactionBuffer, name: string): Promise<ModelUsageStore> {
    const store = new ModelUsageStore(buffer, name)
    for (const prefix of [PREFIX, POSITION_PREFIX, TIME_PREFIX]) {
      const from = Buffer.from(prefix)
      for await (const [key, value] of buffer.committed.range(from, afterPrefix(from))) store.#load({ key, value })
    }
    return store
  }

  /** Counts a call of the version for the data of a partition. `now`: epoch ms. */
  recordUse(partition: number, { dataType, version }: { dataType: string; version: number }, use: ModelUse, now: number): void {
    const byPartition = this.#of(dataType, version)
    const key = keyOf(partition, version, dataType)
    if (this.#buffer.noting) this.#noteFor(key, { byPartition, partition, use })
    const running = byPartition.get(partition) ?? new VersionUse(version)
    byPartition.set(partition, running)
    running.add(use, now)
    this.#changed.set(key, running)
    this.#last = { dataType, at: now }
  }

  /** Where policies took effect in the data of each partition. */
  get positions(): PolicyPositions {
    return this.#positions
  }

  usageOf(dataType: string, version: number): ModelStatistics | undefined {
    let sum: ModelStatistics | undefined
    for (const figures of this.#figures.get(`${version}/${dataType}`)?.values() ?? []) sum = sumOf(sum, figures)
    return sum
  }

  get lastUsed(): { readonly dataType: string; readonly at: number } | undefined {
    return this.#last
  }

  query(key: string, { uncommitted }: ReadOptions = {}): ModelUseView | undefined {
    const value = (uncommitted ? this.#buffer : this.#buffer.committed).get(Buffer.from(key))
    return value === undefined ? undefined : useView(modelStatisticsSerde.deserialize(value))
  }

  async *queryAll(query: StoreQuery = {}): AsyncIterable<{ readonly key: string; readonly value: ModelUseView }> {
    const { limit = Infinity, uncommitted } = query
    const { from = Buffer.from(PREFIX), to = afterPrefix(Buffer.from(PREFIX)) } = keyBounds(query, text => Buffer.from(text))
    if (limit <= 0 || isEmpty({ from, to })) return
    let left = limit
    for await (const [key, value] of (uncommitted ? this.#buffer : this.#buffer.committed).range(from, to, limit)) {
      yield { key: asBuffer(key).toString('utf8'), value: useView(modelStatisticsSerde.deserialize(value)) }
      if (--left <= 0) return
    }
  }

  /** Whether the next commit writes rows: at most once a second. */
  get pending(): boolean {
    return this.times.pending || ((this.#changed.size > 0 || this.times.changed) && env.monotonic() >= this.#dueAt)
  }

  settle(): void {
    this.#dueAt = 0
  }

  beforeCommit(): void {
    if (!this.pending) return
    const due = env.monotonic() >= this.#dueAt
    this.times.write(due)
    if (!due) return
    this.#dueAt = env.monotonic() + writtenEveryMs
    for (const [key, running] of this.#changed) this.#buffer.put(Buffer.from(key), modelStatisticsSerde.serialize(running))
    this.#changed.clear()
  }

  restored(rows: readonly Row[]): void {
    for (const row of rows) this.#load(row)
  }

  undone(row: Row): void {
    this.#positions.load(row)
    this.times.load(row)
  }

  wiped(): void {
    this.#positions.clear()
    this.times.clear()
    this.#figures.clear()
    this.#changed.clear()
    this.#last = undefined
  }

  /** Notes the figures before a call is added, which is undone when the record fails. */
  #noteFor(key: string, { byPartition, partition, use }: { byPartition: Map<number, VersionUse>; partition: number; use: ModelUse }): void {
    const [last, running, changed] = [this.#last, byPartition.get(partition), this.#changed.has(key)]
    const mark = running?.mark(use)
    const undo = (): void => {
      this.#last = last
      if (mark === undefined) byPartition.delete(partition)
      else running?.goBack(mark)
      if (!changed) this.#changed.delete(key)
    }
    this.#buffer.note({ undo }, mark, mark)
  }

  #of(dataType: string, version: number): Map<number, VersionUse> {
    const key = `${version}/${dataType}`
    let byPartition = this.#figures.get(key)
    if (byPartition === undefined) this.#figures.set(key, (byPartition = new Map()))
    return byPartition
  }

  #load({ key, value }: Row): void {
    this.#positions.load({ key, value })
    this.times.load({ key, value })
    const parts = /^use\/(\d{6,})\/(\d{12,})\/(.*)$/s.exec(asBuffer(key).toString('utf8'))
    if (parts === null) return
    const [partition, version, dataType] = [Number(parts[1]), Number(parts[2]), parts[3] as string]
    if (value === null) return void this.#figures.get(`${version}/${dataType}`)?.delete(partition)
    const figures = modelStatisticsSerde.deserialize(value)
    this.#of(dataType, version).set(partition, sumOf(undefined, figures))
    if (figures.lastUsed >= (this.#last?.at ?? 0)) this.#last = { dataType, at: figures.lastUsed }
  }
}

function keyOf(partition: number, version: number, dataType: string): string {
  return `${PREFIX}${String(partition).padStart(6, '0')}/${String(version).padStart(12, '0')}/${dataType}`
}

/** The use of a version, summed over all sources. */
export function usageIn(sources: ReadonlySet<ModelUsageSource>, dataType: string, version: number): ModelStatistics | undefined {
  let sum: ModelStatistics | undefined
  for (const source of sources) {
    const figures = source.usageOf(dataType, version)
    if (figures !== undefined) sum = sumOf(sum, figures)
  }
  return sum
}

/** The data type whose model was used last. */
export function lastUsedIn(sources: ReadonlySet<ModelUsageSource>): string | undefined {
  let last: ModelUsageSource['lastUsed']
  for (const { lastUsed } of sources) if (lastUsed !== undefined && lastUsed.at >= (last?.at ?? 0)) last = lastUsed
  return last?.dataType
}
