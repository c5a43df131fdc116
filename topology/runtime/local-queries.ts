import type { ManagedStore } from '../../stores/index.ts'
import type { StaleValue } from '../queryable-streams.ts'
import { notHere, type StoreMap } from './store-map.ts'
import type { TaskManager } from './task-manager.ts'
import type { StoreEntry, ThreadQueries } from './thread-handle.ts'

interface Partition {
  readonly partition: number
  readonly managed: ManagedStore
}

/** Answers questions to the stores of one thread's tasks, from what they have committed. */
export class LocalQueries implements ThreadQueries {
  readonly #stores: StoreMap
  readonly #tasks: Pick<TaskManager, 'tasks' | 'standbys' | 'replicas'>

  constructor(stores: StoreMap, tasks: Pick<TaskManager, 'tasks' | 'standbys' | 'replicas'>) {
    this.#stores = stores
    this.#tasks = tasks
  }

  query(store: string, key: string): Promise<unknown> {
    return answer(() => {
      const partition = this.#stores.partitionOf(store, key)
      const found = this.#partitions(store).find(each => each.partition === partition)
      if (found === undefined) throw notHere(store, partition)
      return found.managed.store.query(key)
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

  async queryAll(store: string, options: { readonly limit?: number }): Promise<readonly StoreEntry[]> {
    const entries: StoreEntry[] = []
    for (const { managed } of this.#partitions(store)) for await (const entry of managed.store.queryAll(options)) entries.push(entry)
    return entries
  }

  /** Replicas count too: it is they that are used here, whoever owns the store. */
  async queryLatest(store: string, key?: string): Promise<unknown> {
    const owned = this.#partitions(store).map(({ managed }) => managed.store)
    const replicas = this.#tasks.replicas.filter(({ name }) => name === store)
    const read = await Promise.all(replicas.map(replica => replica.current()))
    return latestOf([...owned, ...read].map(each => each.queryLatest?.(key)))
  }

  /** The thread's partitions of a store that are restored, in order. */
  #partitions(store: string): Partition[] {
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
