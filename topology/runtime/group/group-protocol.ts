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

/** The metadata that a member sends at each join. */
export interface MemberFacts extends HostInfo {
  readonly instance: string
  readonly stores: readonly string[]
  /** Tasks whose stores are on the instance's disk (`tasks`), and those that the member ran in the previous generation (`active`). */
  readonly tasks: readonly TaskId[]
  readonly active: readonly TaskId[]
  /** Tasks whose stores the member has open, each with the sum of the changelog offsets that its stores have reached. */
  readonly held?: readonly HeldTask[]
  /**
   * The port at which the instance listens for other instances (0: none), and the id of this start of its process. A member without them is
   * not watched.
   */
  readonly peerPort?: number
  readonly boot?: string
  /** The network in which its addresses are valid; see `networkIdentity`. */
  readonly network?: string
  /** The id of its transactions. */
  readonly transactionalId?: string
}

export interface HeldTask {
  readonly task: TaskId
  readonly position: number
}

export type TopicPartitions = Readonly<Record<string, readonly number[]>>

const version = 1

/**
 * The group protocol: members send their facts, the leader assigns the tasks, and each member receives its topic-partitions and the tasks that it follows
 * as a standby. A member with another topology than the leader receives only the reason why it is refused. Facts and assignments stay in the group's
 * metadata, where any member can read them. `standbyReplicas` applies if this member is the leader.
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
      const transactionalIds = members.flatMap(({ memberMetadata }) => decodeMember(memberMetadata)?.transactionalId || [])
      return Promise.resolve(
        [...reasons].map(([memberId, refused]) => ({
          memberId,
          memberAssignment: encodeAssignment(topology, given.get(memberId) ?? none, { refused: refused ?? '', transactionalIds }),
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

/** All tasks, and the subset without logged stores. */
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

/** Why a member is refused; undefined if it runs the same topology. */
function refusalOf(topology: TopologyDefinition, groupId: string, metadata: Buffer): string | undefined {
  const theirs = foreignTopics(topology, metadata)
  return theirs === undefined ? undefined : foreignMessage(groupId, theirs, listed(topicsOf(topology)))
}

function encodeAssignment(
  topology: TopologyDefinition,
  { active, standby }: MemberTasks,
  told: { readonly refused: string; readonly transactionalIds: string[] },
): Buffer {
  const userData = Buffer.from(sluice.AssignedStandbys.encode({ tasks: [...standby], ...told }).finish())
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

/** The tasks of an assignment: those of which it has the partition of every input topic. */
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

/** Decodes the facts of a member; undefined for metadata that are not a Sluice member's. */
export function decodeMember(metadata: Buffer): MemberFacts | undefined {
  try {
    const decoded = loadMendedKafkajs().AssignerProtocol.MemberMetadata.decode(metadata)
    if (decoded === null || decoded.userData.length === 0) return undefined
    // Decoded messages have Long objects for positions, and defaults on the prototype: convert both.
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

/** The tasks that a member follows as a standby; empty while the group rebalances. */
export function decodeStandbys(assignment: Buffer): readonly TaskId[] {
  return decodeTold(assignment)?.tasks ?? []
}

/** The ids of the transactions of all members; empty if the leader is a member of an older build. */
export function decodeTransactionalIds(assignment: Buffer): readonly string[] {
  return decodeTold(assignment)?.transactionalIds ?? []
}

function decodeTold(assignment: Buffer): sluice.AssignedStandbys | undefined {
  if (assignment.length === 0) return undefined
  const userData = loadMendedKafkajs().AssignerProtocol.MemberAssignment.decode(assignment)?.userData
  return userData === undefined || userData.length === 0 ? undefined : sluice.AssignedStandbys.decode(userData)
}

/**
 * Throws CONFIG_INVALID if the leader runs another topology: it says so, or, if it is a former build, it has assigned topics that this
 * member does not read.
 */
export function checkAssignment(topology: TopologyDefinition, groupId: string, assignment: Buffer): void {
  if (assignment.length === 0) return
  const refused = decodeTold(assignment)?.refused ?? ''
  const own = topicsOf(topology)
  const assigned = Object.keys(decodeAssignment(assignment))
  if (refused === '' && assigned.every(topic => own.includes(topic))) return
  throw new SluiceError('CONFIG_INVALID', refused || foreignMessage(groupId, listed(own), listed(assigned)))
}
