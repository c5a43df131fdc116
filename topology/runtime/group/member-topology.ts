import { sluice } from '../../../proto/state-messages.js'
import { SluiceError } from '../../../base/index.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import type { Admin } from '../kafka/index.ts'
import { loadMendedKafkajs } from '../kafka/kafkajs-mends/index.ts'

/** Of the group protocol. */
export const protocolName = 'sluice'

/**
 * Members of a group run one application: they have the same sub-topologies, by their inputs. Stores and outputs may differ, as they do while an
 * application is upgraded member by member. With two applications of one id in a group, each would be given the other's partitions.
 */
export function readsOf({ subTopologies }: TopologyDefinition): string[] {
  return subTopologies.map(({ id, sourceTopics }) => `${id}:${sourceTopics.toSorted().join(',')}`)
}

/** What a member reads that runs something else, for a person; undefined: the same. Members of former builds tell their topics alone. */
export function foreignTopics(topology: TopologyDefinition, metadata: Buffer): string | undefined {
  const { topics, reads } = decodeReads(metadata)
  // It tells nothing: nothing is concluded.
  if (topics.length === 0) return undefined
  const own = topicsOf(topology)
  const same = reads.length > 0 ? sameList(reads, readsOf(topology)) : sameList(topics.toSorted(), own)
  if (same) return undefined
  return sameList(topics.toSorted(), own) ? `${listed(topics)}, joined differently (${reads.join(' ')})` : listed(topics)
}

/** Why a member that reads `theirs` cannot be in a group whose members read `ours`. */
export function foreignMessage(groupId: string, theirs: string, ours: string): string {
  return (
    `application id "${groupId}" is in use by another application: its running members read ${ours}; this one reads ${theirs}. ` +
    'Give one of them an id of its own, or, where this is a new version of the same application, stop all members of the old one first'
  )
}

/**
 * Before joining. Throws CONFIG_INVALID when others are members of the group. While it rebalances it does not tell, and may not be there to be
 * asked: then its leader decides.
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
