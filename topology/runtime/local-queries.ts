import { SluiceError } from '../../proto/sluice-error.ts'
import type { ManagedStore } from '../../stores/index.ts'
import type { StoreMetadata } from '../queryable-streams.ts'
import type { TopologyDefinition } from '../topology-definition.ts'
import { partitionForKey } from './murmur2.ts'
import type { StreamTask } from './stream-task.ts'
import { changelogTopic, taskIdOf, type TopicLayout } from './topic-layout.ts'

interface Partition {
  readonly partition: number
  readonly managed: ManagedStore
}

/** Answers questions to the stores of this instance's tasks, from what they have committed. */
export class LocalQueries {
  readonly #applicationId: string
  readonly #topology: TopologyDefinition
  readonly #tasks: () => readonly StreamTask[]
  /** Known once the topics were looked at. */
  layout: TopicLayout | undefined

  constructor(applicationId: string, topology: TopologyDefinition, tasks: () => readonly StreamTask[]) {
    this.#applicationId = applicationId
    this.#topology = topology
    this.#tasks = tasks
  }

  get stores(): readonly StoreMetadata[] {
    return this.#topology.subTopologies.flatMap((sub, at) =>
      sub.stores.map(({ builder }) => ({
        name: builder.name,
        subTopology: sub.id,
        partitions: this.layout?.partitionsOf[at] ?? 0,
        changelogTopic: builder.logged ? changelogTopic(this.#applicationId, builder.name) : undefined,
      })),
    )
  }

  /** The task that owns the key, here or elsewhere. Throws STORE_UNKNOWN, STORE_NOT_READY. */
  taskOf(store: string, key: string): string {
    return taskIdOf(this.#metadataOf(store).subTopology as number, this.#partitionOf(store, key))
  }

  query(store: string, key: string): unknown {
    const partition = this.#partitionOf(store, key)
    const found = this.#partitions(store).find(each => each.partition === partition)
    if (found === undefined)
      throw new SluiceError('STORE_NOT_READY', `partition ${partition} of store "${store}" is not here, or not restored yet`)
    return found.managed.store.query(key)
  }

  async queryAll(
    store: string,
    options: { readonly limit?: number },
  ): Promise<readonly { readonly key: string; readonly value: unknown }[]> {
    const entries: { key: string; value: unknown }[] = []
    for (const { managed } of this.#partitions(store)) for await (const entry of managed.store.queryAll(options)) entries.push(entry)
    return entries
  }

  queryLatest(store: string, key?: string): unknown {
    let latest: unknown
    for (const { managed } of this.#partitions(store)) {
      const value = managed.store.queryLatest?.(key)
      if (value !== undefined && lastUsed(value) > lastUsed(latest)) latest = value
    }
    return latest
  }

  /** This instance's partitions of a store that are restored, in order. */
  #partitions(store: string): Partition[] {
    this.#metadataOf(store)
    return this.#tasks()
      .filter(({ state }) => state === 'running' || state === 'suspended')
      .flatMap(({ partition, stateManager }) => {
        const managed = stateManager.stores.get(store)
        return managed === undefined ? [] : [{ partition, managed }]
      })
      .toSorted((a, b) => a.partition - b.partition)
  }

  #metadataOf(store: string): StoreMetadata {
    const found = this.stores.find(({ name }) => name === store)
    if (found !== undefined) return found
    throw new SluiceError('STORE_UNKNOWN', `there is no store "${store}"; there are: ${this.stores.map(({ name }) => name).join(', ')}`)
  }

  #partitionOf(store: string, key: string): number {
    const { partitions } = this.#metadataOf(store)
    if (partitions === 0) throw new SluiceError('STORE_NOT_READY', 'the application has not reached its topics yet')
    return partitionForKey(Buffer.from(key, 'utf8'), partitions)
  }
}

/** When a store's value was used last; one that never was comes before all others, but after none. */
function lastUsed(value: unknown): number {
  return value === undefined ? -1 : ((value as { lastUsed?: number }).lastUsed ?? 0)
}
