import { SluiceError } from '../../../base/index.ts'
import type { StoreMetadata, TaskId } from '../../queryable-streams.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import { partitionForKey, changelogTopic, taskIdOf, type TopicLayout } from '../topics/index.ts'

/** Lists the stores, and locates the partition and task of a key. */
export class KeyLocator {
  readonly #applicationId: string
  readonly #topology: TopologyDefinition
  /** The topics' partition counts; undefined until the topics have been checked. */
  layout: TopicLayout | undefined

  constructor(applicationId: string, topology: TopologyDefinition, layout?: TopicLayout) {
    this.#applicationId = applicationId
    this.#topology = topology
    this.layout = layout
  }

  get stores(): readonly StoreMetadata[] {
    return this.#topology.subTopologies.flatMap((sub, at) =>
      sub.stores.map(({ builder }) => ({
        name: builder.name,
        subTopology: sub.id,
        partitions: this.layout?.partitionsOf[at] ?? 0,
        changelogTopic: builder.logged ? changelogTopic(this.#applicationId, builder.name) : undefined,
        versioned: builder.versioned ?? false,
        ...(this.#topology.subTopologies.some(({ globalStores }) => globalStores.some(each => each.builder.name === builder.name))
          ? { global: true }
          : {}),
      })),
    )
  }

  /** Throws STORE_UNKNOWN. */
  store(name: string): StoreMetadata {
    const found = this.stores.find(store => store.name === name)
    if (found !== undefined) return found
    throw new SluiceError('STORE_UNKNOWN', `there is no store "${name}"; there are: ${this.stores.map(store => store.name).join(', ')}`)
  }

  /** Throws STORE_UNKNOWN, STORE_NOT_READY, INPUT_INVALID (not a key of the store). */
  partitionOf(store: string, key: string): number {
    const { partitions } = this.store(store)
    if (partitions === 0) throw new SluiceError('STORE_NOT_READY', 'the application has not read the partition counts of its topics yet')
    const builder = this.#topology.subTopologies.flatMap(sub => sub.stores).find(each => each.builder.name === store)?.builder
    return partitionForKey(builder?.keyOf?.(key) ?? Buffer.from(key, 'utf8'), partitions)
  }

  /** The id of the task that owns the key, on any instance. Throws STORE_UNKNOWN, STORE_NOT_READY, INPUT_INVALID. */
  taskOf(store: string, key: string): TaskId {
    return taskIdOf(this.store(store).subTopology as number, this.partitionOf(store, key))
  }
}

/** The error for a key whose partition is not on this instance, or not restored yet. */
export function notHere(store: string, partition: number): SluiceError {
  return new SluiceError('STORE_NOT_READY', `partition ${partition} of store "${store}" is not on this instance, or not restored yet`)
}
