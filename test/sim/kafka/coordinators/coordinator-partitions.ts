import { type Cluster, errors, type Partition } from '../cluster/index.ts'

/** Java's hash of a text: it says which partition of a coordinator's topic a name belongs to. */
function hashOf(name: string): number {
  let hash = 0
  for (let at = 0; at < name.length; at++) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) | 0
  return hash === -2_147_483_648 ? 0 : Math.abs(hash)
}

/** The partitions of a coordinators' topic: who leads one coordinates the names that belong to it. */
export class CoordinatorPartitions {
  readonly #cluster: Cluster
  readonly #topic: string
  readonly #known = new Map<string, Partition>()

  constructor(cluster: Cluster, topic: string) {
    this.#cluster = cluster
    this.#topic = topic
  }

  of(name: string): Partition {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const { partitions } = this.#cluster.topics.get(this.#topic)!
    const found = partitions[hashOf(name) % partitions.length] as Partition
    this.#known.set(name, found)
    return found
  }

  owns(partition: Partition): boolean {
    return partition.topic === this.#topic
  }

  /** Kafka's error of a broker that is asked about a name; 0: it coordinates it. */
  refusal(name: string, broker: number): number {
    const partition = this.of(name)
    if (partition.leader !== broker) return errors.notCoordinator
    if (this.#cluster.host.now() < partition.loadedAt) return errors.coordinatorLoading
    return errors.none
  }

  /** The same for one broker that asks another. */
  unreachable(name: string): number {
    const { leader, loadedAt } = this.of(name)
    if (leader < 0 || !this.#cluster.broker(leader).alive) return errors.coordinatorNotAvailable
    return this.#cluster.host.now() < loadedAt ? errors.coordinatorLoading : errors.none
  }

  /** Whether its log can be written to. */
  isWritable(name: string): boolean {
    return this.#cluster.hasQuorum(this.of(name))
  }
}
