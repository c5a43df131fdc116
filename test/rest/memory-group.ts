import { SluiceError } from '../../base/sluice-error.ts'
import type { MetricFamily } from '../../topology/metrics/metrics-recorder.ts'
import type {
  HostInfo,
  InstanceMetadata,
  KeyVersions,
  KeyVersionsQuery,
  PartitionQuery,
  PartitionShare,
  QueriedVersion,
  QueryableStreams,
  ReadOptions,
  StaleValue,
  StoreMetadata,
  StreamsCounters,
  StreamsState,
  TaskStatus,
} from '../../topology/queryable-streams.ts'

export const STORE = 'ModelStateStore'
export const APPLICATION = 'sluice-test'

/** Entries and owners of one store's partitions, for instances that share them. */
export class MemoryGroup {
  readonly members: MemoryStreams[] = []
  readonly partitions: Map<string, unknown>[]
  /** Which instance holds each partition; undefined: none does, because the group rebalances. */
  readonly owners: (MemoryStreams | undefined)[]
  /** Which instances follow each partition. */
  readonly standbys: MemoryStreams[][]
  /** Which instance held each partition until a rebalance began that is under way. */
  readonly formers: (MemoryStreams | undefined)[]
  /** The versions of keys, in the order of time; undefined: the store is not versioned. */
  versions: Map<string, readonly QueriedVersion[]> | undefined
  /** Writes that no commit has reached yet. */
  readonly uncommitted = new Map<string, unknown>()
  /** Runs at every look at the metadata. */
  onOwnerLookup: () => void = () => {}

  constructor(partitions: number) {
    this.partitions = Array.from({ length: partitions }, () => new Map<string, unknown>())
    this.owners = Array.from({ length: partitions })
    this.formers = Array.from({ length: partitions })
    this.standbys = Array.from({ length: partitions }, () => [])
  }

  join(instance: string, self: HostInfo): MemoryStreams {
    const member = new MemoryStreams(this, instance, self)
    this.members.push(member)
    return member
  }

  put(key: string, value: unknown): void {
    this.partitions[this.partitionOf(key)]?.set(key, value)
  }

  /** By the sum of its bytes: all that matters is that members agree. */
  partitionOf(key: string): number {
    return Buffer.from(key).reduce((sum, byte) => sum + byte, 0) % this.partitions.length
  }
}

/** A member of a memory group. Its fields may be changed to bring it into any state. */
export class MemoryStreams implements QueryableStreams {
  readonly applicationId = APPLICATION
  readonly #group: MemoryGroup
  readonly #instance: string
  self: HostInfo
  state: StreamsState = 'running'
  taskState = 'running'
  /** Of its standbys; undefined: not known yet. */
  lag: number | undefined = 0
  readonly latest = new Map<string, unknown>()
  /** Store reads that reached this member. */
  reads = 0
  /** Runs in every store read. */
  onRead: () => Promise<void> | void = () => {}
  families: readonly MetricFamily[] = []
  figures: StreamsCounters = { recordsIn: 0, recordsOut: 0, deadLetters: 0, commits: 0, restoredRecords: 0, rebalances: 0 }

  constructor(group: MemoryGroup, instance: string, self: HostInfo) {
    this.#group = group
    this.#instance = instance
    this.self = self
  }

