import { sluice } from '../../../proto/state-messages.js'
import { SluiceError } from '../../../base/index.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import type { Admin } from '../kafka/index.ts'
import { loadMendedKafkajs } from '../kafka/kafkajs-mends/index.ts'

/** The name of the group protocol. */
export const protocolName = 'sluice'

/**
 * A sub-topology in a member's metadata. Two with the same `reads` are the same sub-topology; stores, nodes and outputs may differ between versions.
 */
export interface ToldSubTopology {
  /** "id:topic,topic", with the input topics in order. */
  readonly reads: string
  readonly id: string
  readonly topics: readonly string[]
  /** The names of its stores with changelogs. */
  readonly logged: readonly string[]
}

export interface ToldTopology {
  readonly topics: readonly string[]
  /** undefined: a member of an older build, which sends only its topics. */
  readonly subTopologies: readonly ToldSubTopology[] | undefined
}

/** The sub-topologies in the metadata of a member with this topology. */
export function toldOf({ subTopologies }: TopologyDefinition): readonly ToldSubTopology[] {
  return subTopologies.map(({ id, sourceTopics, stores }) => {
    const topics = sourceTopics.toSorted()
    const logged = stores.filter(({ builder }) => builder.logged).map(({ builder }) => builder.name)
    return { reads: `${id}:${topics.join(',')}`, id: String(id), topics, logged }
  })
}

/** The sub-topologies as encoded in a member's metadata. */
export function encodeTold(topology: TopologyDefinition): { readonly reads: string[]; readonly keeps: string[] } {
  const told = toldOf(topology)
  return {
    reads: told.map(({ reads }) => reads),
    keeps: told.filter(({ logged }) => logged.length > 0).map(({ id, logged }) => `${id}:${logged.join(',')}`),
  }
}

export function decodeTold(metadata: Buffer): ToldTopology {
  try {
    const decoded = loadMendedKafkajs().AssignerProtocol.MemberMetadata.decode(metadata)
    const { reads, keeps } = sluice.MemberInfo.decode(decoded?.userData ?? Buffer.alloc(0))
    const logged = new Map(keeps.map(parted))
    const subTopologies = reads.map(each => {
      const [id, topics] = parted(each)
      return { reads: each, id, topics, logged: logged.get(id) ?? [] }
    })
    return { topics: decoded?.topics ?? [], subTopologies: reads.length === 0 ? undefined : subTopologies }
  } catch {
    return { topics: [], subTopologies: undefined }
  }
}

function parted(told: string): [string, readonly string[]] {
  const at = told.indexOf(':')
  return [told.slice(0, at), told.slice(at + 1).split(',')]
}

/** The message for a member that reads `theirs` and joins a group whose members read `ours`. */
export function foreignMessage(groupId: string, theirs: string, ours: string): string {
  return (
    `application id "${groupId}" is in use by another application: its running members read ${ours}; this one reads ${theirs}. ` +
    'Give one of them an id of its own, or, where this is a new version of the same application, stop all members of the old one first'
  )
}

/**
 * The ids of the members that belong to the same application as a member with this topology: they have an input topic in common with it, or with
 * another such member. Members of older builds belong to it only if they have the same topics.
 */
export function sameApplication(topology: TopologyDefinition, members: ReadonlyMap<string, ToldTopology>): ReadonlySet<string> {
  const own = topicsOf(topology)
  const known = new Set(own)
  const found = new Set<string>()
  const belongs = ({ topics, subTopologies }: ToldTopology): boolean => {
    // A member without topics is accepted, because nothing can be concluded.
    if (topics.length === 0) return true
    return subTopologies === undefined ? listed(topics) === listed(own) : topics.some(topic => known.has(topic))
  }
  for (let before = -1; found.size > before;) {
    before = found.size
    for (const [id, told] of members) {
      if (found.has(id) || !belongs(told)) continue
      found.add(id)
      for (const topic of told.topics) known.add(topic)
    }
  }
  return found
}

/**
 * Checks the group before joining. Throws CONFIG_INVALID if its members run another application, that is, if none of them has an input topic in
 * common with this topology. If the group is rebalancing or cannot be described, nothing is checked, and its leader decides at the join.
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
  const members = new Map(group.members.map(({ memberId, memberMetadata }) => [memberId, decodeTold(memberMetadata)]))
  if (members.size === 0 || sameApplication(topology, members).size > 0) return
  const theirs = [...members.values()].flatMap(({ topics }) => topics)
  throw new SluiceError('CONFIG_INVALID', foreignMessage(groupId, listed(topicsOf(topology)), listed([...new Set(theirs)])))
}

export function topicsOf({ subTopologies }: TopologyDefinition): string[] {
  return [...new Set(subTopologies.flatMap(({ sourceTopics }) => sourceTopics))].toSorted()
}

export function listed(topics: readonly string[]): string {
  return topics.toSorted().join(', ')
}
