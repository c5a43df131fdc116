import { sluice } from '../../../proto/state-messages.js'
import { SluiceError } from '../../../base/index.ts'
import type { HostInfo, TaskId } from '../../queryable-streams.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import type { AssignmentMember, MemberTasks } from './assignment.ts'
import { assignTasks } from './task-assignor.ts'
import type { PartitionAssigner } from '../kafka/index.ts'
import { loadMendedKafkajs, type JoinHooks } from '../kafka/kafkajs-mends/index.ts'
import { foreignMessage, foreignTopics, listed, protocolName, readsOf, topicsOf } from './member-topology.ts'
import { taskIdOf } from '../topics/index.ts'

/** What a member tells the group of itself at each join. */
export interface MemberFacts extends HostInfo {
  readonly instance: string
  readonly stores: readonly string[]
  /** Tasks whose state lies on its disk, and those that it ran in the generation before. */
  readonly tasks: readonly TaskId[]
  readonly active: readonly TaskId[]
  /** Tasks whose state it has open, and how far it reaches: the sum of its stores' changelog offsets. */
  readonly held?: readonly HeldTask[]
  /** Where the instance listens for the others (0: nowhere), and which start of it this is; a member without them is not watched. */
  readonly peerPort?: number
  readonly boot?: string
  /** What its addresses are seen from: see networkIdentity. */
  readonly network?: string
}

export interface HeldTask {
  readonly task: TaskId
  readonly position: number
}

export type TopicPartitions = Readonly<Record<string, readonly number[]>>

const version = 1

/**
 * The group protocol: members send who they are and what they hold, the leader spreads the tasks, and each gets its topic-partitions and
 * which tasks it follows as a standby. A member that runs another topology than the leader gets nothing but the reason. Facts and assignments stay in the group's metadata, so that any member can tell who has what.
 * `standbyReplicas` counts where this member leads.
 */
export function groupProtocol(
  topology: TopologyDefinition,
  facts: () => MemberFacts,
  hooks: JoinHooks,
  standbyReplicas = 0,
): PartitionAssigner {
  return ({ cluster, groupId }) => ({
    name: protocolName,
    version,
    protocol: ({ topics }) => ({ name: protocolName, metadata: encodeMember(topology, topics, facts()) }),
    assign: ({ members }) => {
      const reasons = new Map(members.map(({ memberId, memberMetadata }) => [memberId, refusalOf(topology, groupId, memberMetadata)]))
      const known = members
        .filter(({ memberId }) => reasons.get(memberId) === undefined)
        .map(({ memberId, memberMetadata }) => assignmentMember(memberId, decodeMember(memberMetadata)))
      const tasks = tasksByState(topology, topic => cluster.findTopicPartitionMetadata(topic).length)
      const given = assignTasks(known, tasks.all, { standbys: standbyReplicas, stateless: tasks.stateless })
      const none: MemberTasks = { active: [], standby: [] }
      return Promise.resolve(
        [...reasons].map(([memberId, refused]) => ({
          memberId,
          memberAssignment: encodeAssignment(topology, given.get(memberId) ?? none, refused),
        })),
      )
    },
    ...hooks,
  })
}

function assignmentMember(id: string, facts: MemberFacts | undefined): AssignmentMember {
  if (facts === undefined) return { id, active: [], onDisk: [] }
  const { instance, active, tasks, held = [] } = facts
  return { id, instance, active, onDisk: tasks, positions: new Map(held.map(({ task, position }) => [task, position])) }
}

/** All tasks, and those of them without a changelog to follow. */
function tasksByState(
  topology: TopologyDefinition,
  partitionsOf: (topic: string) => number,
): { readonly all: readonly TaskId[]; readonly stateless: ReadonlySet<TaskId> } {
  const all: TaskId[] = []
  const stateless = new Set<TaskId>()
  for (const { id, sourceTopics, stores } of topology.subTopologies) {
    const partitions = Math.min(...sourceTopics.map(partitionsOf))
    const tasks = Array.from({ length: partitions }, (_, partition) => taskIdOf(id, partition))
    all.push(...tasks)
    if (!stores.some(({ builder }) => builder.logged)) for (const task of tasks) stateless.add(task)
  }
  return { all, stateless }
}

/** Why a member is given nothing; undefined: it runs the same. */
function refusalOf(topology: TopologyDefinition, groupId: string, metadata: Buffer): string | undefined {
  const theirs = foreignTopics(topology, metadata)
  return theirs === undefined ? undefined : foreignMessage(groupId, theirs, listed(topicsOf(topology)))
}

function encodeAssignment(topology: TopologyDefinition, { active, standby }: MemberTasks, refused = ''): Buffer {
  const userData = Buffer.from(sluice.AssignedStandbys.encode({ tasks: [...standby], refused }).finish())
  const assignment = partitionsOf(topology, active)
  return loadMendedKafkajs().AssignerProtocol.MemberAssignment.encode({ version, assignment, userData })
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

function encodeMember(topology: TopologyDefinition, topics: string[], facts: MemberFacts): Buffer {
  const { stores, tasks, active, held = [] } = facts
  const info = { ...facts, stores: [...stores], tasks: [...tasks], active: [...active], held: [...held], reads: readsOf(topology) }
  const userData = sluice.MemberInfo.encode(info).finish()
  return loadMendedKafkajs().AssignerProtocol.MemberMetadata.encode({ version, topics, userData: Buffer.from(userData) })
}

/** What a member said of itself; undefined for a member of another kind. */
export function decodeMember(metadata: Buffer): MemberFacts | undefined {
  try {
    const decoded = loadMendedKafkajs().AssignerProtocol.MemberMetadata.decode(metadata)
    if (decoded === null || decoded.userData.length === 0) return undefined
    // As they are decoded, positions are Long objects, and defaults are not the object's own.
    const { reads: _, ...facts } = sluice.MemberInfo.toObject(sluice.MemberInfo.decode(decoded.userData), { defaults: true, longs: Number })
    return facts as MemberFacts
  } catch {
    return undefined
  }
}

/** A member's topic-partitions; empty while the group rebalances. */
export function decodeAssignment(assignment: Buffer): TopicPartitions {
  return assignment.length === 0 ? {} : (loadMendedKafkajs().AssignerProtocol.MemberAssignment.decode(assignment)?.assignment ?? {})
}

/** The tasks that a member is to follow; none while the group rebalances. */
export function decodeStandbys(assignment: Buffer): readonly TaskId[] {
  if (assignment.length === 0) return []
  const userData = loadMendedKafkajs().AssignerProtocol.MemberAssignment.decode(assignment)?.userData
  return userData === undefined || userData.length === 0 ? [] : sluice.AssignedStandbys.decode(userData).tasks
}

/** Throws CONFIG_INVALID when the leader runs another topology, by its word or, where it is of a former build, by what it has assigned. */
export function checkAssignment(topology: TopologyDefinition, groupId: string, assignment: Buffer): void {
  if (assignment.length === 0) return
  const userData = loadMendedKafkajs().AssignerProtocol.MemberAssignment.decode(assignment)?.userData
  const refused = userData === undefined || userData.length === 0 ? '' : sluice.AssignedStandbys.decode(userData).refused
  const own = topicsOf(topology)
  const assigned = Object.keys(decodeAssignment(assignment))
  if (refused === '' && assigned.every(topic => own.includes(topic))) return
  throw new SluiceError('CONFIG_INVALID', refused || foreignMessage(groupId, listed(own), listed(assigned)))
}
