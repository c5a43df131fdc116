import { SluiceError } from '../../proto/sluice-error.ts'
import type { ManagedStore, QueriedEntry } from '../../stores/index.ts'
import type { PartitionQuery, PartitionShare, ReadOptions, StaleValue } from '../queryable-streams.ts'
import { notHere, type StoreMap } from './store-map.ts'
import type { TaskManager } from './task-manager.ts'
import type { ThreadQueries } from './thread-handle.ts'

interface Partition {
  readonly partition: number
  readonly managed: ManagedStore
  /** Of a standby. */
  readonly lag?: number
}

/** Answers questions to the stores of one thread's tasks, from what they have committed. */
export class LocalQueries implements ThreadQueries {
  readonly #stores: StoreMap
  readonly #tasks: Pick<TaskManager, 'tasks' | 'standbys' | 'replicas'>
  readonly #leased: () => boolean

  /** `leased`: whether the tasks cannot be another's yet; while they may be, they answer nothing. */
  constructor(stores: StoreMap, tasks: Pick<TaskManager, 'tasks' | 'standbys' | 'replicas'>, leased: () => boolean) {
    this.#stores = stores
    this.#tasks = tasks
    this.#leased = leased
  }

  query(store: string, key: string, options?: ReadOptions): Promise<unknown> {
    return answer(() => {
      const partition = this.#stores.partitionOf(store, key)
      const found = this.#partitions(store).find(each => each.partition === partition)
      if (found === undefined) throw notHere(store, partition)
      return found.managed.store.query(key, options)
    })
  }

  queryStale(store: string, key: string): Promise<StaleValue> {
    return answer(() => {
      const task = this.#stores.taskOf(store, key)
      const standby = this.#tasks.standbys.find(({ id }) => id === task)
      const managed = standby?.stateManager?.stores.get(store)
      if (standby?.lag === undefined || managed === undefined) throw notHere(store, this.#stores.partitionOf(store, key))
      return { value: managed.store.query(key), lag: standby.lag }
    })
  }

  async queryPartitions(store: string, query: PartitionQuery): Promise<readonly PartitionShare[]> {
    const of = (): Partition[] =>
      (query.standbys ? this.#standbys(store) : this.#partitions(store)).filter(
        ({ partition }) => query.partitions?.includes(partition) ?? true,
      )
    const asked = of()
    const shares: PartitionShare[] = []
    try {
      for (const each of asked) shares.push(await shareOf(each, query))
    } catch (error) {
      // A store that was closed while it was read fails in ways of its own.
      if (asked.every(({ managed }) => of().some(each => each.managed === managed))) throw error
      throw moving(store, error)
    }
    // What moved away meanwhile may have been changed elsewhere, and what came is missing.
    const moved = of().map(({ managed }) => managed)
    if (moved.length !== asked.length || asked.some(({ managed }) => !moved.includes(managed))) throw moving(store)
    return shares
  }

  /** Replicas count too: it is they that are used here, whoever owns the store. */
  async queryLatest(store: string, key?: string): Promise<unknown> {
    const owned = this.#running(store).map(({ managed }) => managed.store)
    const replicas = this.#tasks.replicas.filter(({ name }) => name === store)
    const read = await Promise.all(replicas.map(replica => replica.current()))
    return latestOf([...owned, ...read].map(each => each.queryLatest?.(key)))
  }

  /** The thread's standbys of a store that know how far they are behind, in the order of their partitions. */
  #standbys(store: string): Partition[] {
    this.#stores.store(store)
    return this.#tasks.standbys
      .flatMap(({ partition, lag, stateManager }) => {
        const managed = stateManager?.stores.get(store)
        return managed === undefined || lag === undefined ? [] : [{ partition, managed, lag }]
      })
      .toSorted((a, b) => a.partition - b.partition)
  }

  /** The thread's partitions of a store that are restored and surely its own, in order. */
  #partitions(store: string): Partition[] {
    const running = this.#running(store)
    return this.#leased() ? running : []
  }

  #running(store: string): Partition[] {
    this.#stores.store(store)
    return this.#tasks.tasks
      .filter(({ state }) => state === 'running' || state === 'suspended')
      .flatMap(({ partition, stateManager }) => {
        const managed = stateManager.stores.get(store)
        return managed === undefined ? [] : [{ partition, managed }]
      })
      .toSorted((a, b) => a.partition - b.partition)
  }
}

function moving(store: string, cause?: unknown): SluiceError {
  return new SluiceError('STORE_NOT_READY', `partitions of store "${store}" are moving`, { cause })
}

async function shareOf({ partition, managed, lag }: Partition, query: PartitionQuery): Promise<PartitionShare> {
  const { limit = Infinity, countOnly = false } = query
  const entries: QueriedEntry[] = []
  let count = 0
  // One more than the limit tells whether there are more.
  const asked = { ...query, keysOnly: countOnly || query.keysOnly, limit: countOnly ? undefined : limit + 1 }
  for await (const entry of managed.store.queryAll(asked)) {
    count++
    if (!countOnly && count <= limit) entries.push(entry)
  }
  const more = !countOnly && count > limit
  return { partition, entries, count: more ? entries.length : count, more, ...(lag === undefined ? {} : { lag }) }
}

/** The value that was used last; one that never was comes before all others, but after none. */
export function latestOf(values: readonly unknown[]): unknown {
  let latest: unknown
  for (const value of values) if (value !== undefined && lastUsed(value) > lastUsed(latest)) latest = value
  return latest
}

function lastUsed(value: unknown): number {
  return value === undefined ? -1 : ((value as { lastUsed?: number }).lastUsed ?? 0)
}

/** What throws at once becomes a promise that rejects. */
async function answer<T>(ask: () => T): Promise<T> {
  return Promise.resolve(ask())
}
