import { sluice } from '../../proto/messages.js'
import type { HostInfo, TaskId } from '../queryable-streams.ts'
import type { TopologyDefinition } from '../topology-definition.ts'
import { assignTasks } from './assignor.ts'
import type { Cluster, PartitionAssigner } from './kafka-clients.ts'
import { loadMendedKafkajs } from './kafkajs-mends/index.ts'
import type { JoinHooks } from './kafkajs-mends/join-hook.ts'
import { taskIdOf } from './topic-layout.ts'

/** What a member tells the group of itself at each join. */
export interface MemberFacts extends HostInfo {
  readonly instance: string
  readonly stores: readonly string[]
  /** Tasks whose state lies on its disk, and those that it ran in the generation before. */
  readonly tasks: readonly TaskId[]
  readonly active: readonly TaskId[]
  /** Where the instance listens for the others (0: nowhere), and which start of it this is; a member without them is not watched. */
  readonly peerPort?: number
  readonly boot?: string
}

export type TopicPartitions = Readonly<Record<string, readonly number[]>>

const protocolName = 'sluice'
const version = 1

/**
 * The group protocol: members send who they are and what they hold, the leader spreads the tasks, and each gets its topic-partitions.
 * Facts and assignments stay in the group's metadata, so that any member can tell who has what.
 */
export function groupProtocol(topology: TopologyDefinition, facts: () => MemberFacts, hooks: JoinHooks): PartitionAssigner {
  return ({ cluster }) => ({
    name: protocolName,
    version,
    protocol: ({ topics }) => ({ name: protocolName, metadata: encodeMember(topics, facts()) }),
    assign: ({ members }) => Promise.resolve(assign(topology, cluster, members)),
    ...hooks,
  })
}

function assign(
  topology: TopologyDefinition,
  cluster: Cluster,
  members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[],
): { memberId: string; memberAssignment: Buffer }[] {
  const { AssignerProtocol } = loadMendedKafkajs()
  const tasks = topology.subTopologies.flatMap(sub => {
    const partitions = Math.min(...sub.sourceTopics.map(topic => cluster.findTopicPartitionMetadata(topic).length))
    return Array.from({ length: partitions }, (_, partition) => taskIdOf(sub.id, partition))
  })
  const known = members.map(({ memberId, memberMetadata }) => {
    const member = decodeMember(memberMetadata)
    return { id: memberId, active: member?.active ?? [], onDisk: member?.tasks ?? [] }
  })
  return [...assignTasks(known, tasks)].map(([memberId, own]) => ({
    memberId,
    memberAssignment: AssignerProtocol.MemberAssignment.encode({
      version,
      assignment: partitionsOf(topology, own),
      userData: Buffer.alloc(0),
    }),
  }))
}

function partitionsOf(topology: TopologyDefinition, tasks: readonly TaskId[]): Record<string, number[]> {
  const assignment: Record<string, number[]> = {}
  for (const task of tasks) {
    const [sub, partition] = task.split('_').map(Number)
    for (const topic of topology.subTopologies.find(({ id }) => id === sub)?.sourceTopics ?? [])
      (assignment[topic] ??= []).push(partition as number)
  }
  return assignment
}

/** The tasks that an assignment of topic-partitions stands for: those of which the member has every input. */
export function tasksOf(topology: TopologyDefinition, assignment: TopicPartitions): TaskId[] {
  return topology.subTopologies.flatMap(({ id, sourceTopics }) => {
    const [first = '', ...others] = sourceTopics
    const partitions = assignment[first] ?? []
    return partitions
      .filter(partition => others.every(topic => assignment[topic]?.includes(partition)))
      .map(partition => taskIdOf(id, partition))
  })
}

function encodeMember(topics: string[], facts: MemberFacts): Buffer {
  const { stores, tasks, active } = facts
  const userData = sluice.MemberInfo.encode({ ...facts, stores: [...stores], tasks: [...tasks], active: [...active] }).finish()
  return loadMendedKafkajs().AssignerProtocol.MemberMetadata.encode({ version, topics, userData: Buffer.from(userData) })
}

/** What a member said of itself; undefined for a member of another kind. */
export function decodeMember(metadata: Buffer): MemberFacts | undefined {
  try {
    const decoded = loadMendedKafkajs().AssignerProtocol.MemberMetadata.decode(metadata)
    return decoded === null || decoded.userData.length === 0 ? undefined : sluice.MemberInfo.decode(decoded.userData)
  } catch {
    return undefined
  }
}

/** A member's topic-partitions; empty while the group rebalances. */
export function decodeAssignment(assignment: Buffer): TopicPartitions {
  return assignment.length === 0 ? {} : (loadMendedKafkajs().AssignerProtocol.MemberAssignment.decode(assignment)?.assignment ?? {})
}
