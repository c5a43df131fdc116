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
 * digits>/<data type>. In memory is only what changed since rows were written last, whatever the number of versions.
 */
export class ModelUsageStore implements StateStore, StoreHooks, ModelUsageSource {
  readonly name: string
  readonly #buffer: TransactionBuffer
  /** By the keys of their rows. */
  readonly #changed = new Map<string, VersionUse>()
  /** The partitions in which versions of a data type were used. */
  readonly #partitions = new Map<string, Set<number>>()
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
    const key = keyOf(partition, version, dataType)
    const changed = this.#changed.get(key)
    if (this.#buffer.noting) this.#noteFor(key, changed, use)
    const running = changed ?? this.#written(key) ?? new VersionUse(version)
    running.add(use, now)
    this.#last = { dataType, at: now }
    if (changed !== undefined) return
    this.#changed.set(key, running)
    this.#know(dataType, partition)
  }

  /** Where policies took effect in the data of each partition. */
  get positions(): PolicyPositions {
    return this.#positions
  }

  usageOf(dataType: string, version: number): ModelStatistics | undefined {
    let sum: ModelStatistics | undefined
    for (const partition of this.#partitions.get(dataType) ?? []) {
      const key = keyOf(partition, version, dataType)
      const figures = this.#changed.get(key) ?? this.#written(key)
      if (figures !== undefined) sum = sumOf(sum, figures)
    }
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
    this.#changed.clear()
    this.#partitions.clear()
    this.#last = undefined
  }

  /** Notes the figures before a call is added, which is undone when the record fails. `running`: those that are not written yet. */
  #noteFor(key: string, running: VersionUse | undefined, use: ModelUse): void {
    const last = this.#last
    const mark = running?.mark(use)
    const undo = (): void => {
      this.#last = last
      if (mark === undefined) this.#changed.delete(key)
      else running?.goBack(mark)
    }
    this.#buffer.note({ undo }, mark, mark)
  }

  #written(key: string): VersionUse | undefined {
    const row = this.#buffer.get(Buffer.from(key))
    return row === undefined ? undefined : sumOf(undefined, modelStatisticsSerde.deserialize(row))
  }

  #know(dataType: string, partition: number): void {
    const known = this.#partitions.get(dataType)
    if (known === undefined) this.#partitions.set(dataType, new Set([partition]))
    else known.add(partition)
  }

  #load({ key, value }: Row): void {
    this.#positions.load({ key, value })
    this.times.load({ key, value })
    const parts = /^use\/(\d{6,})\/\d{12,}\/(.*)$/s.exec(asBuffer(key).toString('utf8'))
    if (parts === null || value === null) return
    const dataType = parts[2] as string
    this.#know(dataType, Number(parts[1]))
    const { lastUsed } = modelStatisticsSerde.deserialize(value)
    if (lastUsed >= (this.#last?.at ?? 0)) this.#last = { dataType, at: lastUsed }
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
