import { commit, commitWithin, committed, coordinator, makeTopic, take } from './asking.ts'
import { type Client, patiently } from './client.ts'
import type { Exchange } from './exchange.ts'

interface Joining {
  readonly groupId: string
  readonly memberId?: string
  readonly metadata?: string
  readonly sessionTimeoutMs?: number
  readonly protocolType?: string
}

function join(
  client: Client,
  connection: string,
  { groupId, memberId = '', metadata = 'm', sessionTimeoutMs = 10_000, protocolType = 'consumer' }: Joining,
) {
  const protocols = [{ name: 'p', metadata: Buffer.from(metadata) }]
  const body = { groupId, sessionTimeoutMs, rebalanceTimeoutMs: 5000, memberId, instanceId: null, protocolType, protocols }
  return client.ask('joinGroup', 5, body, connection)
}

/** Joins a group: once without a member id, then with the one that the coordinator has assigned. */
async function enter(client: Client, connection: string, joining: Joining) {
  const named = await patiently(
    client,
    () => join(client, connection, joining),
    ({ error }) => error,
  )
  return { named: named.error, memberId: named.memberId, joined: join(client, connection, { ...joining, memberId: named.memberId }) }
}

function sync(
  client: Client,
  connection: string,
  groupId: string,
  generation: number,
  memberId: string,
  parts: Readonly<Record<string, string>> = {},
) {
  const assignments = Object.entries(parts).map(([id, part]) => ({ memberId: id, assignment: Buffer.from(part) }))
  return client.ask('syncGroup', 3, { groupId, generation, memberId, instanceId: null, assignments }, connection)
}

async function beat(client: Client, groupId: string, generation: number, memberId: string): Promise<number> {
  return (await client.ask('heartbeat', 3, { groupId, generation, memberId, instanceId: null })).error
}

async function describe(client: Client, groupId: string): Promise<string> {
  const { groups } = await client.ask('describeGroups', 2, { groups: [groupId], rights: false })
  const { error, state, protocolType, protocol, members } = groups[0]!
  return `${error} ${state} "${protocolType}" "${protocol}" ${members
    .map(({ metadata, assignment }) => `${String(metadata)}:${String(assignment)}`)
    .sort()
    .join()}`
}

