import { type Cluster, errors, offsetsTopic, type Partition } from '../cluster/index.ts'
import type { Marker } from '../log/index.ts'
import type { Limits } from '../options.ts'
import { CoordinatorPartitions } from './coordinator-partitions.ts'
import { Group } from './group.ts'
import { GroupOffsets } from './group-offsets.ts'

export interface Coordinated {
  readonly group: Group
  readonly offsets: GroupOffsets
}

export interface Membership {
  readonly groupId: string
  readonly memberId: string
  readonly generation: number
}

/** All groups, their members and offsets. A group lives with the leader of its partition of the offsets' topic. */
export class GroupCoordinator {
  readonly #cluster: Cluster
  readonly limits: Limits
  readonly partitions: CoordinatorPartitions
  readonly #groups = new Map<string, Coordinated>()

  constructor(cluster: Cluster, limits: Limits) {
    this.#cluster = cluster
    this.limits = limits
    this.partitions = new CoordinatorPartitions(cluster, offsetsTopic)
  }

  find(groupId: string): Coordinated | undefined {
    return this.#groups.get(groupId)
  }

  make(groupId: string): Coordinated {
    const known = this.#groups.get(groupId)
    if (known !== undefined) return known
    const made = {
      group: new Group(groupId, this.#cluster.host, this.#cluster.timing.initialRebalance),
      offsets: new GroupOffsets(),
    }
    this.#groups.set(groupId, made)
    return made
  }

  *groups(broker: number): Generator<Coordinated> {
    for (const each of this.#groups.values()) if (this.partitions.of(each.group.id).leader === broker) yield each
  }

  /** Kafka's error; 0: it had nobody in it. */
  delete(groupId: string): number {
    const found = this.#groups.get(groupId)
    if (found === undefined) return errors.groupIdNotFound
    if (found.group.state !== 'Empty') return errors.nonEmptyGroup
    found.group.unload()
    this.#groups.delete(groupId)
    return errors.none
  }

  /** Kafka's error for one that commits offsets; 0: it may. A group that nobody is in belongs to whoever names no generation. */
  commitRefusal({ groupId, memberId, generation }: Membership, isTransactional: boolean): number {
    const group = this.#groups.get(groupId)?.group
    if (group === undefined) return generation < 0 ? errors.none : errors.illegalGeneration
    if (generation < 0 && group.state === 'Empty') return errors.none
    if (generation >= 0 || memberId !== '') {
      const refusal = this.memberRefusal({ groupId, memberId, generation })
      if (refusal !== errors.none) return refusal
    } else if (!isTransactional && group.state !== 'Empty') return errors.unknownMemberId
    return !isTransactional && group.state === 'CompletingRebalance' ? errors.rebalanceInProgress : errors.none
  }

  /** Kafka's error for one that says that it is a member; 0: it is. */
  memberRefusal({ groupId, memberId, generation }: Membership): number {
    const group = this.#groups.get(groupId)?.group
    if (group === undefined || !group.members.has(memberId)) return errors.unknownMemberId
    return group.generation === generation ? errors.none : errors.illegalGeneration
  }

  /** A marker is in the log of offsets: those of its transaction count, or never do. */
  marked(partition: Partition, { producerId, committed }: Marker): void {
    if (!this.partitions.owns(partition)) return
    for (const { group, offsets } of this.#groups.values())
      if (this.partitions.of(group.id) === partition) offsets.ended(producerId, committed)
  }

  forgetTopic(topic: string): void {
    for (const { offsets } of this.#groups.values()) offsets.forgetTopic(topic)
  }

  /** The broker is gone: what it knew of members is forgotten, and no time runs. */
  stopped(broker: number): void {
    for (const { group } of this.groups(broker)) group.unload()
  }

  /** The partition has another leader, or one in another life: it reads its groups from the log. */
  moved(partition: Partition): void {
    const own = [...this.#groups.values()].map(({ group }) => group).filter(group => this.partitions.of(group.id) === partition)
    for (const group of own) group.unload()
    if (partition.leader < 0) return
    const { host, timing } = this.#cluster
    partition.loadedAt = Infinity
    const { leaderEpoch } = partition
    host.after(timing.loading, () => {
      if (partition.leaderEpoch !== leaderEpoch) return
      partition.loadedAt = host.now()
      for (const group of own) group.load()
    })
  }
}
