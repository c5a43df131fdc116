import { SluiceError } from '../../../base/index.ts'
import type { ManagedStore, QueriedEntry } from '../../../stores/index.ts'
import type { KeyVersions, KeyVersionsQuery, PartitionQuery, PartitionShare, ReadOptions, StaleValue } from '../../queryable-streams.ts'
import type { StandbyTask, StreamTask } from '../tasks/index.ts'
import type { StateManager, GlobalStore } from '../state/index.ts'
import { notHere, type KeyLocator } from './key-locator.ts'
import type { ThreadQueries } from './thread-queries.ts'

interface Partition {
  readonly partition: number
  readonly managed: ManagedStore
  /** Present for a standby or a suspended task. */
  readonly stale?: true
  /** Changelog offsets that a standby is behind; absent for other tasks. */
  readonly lag?: number
}

type AnsweringTask = Pick<StreamTask, 'partition' | 'state' | 'suspendedWhole'> & { readonly stateManager: Stores }
type AnsweringStandby = Pick<StandbyTask, 'partition' | 'lag'> & { readonly stateManager: Stores | undefined }
type Stores = Pick<StateManager, 'stores'>

/** The tasks and global stores that are queried. */
export interface AnsweringTasks {
  readonly tasks: readonly AnsweringTask[]
  readonly standbys: readonly AnsweringStandby[]
  readonly globalStores: readonly Pick<GlobalStore, 'name' | 'current'>[]
}

/** Answers queries from the stores of one thread's tasks. */
export class LocalQueries implements ThreadQueries {
  readonly #stores: KeyLocator
  readonly #tasks: AnsweringTasks
  readonly #leased: () => boolean

  /** `leased`: whether no other member can own the tasks yet; if false, running tasks do not answer. */
  constructor(stores: KeyLocator, tasks: AnsweringTasks, leased: () => boolean) {
    this.#stores = stores
    this.#tasks = tasks
    this.#leased = leased
  }

  query(store: string, key: string, options?: ReadOptions): Promise<unknown> {
    return answer(() => this.#of(store, key, this.#partitions(store)).managed.store.query(key, options))
  }

  queryStale(store: string, key: string): Promise<StaleValue> {
    return answer(() => {
      const { managed, lag } = this.#of(store, key, this.#stale(store))
      const value = managed.store.query(key)
      return lag === undefined ? { value } : { value, lag }
    })
  }

  async queryVersions(store: string, key: string, { standby, ...query }: KeyVersionsQuery): Promise<KeyVersions> {
    const { managed, stale, lag } = this.#of(store, key, standby ? this.#stale(store) : this.#partitions(store))
    const versions = await managed.store.queryVersions?.(key, query)
    if (versions === undefined) throw new SluiceError('INPUT_INVALID', `store "${store}" is not versioned`)
    return { versions, ...staleness({ stale, lag }) }
  }

  async queryPartitions(store: string, query: PartitionQuery): Promise<readonly PartitionShare[]> {
    const of = (): Partition[] =>
      (query.standbys ? this.#stale(store) : this.#partitions(store)).filter(
        ({ partition }) => query.partitions?.includes(partition) ?? true,
      )
    const asked = of()
    const shares: PartitionShare[] = []
    try {
      for (const each of asked) shares.push(await shareOf(each, query))
    } catch (error) {
      // If a store was closed while it was read, any error may come: report the move instead.
      if (asked.every(({ managed }) => of().some(each => each.managed === managed))) throw error
      throw moving(store, error)
    }
    // A partition that moved away meanwhile may have changed elsewhere, and one that was added is missing here.
    const moved = of().map(({ managed }) => managed)
    if (moved.length !== asked.length || asked.some(({ managed }) => !moved.includes(managed))) throw moving(store)
    return shares
  }

  /** Includes global stores: tasks of this thread use their values, whichever instance owns the store. */
  async queryLatest(store: string, key?: string): Promise<unknown> {
    const owned = this.#owned(store, ({ state }) => state === 'running' || state === 'suspended').map(({ managed }) => managed.store)
    const globalStores = this.#tasks.globalStores.filter(({ name }) => name === store)
    const read = await Promise.all(globalStores.map(globalStore => globalStore.current()))
    return latestOf([...owned, ...read].map(each => each.queryLatest?.(key)))
  }

  /** Throws STORE_UNKNOWN, STORE_NOT_READY. */
  #of(store: string, key: string, partitions: readonly Partition[]): Partition {
    const wanted = this.#stores.partitionOf(store, key)
    const found = partitions.find(({ partition }) => partition === wanted)
    if (found === undefined) throw notHere(store, wanted)
    return found
  }

