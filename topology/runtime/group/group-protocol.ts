import { sluice } from '../../../proto/state-messages.js'
import { SluiceError } from '../../../base/index.ts'
import type { HostInfo, TaskId } from '../../queryable-streams.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import { subTopologyOf, type AssignmentMember, type MemberTasks } from './assignment.ts'
import { divide, isUniform, type DividingMember, type SubTopologyRun } from './division.ts'
import { assignTasks } from './task-assignor.ts'
import type { Cluster, PartitionAssigner } from '../kafka/index.ts'
import { loadMendedKafkajs, partitionCounts, type JoinHooks, unreadableAssignment } from '../kafka/kafkajs-mends/index.ts'
import {
  decodeTold,
  encodeTold,
  foreignMessage,
  listed,
  protocolName,
  sameApplication,
  toldOf,
  topicsOf,
  type ToldSubTopology,
} from './member-topology.ts'
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
  /** The member's transactional id. */
  readonly transactionalId?: string
}

export interface HeldTask {
  readonly task: TaskId
  readonly position: number
}

export type TopicPartitions = Readonly<Record<string, readonly number[]>>

const version = 1

/**
 * The group protocol: members send their facts, the leader assigns the tasks, and each member receives its topic-partitions and the tasks that it
 * follows as a standby. Members may be of several versions of an application: a task goes only to a member that has its sub-topology; see `divide`. A
 * member of another application than the leader receives only the reason why it is refused. Facts and assignments stay in the group's metadata, where
 * any member can read them. `standbyReplicas` applies if this member is the leader.
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
    assign: async ({ members }) => {
      const told = new Map(members.map(({ memberId, memberMetadata }) => [memberId, decodeTold(memberMetadata)]))
      const application = sameApplication(topology, told)
      const known = members
        .filter(({ memberId }) => application.has(memberId))
        .map(({ memberId, memberMetadata }) =>
          knownMember(memberId, decodeMember(memberMetadata), told.get(memberId)?.subTopologies ?? toldOf(topology)),
        )
      const subTopologies = divide(known)
      const counts = await countsOf(cluster, topology, subTopologies)
      const given = assignDivided(known, subTopologies, counts, standbyReplicas)
      const uniform = isUniform(known) && subTopologies.every(({ waitsFor }) => waitsFor.length === 0)
      const transactionalIds = members.flatMap(({ memberMetadata }) => decodeMember(memberMetadata)?.transactionalId || [])
      return members.map(({ memberId }) => ({
        memberId,
        memberAssignment: encodeAssignment(subTopologies, given.get(memberId) ?? { active: [], standby: [] }, {
          refused: application.has(memberId)
            ? ''
            : foreignMessage(groupId, listed(told.get(memberId)?.topics ?? []), listed(topicsOf(topology))),
          transactionalIds,
          subTopologies: uniform ? [] : subTopologies.map(sub => runOf(sub, counts)),
        }),
      }))
    },
    ...hooks,
  })
}

interface KnownMember extends AssignmentMember, DividingMember {
  readonly instance: string
}

function knownMember(id: string, facts: MemberFacts | undefined, subTopologies: readonly ToldSubTopology[]): KnownMember {
  if (facts === undefined) return { id, instance: id, active: [], onDisk: [], subTopologies }
  const { instance, active, tasks, held = [] } = facts
  const positions = new Map(held.map(({ task, position }) => [task, position]))
  return { id, instance, active, onDisk: tasks, positions, subTopologies }
}

/**
 * The number of partitions of each topic that a sub-topology of the group reads; no entry for a topic that is missing or that the leader may not
 * describe.
 */
async function countsOf(
  cluster: Cluster,
  topology: TopologyDefinition,
  subTopologies: readonly SubTopologyRun[],
): Promise<ReadonlyMap<string, number>> {
  const own = topicsOf(topology)
  const others = new Set(subTopologies.flatMap(({ topics }) => topics.filter(topic => !own.includes(topic))))
  const counts = new Map(await partitionCounts(cluster, [...others]))
  for (const topic of own) counts.set(topic, cluster.findTopicPartitionMetadata(topic).length)
  return counts
}

/** Assigns the tasks of the sub-topologies that run now to the members that have them. */
function assignDivided(
  known: readonly KnownMember[],
  subTopologies: readonly SubTopologyRun[],
  counts: ReadonlyMap<string, number>,
  standbys: number,
): ReadonlyMap<string, MemberTasks> {
  const running = subTopologies.filter(({ waitsFor }) => waitsFor.length === 0)
  const all: TaskId[] = []
  const stateless = new Set<TaskId>()
  for (const { id, topics, logged } of running) {
    const partitions = Math.min(...topics.map(topic => counts.get(topic) ?? 0))
    for (let partition = 0; partition < partitions; partition++) {
      const task = taskIdOf(Number(id), partition)
      all.push(task)
      if (logged.length === 0) stateless.add(task)
    }
  }
  const members = known.map(member => {
    const runs = new Set(running.filter(sub => sub.members.has(member.id)).map(({ id }) => id))
    return { ...member, runs }
  })
  return assignTasks(members, all, { standbys, stateless })
}