export const groupExchanges: readonly Exchange[] = [
  {
    title: 'members come and go',
    async run(client, groupId) {
      await makeTopic(client, groupId)
      await coordinator(client, groupId, 0)
      const one = await enter(client, 'one', { groupId, metadata: '1' })
      const first = await one.joined
      const lines = [
        `named ${one.named}, joined ${first.error} generation ${first.generation} "${first.protocol}" leads ${first.leader === one.memberId} ${first.members.length}`,
      ]
      lines.push(`before the assignment: ${await describe(client, groupId)} heartbeat ${await beat(client, groupId, 1, one.memberId)}`)
      lines.push(`commit ${await commit(client, groupId, 1, { groupId, generation: 1, memberId: one.memberId })}`)
      const part = await sync(client, 'one', groupId, 1, one.memberId, { [one.memberId]: 'all' })
      lines.push(
        `assigned ${part.error} ${String(part.assignment)}`,
        await describe(client, groupId),
        `heartbeat ${await beat(client, groupId, 1, one.memberId)}`,
      )
      lines.push(
        `wrong generation ${await beat(client, groupId, 2, one.memberId)}, wrong member ${await beat(client, groupId, 1, 'nobody')}`,
      )
      const two = await enter(client, 'two', { groupId, metadata: '2' })
      await client.sleep(100)
      lines.push(`while one comes ${await beat(client, groupId, 1, one.memberId)} ${await describe(client, groupId)}`)
      lines.push(`commit ${await commit(client, groupId, 1, { groupId, generation: 1, memberId: one.memberId })}`)
      lines.push(`sync ${(await sync(client, 'three', groupId, 1, one.memberId)).error}`)
      const [again, second] = await Promise.all([join(client, 'one', { groupId, memberId: one.memberId, metadata: '1' }), two.joined])
      lines.push(
        `joined ${again.generation} ${second.generation}, told ${again.members.length} ${second.members.length}, same leader ${second.leader === again.leader}`,
      )
      lines.push(`old generation: commit ${await commit(client, groupId, 2, { groupId, generation: 1, memberId: one.memberId })}`)
      const follower = sync(client, 'two', groupId, 2, two.memberId)
      await client.sleep(50)
      const [leads, follows] = await Promise.all([
        sync(client, 'one', groupId, 2, one.memberId, { [one.memberId]: 'a', [two.memberId]: 'b' }),
        follower,
      ])
      lines.push(`assigned ${String(leads.assignment)} ${String(follows.assignment)}`, await describe(client, groupId))
      lines.push(`joins as before ${(await join(client, 'two', { groupId, memberId: two.memberId, metadata: '2' })).generation}`)
      lines.push(
        `commit by nobody ${await commit(client, groupId, 2, { groupId })}, by a member ${await commit(client, groupId, 2, { groupId, generation: 2, memberId: two.memberId })}`,
      )
      const left = await client.ask('leaveGroup', 3, {
        groupId,
        memberId: '',
        members: [two.memberId, 'nobody'].map(memberId => ({ memberId, instanceId: null })),
      })
      lines.push(
        `left ${left.error} ${left.members.map(({ error }) => error).join()}`,
        `heartbeat ${await beat(client, groupId, 2, one.memberId)}, of who left ${await beat(client, groupId, 2, two.memberId)}`,
      )
      const alone = await join(client, 'one', { groupId, memberId: one.memberId, metadata: '1' })
      lines.push(`alone ${alone.generation} ${alone.members.length}`)
      await sync(client, 'one', groupId, alone.generation, one.memberId, { [one.memberId]: 'all' })
      const deleted = await client.ask('deleteGroups', 1, { groups: [groupId] })
      await client.ask('leaveGroup', 3, { groupId, memberId: '', members: [{ memberId: one.memberId, instanceId: null }] })
      lines.push(
        `deleted while in use ${deleted.results[0]!.error}`,
        await describe(client, groupId),
        `heartbeat ${await beat(client, groupId, 3, one.memberId)}`,
      )
      lines.push(
        `commit by nobody ${await commit(client, groupId, 3, { groupId })}, by who was there ${await commit(client, groupId, 3, { groupId, generation: 3, memberId: one.memberId })}`,
      )
      lines.push(`offset ${await committed(client, groupId, groupId, true)}`)
      return lines
    },
    answers: [
      'named 79, joined 0 generation 1 "p" leads true 1',
      'before the assignment: 0 CompletingRebalance "consumer" "" : heartbeat 0',
      'commit 27',
      'assigned 0 all',
      '0 Stable "consumer" "p" 1:all',
      'heartbeat 0',
      'wrong generation 22, wrong member 25',
      'while one comes 27 0 PreparingRebalance "consumer" "" :,:all',
      'commit 0',
      'sync 27',
      'joined 2 2, told 2 0, same leader true',
      'old generation: commit 22',
      'assigned a b',
      '0 Stable "consumer" "p" 1:a,2:b',
      'joins as before 2',
      'commit by nobody 25, by a member 0',
      'left 0 0,25',
      'heartbeat 27, of who left 25',
      'alone 3 1',
      'deleted while in use 68',
      '0 Empty "consumer" "" ',
      'heartbeat 25',
      'commit by nobody 0, by who was there 25',
      'offset 0 0 3',
    ],
  },
  {
    title: 'joins that are refused, and members that are not heard of',
    async run(client, groupId) {
      await makeTopic(client, groupId)
      await coordinator(client, groupId, 0)
      const lines = [`a group that is not there: ${await describe(client, groupId)}`]
      lines.push(`an unknown member ${(await join(client, 'one', { groupId, memberId: 'nobody' })).error}`)
      lines.push(
        `a short session ${(await join(client, 'one', { groupId, sessionTimeoutMs: 10 })).error}, a long one ${(await join(client, 'one', { groupId, sessionTimeoutMs: 2_000_000_000 })).error}`,
      )
      const one = await enter(client, 'one', { groupId, sessionTimeoutMs: 1000 })
      const { generation } = await one.joined
      await sync(client, 'one', groupId, generation, one.memberId, { [one.memberId]: 'all' })
      lines.push(`another protocol ${(await join(client, 'two', { groupId, protocolType: 'other' })).error}`)
      await client.sleep(2000)
      lines.push(`after its session: ${await describe(client, groupId)} heartbeat ${await beat(client, groupId, generation, one.memberId)}`)
      const two = await enter(client, 'two', { groupId })
      lines.push(`the next generation ${(await two.joined).generation}`)
      return lines
    },
    answers: [
      'a group that is not there: 0 Dead "" "" ',
      'an unknown member 25',
      'a short session 26, a long one 26',
      'another protocol 23',
      'after its session: 0 Empty "consumer" ""  heartbeat 25',
      'the next generation 3',
    ],
  },
  {
    title: 'offsets of members within transactions',
    async run(client, groupId) {
      await makeTopic(client, groupId)
      await coordinator(client, groupId, 0)
      const writer = { transactionalId: groupId, ...(await take(client, groupId)) }
      const one = await enter(client, 'one', { groupId })
      const { generation } = await one.joined
      const offsets = (memberId: string, asked: number) =>
        commitWithin(client, 5, writer, groupId, 1, { groupId, generation: asked, memberId })
      const lines = [`before the assignment ${await offsets(one.memberId, generation)}`]
      await sync(client, 'one', groupId, generation, one.memberId, { [one.memberId]: 'all' })
      lines.push(
        `member ${await offsets(one.memberId, generation)}, former generation ${await offsets(one.memberId, generation - 1)}, later ${await offsets(one.memberId, generation + 1)}`,
      )
      lines.push(`nobody ${await offsets('nobody', generation)}, not said who ${await offsets('', -1)}`)
      const missing = await commit(client, `${groupId}-none`, 1, { groupId, generation, memberId: one.memberId })
      lines.push(`of a topic that is not there ${missing}`)
      return lines
    },
    answers: [
      'before the assignment 0',
      'member 0, former generation 22, later 22',
      'nobody 25, not said who 0',
      'of a topic that is not there 3',
    ],
  },
  {
    title: 'offsets go with their topic',
    async run(client, groupId) {
      await makeTopic(client, groupId)
      await coordinator(client, groupId, 0)
      const lines = [`committed ${await commit(client, groupId, 4, { groupId })} ${await committed(client, groupId, groupId, true)}`]
      await client.ask('deleteTopics', 1, { names: [groupId], timeoutMs: 5000 })
      await client.sleep(500)
      lines.push(`without the topic ${await committed(client, groupId, groupId, false)}`)
      const all = await client.ask('offsetFetch', 7, { groupId, topics: null, requireStable: false })
      lines.push(`all ${all.error} ${all.topics.length}`)
      return lines
    },
    answers: ['committed 0 0 0 4', 'without the topic 0 0 -1', 'all 0 0'],
  },
]
