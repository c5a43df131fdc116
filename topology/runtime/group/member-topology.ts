import { sluice } from '../../../proto/state-messages.js'
import { SluiceError } from '../../../base/index.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import type { Admin } from '../kafka/index.ts'
import { loadMendedKafkajs } from '../kafka/kafkajs-mends/index.ts'

/** The name of the group protocol. */
export const protocolName = 'sluice'

/**
 * The sub-topologies with their input topics. All members of a group must have the same: if two applications with one id were in a group, each would get
 * partitions of the other. Stores and outputs may differ, as they do while an application is upgraded member by member.
 */
export function readsOf({ subTopologies }: TopologyDefinition): string[] {
  return subTopologies.map(({ id, sourceTopics }) => `${id}:${sourceTopics.toSorted().join(',')}`)
}

/**
 * The topics of a member with another topology, for a message; undefined if its topology is the same. Members of former builds send only
 * their topics.
 */
export function foreignTopics(topology: TopologyDefinition, metadata: Buffer): string | undefined {
  const { topics, reads } = decodeReads(metadata)
  // Without topics nothing can be concluded.
  if (topics.length === 0) return undefined
  const own = topicsOf(topology)
  const same = reads.length > 0 ? sameList(reads, readsOf(topology)) : sameList(topics.toSorted(), own)
  if (same) return undefined
  return sameList(topics.toSorted(), own) ? `${listed(topics)}, joined differently (${reads.join(' ')})` : listed(topics)
}

/** The message for a member that reads `theirs` and joins a group whose members read `ours`. */
export function foreignMessage(groupId: string, theirs: string, ours: string): string {
  return (
    `application id "${groupId}" is in use by another application: its running members read ${ours}; this one reads ${theirs}. ` +
    'Give one of them an id of its own, or, where this is a new version of the same application, stop all members of the old one first'
  )
}

/**
 * Checks the group before joining. Throws CONFIG_INVALID if its members run another application. If the group is rebalancing or cannot be described, nothing
 * is checked: then its leader decides at the join.
 */
export async function checkMembers(admin: Admin, groupId: string, topology: TopologyDefinition): Promise<void> {
  const [group] = await admin.describeGroups([groupId]).then(
    ({ groups }) => groups,
    () => [],
  )
  if (group === undefined || group.state !== 'Stable') return
  if (group.protocol !== protocolName) {
    const clients = [...new Set(group.members.map(({ clientId, clientHost }) => `${clientId} at ${clientHost.replace(/^\//, '')}`))]
    throw new SluiceError(
      'CONFIG_INVALID',
      `application id "${groupId}" is a consumer group whose members are not Sluice instances: ${clients.join(', ')}. Give this application another id, or stop them first`,
    )
  }
  for (const { memberMetadata } of group.members) {
    const ours = foreignTopics(topology, memberMetadata)
    if (ours !== undefined) throw new SluiceError('CONFIG_INVALID', foreignMessage(groupId, listed(topicsOf(topology)), ours))
  }
}

export function topicsOf({ subTopologies }: TopologyDefinition): string[] {
  return [...new Set(subTopologies.flatMap(({ sourceTopics }) => sourceTopics))].toSorted()
}

export function listed(topics: readonly string[]): string {
  return topics.toSorted().join(', ')
}

function decodeReads(metadata: Buffer): { readonly topics: readonly string[]; readonly reads: readonly string[] } {
  try {
    const decoded = loadMendedKafkajs().AssignerProtocol.MemberMetadata.decode(metadata)
    const reads = decoded === null || decoded.userData.length === 0 ? [] : sluice.MemberInfo.decode(decoded.userData).reads
    return { topics: decoded?.topics ?? [], reads }
  } catch {
    return { topics: [], reads: [] }
  }
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each, at) => each === other[at])
}