  get stores(): readonly StoreMetadata[] {
    const versioned = this.#group.versions !== undefined
    const changelogTopic = `${APPLICATION}-${STORE}-changelog`
    return [{ name: STORE, partitions: this.#group.partitions.length, subTopology: 0, changelogTopic, versioned }]
  }

  instances(): Promise<readonly InstanceMetadata[]> {
    return Promise.resolve(this.#group.members.map(member => member.metadata()))
  }

  ownerOf(store: string, key: string): Promise<InstanceMetadata | undefined> {
    this.#group.onOwnerLookup()
    this.#check(store)
    return Promise.resolve(this.#group.owners[this.#group.partitionOf(key)]?.metadata())
  }

  tasks(): Promise<readonly TaskStatus[]> {
    const ofStore = this.#owned().map(partition => ({ task: `0_${partition}`, state: this.taskState, restored: undefined }))
    return Promise.resolve([...ofStore, { task: '1_0', state: 'running', restored: undefined }])
  }

  counters(): StreamsCounters {
    return this.figures
  }

  metrics(): Promise<readonly MetricFamily[]> {
    return Promise.resolve(this.families)
  }

  async query(store: string, key: string, { uncommitted }: ReadOptions = {}): Promise<unknown> {
    this.#check(store)
    await this.#read()
    const partition = this.#group.partitionOf(key)
    if (this.#group.owners[partition] !== this || this.taskState !== 'running') throw new SluiceError('STORE_NOT_READY', 'not owned')
    if (uncommitted && this.#group.uncommitted.has(key)) return this.#group.uncommitted.get(key)
    return this.#group.partitions[partition]?.get(key)
  }

  standbysOf(store: string, key: string): Promise<readonly InstanceMetadata[]> {
    this.#check(store)
    return Promise.resolve(this.#group.standbys[this.#group.partitionOf(key)]?.map(member => member.metadata()) ?? [])
  }

  formerOwnerOf(store: string, key: string): Promise<InstanceMetadata | undefined> {
    this.#check(store)
    return Promise.resolve(this.#group.formers[this.#group.partitionOf(key)]?.metadata())
  }

  async queryStale(store: string, key: string): Promise<StaleValue> {
    const lag = await this.#lagOf(store, key)
    return { value: this.#group.partitions[this.#group.partitionOf(key)]?.get(key), ...lag }
  }

  async queryVersions(
    store: string,
    key: string,
    { asOf, from = -Infinity, to = Infinity, limit, standby }: KeyVersionsQuery = {},
  ): Promise<KeyVersions> {
    const lag = standby ? { stale: true as const, ...(await this.#lagOf(store, key)) } : {}
    if (!standby) await this.query(store, key)
    const [first, end] = asOf === undefined ? [from, to] : [asOf, asOf + 1]
    const all = this.#group.versions?.get(key) ?? []
    const versions = all.filter(({ timestamp, validTo = Infinity }) => timestamp < end && validTo > first)
    return { versions: versions.slice(0, limit), ...lag }
  }

  async queryPartitions(store: string, query: PartitionQuery = {}): Promise<readonly PartitionShare[]> {
    this.#check(store)
    const of = (): number[] =>
      (query.standbys ? this.#followed() : this.taskState === 'running' ? this.#owned() : []).filter(
        partition => query.partitions?.includes(partition) ?? true,
      )
    const asked = of()
    await this.#read()
    if (of().join() !== asked.join()) throw new SluiceError('STORE_NOT_READY', 'partitions are moving')
    return asked.map(partition => this.#share(partition, query))
  }

  #share(partition: number, { from, to, prefix = '', after, limit, countOnly, standbys }: PartitionQuery): PartitionShare {
    const sorted = [...(this.#group.partitions[partition] as Map<string, unknown>)].sort(([a], [b]) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    )
    const within = (key: string): boolean =>
      (from === undefined || key >= from) &&
      (to === undefined || key < to) &&
      (after === undefined || key > after) &&
      key.startsWith(prefix)
    const found = sorted.filter(([key]) => within(key)).map(([key, value]) => ({ key, value }))
    const lag = standbys && this.lag !== undefined ? { stale: true as const, lag: this.lag } : {}
    if (countOnly) return { partition, entries: [], count: found.length, more: false, ...lag }
    const entries = found.slice(0, limit)
    return { partition, entries, count: entries.length, more: entries.length < found.length, ...lag }
  }

  queryLatest(store: string, key = ''): Promise<unknown> {
    this.#check(store)
    return Promise.resolve(this.latest.get(key))
  }

  metadata(): InstanceMetadata {
    const activeTasks = this.#owned().map(partition => `0_${partition}`)
    const standbyTasks = this.#group.standbys.flatMap((members, partition) => (members.includes(this) ? [`0_${partition}`] : []))
    return { ...this.self, instance: this.#instance, storeNames: activeTasks.length > 0 ? [STORE] : [], activeTasks, standbyTasks }
  }

  async #read(): Promise<void> {
    this.reads += 1
    await this.onRead()
  }

  /** What is known of the lag of a key's standby; nothing of a task that a rebalance has suspended. */
  async #lagOf(store: string, key: string): Promise<{ lag?: number }> {
    this.#check(store)
    await this.#read()
    const partition = this.#group.partitionOf(key)
    if (this.#group.formers[partition] === this) return {}
    if (this.lag === undefined || !this.#group.standbys[partition]?.includes(this)) throw new SluiceError('STORE_NOT_READY', 'no standby')
    return { lag: this.lag }
  }

  #followed(): number[] {
    return this.lag === undefined ? [] : this.#group.standbys.flatMap((members, partition) => (members.includes(this) ? [partition] : []))
  }

  #owned(): number[] {
    return this.#group.owners.flatMap((owner, partition) => (owner === this ? [partition] : []))
  }

  #check(store: string): void {
    if (store !== STORE) throw new SluiceError('STORE_UNKNOWN', `there is no store ${store}`)
  }
}
