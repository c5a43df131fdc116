import { type Cluster, errors } from '../cluster/index.ts'
import { joinError } from '../coordinators/group.ts'
import type { GroupCoordinator } from '../coordinators/group-coordinator.ts'
import type { TransactionCoordinator } from '../coordinators/transaction-coordinator.ts'
import type { Handlers } from './handlers.ts'

type Names = 'findCoordinator' | 'joinGroup' | 'syncGroup' | 'heartbeat' | 'leaveGroup' | 'describeGroups' | 'listGroups' | 'deleteGroups'

const noBytes = Buffer.alloc(0)
const transactional = 1
/** The first version of JoinGroup that is told its name before it joins. */
const namedJoin = 4

/** What the coordinators of groups are asked about members. */
export function groupHandlers(cluster: Cluster, groups: GroupCoordinator, transactions: TransactionCoordinator): Pick<Handlers, Names> {
  const refusal = (groupId: string, broker: number): number =>
    groupId === '' ? errors.invalidGroupId : groups.partitions.refusal(groupId, broker)
  return {
    findCoordinator({ key, type }, _call, respond) {
      const { leader } = (type === transactional ? transactions.partitions : groups.partitions).of(key)
      const found = leader < 0 ? undefined : cluster.broker(leader)
      const error = found === undefined ? errors.coordinatorNotAvailable : errors.none
      respond({ error, message: null, node: found?.id ?? -1, host: found?.host ?? '', port: found?.port ?? -1 })
    },
    joinGroup: joinHandler(cluster, groups, refusal),
    syncGroup({ groupId, generation, memberId, assignments }, { broker }, respond) {
      const refused = refusal(groupId, broker)
      const error = refused === errors.none ? groups.memberRefusal({ groupId, generation, memberId }) : refused
      const group = groups.find(groupId)?.group
      const member = group?.members.get(memberId)
      if (error !== errors.none || group === undefined || member === undefined) return respond({ error, assignment: noBytes })
      if (group.state === 'PreparingRebalance') return respond({ error: errors.rebalanceInProgress, assignment: noBytes })
      group.synced(memberId)
      if (group.state === 'Stable') return respond({ error, assignment: member.assignment })
      member.sync = respond
      if (group.leader === memberId) group.assign(new Map(assignments.map(each => [each.memberId, Buffer.from(each.assignment)])))
      return undefined
    },
    heartbeat({ groupId, generation, memberId }, { broker }, respond) {
      const refused = refusal(groupId, broker)
      const error = refused === errors.none ? groups.memberRefusal({ groupId, generation, memberId }) : refused
      const group = groups.find(groupId)?.group
      if (error === errors.none) group?.members.get(memberId)?.alive()
      respond({ error: error === errors.none && group?.state === 'PreparingRebalance' ? errors.rebalanceInProgress : error })
    },
    leaveGroup({ groupId, memberId, members }, { broker, version }, respond) {
      const error = refusal(groupId, broker)
      if (error !== errors.none) return respond({ error, members: [] })
      const asked = version < 3 ? [{ memberId, instanceId: null }] : members
      const left = asked.map(each => ({ ...each, error: leave(groups, groupId, each.memberId) }))
      return respond({ error: version < 3 ? (left[0]?.error ?? errors.none) : errors.none, members: left })
    },
    describeGroups({ groups: ids }, { broker }, respond) {
      respond({ groups: ids.map(groupId => describe(groups, groupId, refusal(groupId, broker))) })
    },
    listGroups(_body, { broker }, respond) {
      const listed = [...groups.groups(broker)].map(({ group }) => ({ groupId: group.id, protocolType: group.protocolType }))
      respond({ error: errors.none, groups: listed })
    },
    deleteGroups({ groups: ids }, { broker }, respond) {
      const results = ids.map(groupId => {
        const refused = refusal(groupId, broker)
        return { groupId, error: refused === errors.none ? groups.delete(groupId) : refused }
      })
      respond({ results })
    },
  }
}

function joinHandler(
  cluster: Cluster,
  groups: GroupCoordinator,
  refusal: (groupId: string, broker: number) => number,
): Handlers['joinGroup'] {
  const nameFor = (clientId: string): string => {
    const digits = Array.from({ length: 4 }, () =>
      Math.floor(cluster.host.random() * 0x1_0000_0000)
        .toString(16)
        .padStart(8, '0'),
    )
    return `${clientId}-${digits.join('-')}`
  }
  return (body, { broker, version, clientId }, respond) => {
    const { groupId, memberId, protocolType, sessionTimeoutMs: sessionMs } = body
    const refused = refusal(groupId, broker)
    if (refused !== errors.none) return respond(joinError(refused, memberId))
    if (sessionMs < groups.limits.minSessionMs || sessionMs > groups.limits.maxSessionMs)
      return respond(joinError(errors.invalidSessionTimeout, memberId))
    const protocols = body.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) }))
    const known = groups.find(groupId)?.group
    if (known === undefined && memberId !== '') return respond(joinError(errors.unknownMemberId, memberId))
    const { group } = groups.make(groupId)
    const names = protocols.map(({ name }) => name)
    if (!group.supports(protocolType, names)) return respond(joinError(errors.inconsistentGroupProtocol, memberId))
    const rebalanceMs = body.rebalanceTimeoutMs < 0 ? sessionMs : body.rebalanceTimeoutMs
    const data = { id: memberId, clientId, sessionMs, rebalanceMs, protocols, assignment: noBytes }
    if (memberId === '') {
      const id = nameFor(clientId)
      if (version < namedJoin) return group.add({ ...data, id }, protocolType, respond)
      group.expect(id, sessionMs)
      return respond(joinError(errors.memberIdRequired, id))
    }
    if (group.isPending(memberId)) return group.add(data, protocolType, respond)
    const member = group.members.get(memberId)
    return member === undefined ? respond(joinError(errors.unknownMemberId, memberId)) : group.rejoin(member, data, respond)
  }
}

function leave(groups: GroupCoordinator, groupId: string, memberId: string): number {
  const group = groups.find(groupId)?.group
  if (group === undefined) return errors.unknownMemberId
  if (group.isPending(memberId)) {
    group.forgetPending(memberId)
    return errors.none
  }
  const member = group.members.get(memberId)
  if (member === undefined) return errors.unknownMemberId
  group.remove(member)
  return errors.none
}

function describe(groups: GroupCoordinator, groupId: string, refused: number) {
  const group = groups.find(groupId)?.group
  if (refused !== errors.none || group === undefined)
    return { error: refused, groupId, state: refused === errors.none ? 'Dead' : '', protocolType: '', protocol: '', members: [] }
  const isStable = group.state === 'Stable'
  const members = [...group.members.values()].map(member => ({
    memberId: member.id,
    clientId: member.clientId,
    clientHost: '/127.0.0.1',
    metadata: isStable ? member.metadataOf(group.protocol) : noBytes,
    assignment: member.assignment,
  }))
  return {
    error: errors.none,
    groupId,
    state: group.state,
    protocolType: group.protocolType,
    protocol: isStable ? group.protocol : '',
    members,
  }
}