  /**
   * The partitions of a store that the thread has without owning them, in order: standbys whose lag is known, and fully restored tasks that are suspended by
   * a rebalance, with what they committed before it.
   */
  #stale(store: string): Partition[] {
    this.#stores.store(store)
    const followed = this.#tasks.standbys.flatMap(({ partition, lag, stateManager }) => {
      const managed = stateManager?.stores.get(store)
      return managed === undefined || lag === undefined ? [] : [{ partition, managed, stale: true as const, lag }]
    })
    const suspended = this.#owned(store, task => task.suspendedWhole).map(part => ({ ...part, stale: true as const }))
    return [...followed, ...suspended].toSorted((a, b) => a.partition - b.partition)
  }

  /** The partitions of a store whose tasks run on this thread and certainly belong to it, in order; empty if the lease has expired. */
  #partitions(store: string): Partition[] {
    const running = this.#owned(store, ({ state }) => state === 'running')
    return this.#leased() ? running : []
  }

  #owned(store: string, wanted: (task: AnsweringTask) => boolean): Partition[] {
    this.#stores.store(store)
    return this.#tasks.tasks
      .filter(wanted)
      .flatMap(({ partition, stateManager }) => {
        const managed = stateManager.stores.get(store)
        return managed === undefined ? [] : [{ partition, managed }]
      })
      .toSorted((a, b) => a.partition - b.partition)
  }
}

function moving(store: string, cause?: unknown): SluiceError {
  return new SluiceError('STORE_NOT_READY', `partitions of store "${store}" moved while they were read`, { cause })
}

async function shareOf(part: Partition, query: PartitionQuery): Promise<PartitionShare> {
  const { partition, managed } = part
  const { limit = Infinity, countOnly = false } = query
  if (countOnly) return { partition, entries: [], count: await countOf(managed, query), more: false, ...staleness(part) }
  const entries: QueriedEntry[] = []
  // Read one entry more than the limit, to know whether there are more.
  for await (const entry of managed.store.queryAll({ ...query, limit: limit + 1 })) entries.push(entry)
  const more = entries.length > limit
  if (more) entries.pop()
  return { partition, entries, count: entries.length, more, ...staleness(part) }
}

/** The number of keys that match the query. For a query of all committed keys, the store's own count is used if it has one. */
async function countOf({ store }: ManagedStore, query: PartitionQuery): Promise<number> {
  const { from, to, after, prefix = '', uncommitted = false } = query
  const whole = from === undefined && to === undefined && after === undefined && prefix === '' && !uncommitted
  if (whole && store.committedKeys !== undefined) return store.committedKeys
  let count = 0
  for await (const _ of store.queryAll({ ...query, keysOnly: true, limit: undefined })) count++
  return count
}

function staleness({ stale, lag }: { readonly stale?: true | undefined; readonly lag?: number | undefined }): {
  readonly stale?: true
  readonly lag?: number
} {
  return { ...(stale === undefined ? {} : { stale }), ...(lag === undefined ? {} : { lag }) }
}

/** The value with the greatest `lastUsed`; a value that was never used is returned only if there is no other. */
export function latestOf(values: readonly unknown[]): unknown {
  let latest: unknown
  for (const value of values) if (value !== undefined && lastUsed(value) > lastUsed(latest)) latest = value
  return latest
}

function lastUsed(value: unknown): number {
  return value === undefined ? -1 : ((value as { lastUsed?: number }).lastUsed ?? 0)
}

/** Calls `ask`; an exception becomes a rejected promise. */
async function answer<T>(ask: () => T): Promise<T> {
  return Promise.resolve(ask())
}