function runOf({ reads, instances, waitsFor, topics }: SubTopologyRun, counts: ReadonlyMap<string, number>): sluice.ISubTopologyRun {
  return { reads, instances: [...instances], waitsFor: [...waitsFor], unknown: topics.filter(topic => (counts.get(topic) ?? 0) === 0) }
}

function encodeAssignment(
  subTopologies: readonly SubTopologyRun[],
  { active, standby }: MemberTasks,
  told: { readonly refused: string; readonly transactionalIds: string[]; readonly subTopologies: sluice.ISubTopologyRun[] },
): Buffer {
  const userData = Buffer.from(sluice.AssignedStandbys.encode({ tasks: [...standby], ...told }).finish())
  const topicsOf = new Map(subTopologies.filter(({ waitsFor }) => waitsFor.length === 0).map(({ id, topics }) => [id, topics]))
  const assignment: Record<string, number[]> = {}
  for (const task of active) {
    const partition = Number(task.slice(task.indexOf('_') + 1))
    for (const topic of topicsOf.get(subTopologyOf(task)) ?? []) (assignment[topic] ??= []).push(partition)
  }
  return loadMendedKafkajs().AssignerProtocol.MemberAssignment.encode({ version, assignment, userData })
}

/** The tasks of an assignment: those for which it has the partition of every input topic. */
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
  const info = { ...facts, stores: [...stores], tasks: [...tasks], active: [...active], held: [...held], ...encodeTold(topology) }
  const userData = sluice.MemberInfo.encode(info).finish()
  return loadMendedKafkajs().AssignerProtocol.MemberMetadata.encode({ version, topics, userData: Buffer.from(userData) })
}

/** Decodes the facts of a member; undefined for metadata that are not a Sluice member's. */
export function decodeMember(metadata: Buffer): MemberFacts | undefined {
  try {
    const decoded = loadMendedKafkajs().AssignerProtocol.MemberMetadata.decode(metadata)
    if (decoded === null || decoded.userData.length === 0) return undefined
    // Decoded messages have Long objects for positions, and defaults on the prototype: convert both.
    const {
      reads: _reads,
      keeps: _keeps,
      ...facts
    } = sluice.MemberInfo.toObject(sluice.MemberInfo.decode(decoded.userData), { defaults: true, longs: Number })
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
  return decodeUserData(assignment)?.tasks ?? []
}

/** The ids of the transactions of all members; empty if the leader is a member of an older build. */
export function decodeTransactionalIds(assignment: Buffer): readonly string[] {
  return decodeUserData(assignment)?.transactionalIds ?? []
}

/** The sub-topologies of the group, in their order of precedence, while its members differ in them; otherwise empty. */
export function decodeSubTopologies(assignment: Buffer): readonly sluice.ISubTopologyRun[] {
  return decodeUserData(assignment)?.subTopologies ?? []
}

function decodeUserData(assignment: Buffer): sluice.AssignedStandbys | undefined {
  if (assignment.length === 0) return undefined
  const userData = loadMendedKafkajs().AssignerProtocol.MemberAssignment.decode(assignment)?.userData
  return userData === undefined || userData.length === 0 ? undefined : sluice.AssignedStandbys.decode(userData)
}

/**
 * Throws CONFIG_INVALID if the assignment cannot be read, or the leader runs another application: it has sent a refusal or, if it is an older build, has assigned partitions that are
 * no whole tasks of this member's topology.
 */
export function checkAssignment(topology: TopologyDefinition, groupId: string, assignment: Buffer): void {
  if (assignment.length === 0) return
  const { refused, assigned } = readAssignment(groupId, assignment)
  const tasks = new Set(tasksOf(topology, assigned))
  const whole = Object.entries(assigned).every(([topic, partitions]) => {
    const sub = topology.subTopologies.find(({ sourceTopics }) => sourceTopics.includes(topic))
    return sub !== undefined && partitions.every(partition => tasks.has(taskIdOf(sub.id, partition)))
  })
  if (refused === '' && whole) return
  throw new SluiceError('CONFIG_INVALID', refused || foreignMessage(groupId, listed(topicsOf(topology)), listed(Object.keys(assigned))))
}

function readAssignment(groupId: string, assignment: Buffer): { readonly refused: string; readonly assigned: TopicPartitions } {
  try {
    return { refused: decodeUserData(assignment)?.refused ?? '', assigned: decodeAssignment(assignment) }
  } catch (error) {
    throw unreadableAssignment(groupId, error)
  }
}
