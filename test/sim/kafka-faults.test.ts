import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { addPartition, batches, commit, commitWithin, committed, completed, end, fetch, state, take } from './exchanges/asking.ts'
import { type Client, nobody, patiently, simClient, VirtualTime, write } from './exchanges/client.ts'
import { SimKafka, type SimKafkaOptions } from './kafka/index.ts'

const test = suite('faults of a simulated Kafka')

interface Running {
  readonly kafka: SimKafka
  readonly time: VirtualTime
  readonly on: (broker: number) => Client
  /** The client of the broker that leads partition 0 of the topic. */
  readonly leader: (topic: string) => Client
  readonly coordinator: (type: 'group' | 'transaction', id: string) => Client
}

function start(options: Partial<SimKafkaOptions> = {}): Running {
  const time = new VirtualTime(Date.UTC(2026, 0, 1))
  const kafka = new SimKafka({ brokers: 3, host: time, ...options })
  kafka.createTopic('t', { partitions: 1 })
  const clients = [1, 2, 3].map(broker => simClient(kafka, time, broker))
  const on = (broker: number): Client => clients[broker - 1] as Client
  return {
    kafka,
    time,
    on,
    leader: topic => on(kafka.log(topic, 0).leader),
    coordinator: (type, id) => on(kafka.coordinator(type, id).leader),
  }
}

const values = (kafka: SimKafka, topic = 't'): string[] =>
  kafka
    .log(topic, 0)
    .records.filter(each => each.state !== 'control')
    .map(each => `${String(each.value)} ${each.state}`)

/** Initializes a transactional id at its coordinator; returns it with the assigned producer id and epoch. */
async function taken({ coordinator }: Running, transactionalId: string) {
  return { transactionalId, ...(await take(coordinator('transaction', transactionalId), transactionalId)) }
}

test('what is acknowledged outlives its leader, and another one leads once it is missed', async () => {
  const { kafka, on, time } = start()
  const former = kafka.log('t', 0).leader
  assert.is(await write(on(former), 7, nobody, { topic: 't', values: ['kept'] }), '0 0')
  kafka.kill(former, { unflushed: 'lost' })
  const other = on((former % 3) + 1)
  assert.is(await write(other, 7, nobody, { topic: 't' }), '6 -1', 'nobody leads yet')
  await other.sleep(3001)
  const now = kafka.log('t', 0).leader
  assert.is.not(now, former)
  assert.is(await write(on(now), 7, nobody, { topic: 't', values: ['next'] }), '0 1')
  assert.equal(values(kafka), ['kept committed', 'next committed'])
  assert.is((await fetch(on(now), 't', 0)).error, 0)
  kafka.start(former)
  await other.sleep(200)
  kafka.moveLeader('t', 0, former)
  assert.is(await write(on(former), 7, nobody, { topic: 't' }), '0 2')
  assert.is(await write(on(now), 7, nobody, { topic: 't' }), '6 -1')
  assert.ok(time.now() > 0)
})

for (const unflushed of ['lost', 'kept'] as const) {
  test(`a record that no other replica has when its leader goes: ${unflushed}`, async () => {
    const { kafka, on } = start({ timing: { replication: 50 } })
    const former = kafka.log('t', 0).leader
    const other = on((former % 3) + 1)
    let answer: string | undefined
    void write(on(former), 7, nobody, { topic: 't', values: ['unsure'] }).then(told => (answer = told))
    await other.sleep(20)
    assert.equal([kafka.log('t', 0).end, kafka.log('t', 0).highWatermark], [1, 0], 'nobody can read it yet')
    kafka.kill(former, { unflushed })
    await other.sleep(3100)
    assert.is(answer, undefined)
    assert.equal(values(kafka), unflushed === 'lost' ? [] : ['unsure committed'])
  })
}

test('two of three replicas must have what is acknowledged', async () => {
  const { kafka, on } = start()
  const { leader } = kafka.log('t', 0)
  for (const broker of [1, 2, 3].filter(each => each !== leader)) kafka.kill(broker)
  await on(leader).sleep(3001)
  assert.is(await write(on(leader), 7, nobody, { topic: 't' }), '19 -1')
  kafka.start((leader % 3) + 1)
  await on(leader).sleep(200)
  assert.is(await write(on(leader), 7, nobody, { topic: 't' }), '0 0')
})

test('a write and a read that wait are told that somebody else leads', async () => {
  const { kafka, on } = start({ timing: { replication: 100 } })
  const { leader } = kafka.log('t', 0)
  const written = write(on(leader), 7, nobody, { topic: 't' })
  await on(leader).sleep(20)
  kafka.moveLeader('t', 0, (leader % 3) + 1)
  assert.is(await written, '6 -1')
})

test('a write whose transaction is ended while it is on its way is refused', async () => {
  const running = start({ timing: { verification: 100 } })
  const { kafka, leader, coordinator } = running
  const own = await taken(running, 'id')
  const late = write(leader('t'), 12, own, { topic: 't', values: ['late'] })
  await coordinator('transaction', 'id').sleep(20)
  assert.is(kafka.transaction('id')?.state, 'Ongoing')
  await end(coordinator('transaction', 'id'), 5, own, false)
  assert.is(await late, '48 -1')
  assert.equal(values(kafka), [])
  assert.is(kafka.log('t', 0).lastStable, kafka.log('t', 0).end)
})

test('a new partition is known to its leader a moment later', async () => {
  const { kafka, leader } = start({ timing: { creation: 50 } })
  kafka.createTopic('new', { partitions: 1 })
  assert.is(await write(leader('new'), 7, nobody, { topic: 'new' }), '6 -1')
  await leader('new').sleep(50)
  assert.is(await write(leader('new'), 7, nobody, { topic: 'new' }), '0 0')
})

test('a transaction whose coordinator goes while it ends is ended by the next one', async () => {
  const running = start({ timing: { marker: 100 } })
  const { kafka, leader, on, coordinator } = running
  const own = await taken(running, 'id')
  assert.is(await write(leader('t'), 12, own, { topic: 't', values: ['a'] }), '0 0')
  assert.is((await end(coordinator('transaction', 'id'), 5, own, true)).error, 0)
  const former = kafka.coordinator('transaction', 'id').leader
  kafka.kill(former)
  await on((former % 3) + 1).sleep(10)
  assert.equal(values(kafka), ['a open'])
  await on((former % 3) + 1).sleep(4000)
  assert.equal(values(kafka), ['a committed'])
  assert.is(kafka.transaction('id')?.state, 'CompleteCommit')
})

test('a transaction whose time is over while its log cannot be written is aborted later', async () => {
  const running = start()
  const { kafka, leader, coordinator } = running
  const client = coordinator('transaction', 'id')
  const own = { transactionalId: 'id', ...(await take(client, 'id', undefined, 1000)) }
  await write(leader('t'), 12, own, { topic: 't', values: ['a'] })
  const others = [1, 2, 3].filter(each => each !== kafka.coordinator('transaction', 'id').leader)
  for (const broker of others) kafka.kill(broker)
  await client.sleep(25_000)
  assert.is(kafka.transaction('id')?.state, 'Ongoing')
  for (const broker of others) kafka.start(broker)
  await client.sleep(25_000)
  assert.equal([kafka.transaction('id')?.state, values(kafka)], ['CompleteAbort', ['a aborted']])
})

test('a broker that forgets markers leaves what it has ended open, and the next end of the older protocol decides for it', async () => {
  const running = start({ brokers: 1, transactionVersion: 1, timing: { marker: 50 } })
  const { kafka, on } = running
  const client = on(1)
  const own = await taken(running, 'id')
  await addPartition(client, 1, own, 't')
  await client.ask('addOffsetsToTxn', 1, { ...own, groupId: 'g' })
  await write(client, 7, own, { topic: 't', values: ['a'] })
  assert.is(await commitWithin(client, 1, own, 't', 7, { groupId: 'g' }), 0)
  assert.is((await end(client, 1, own, true)).error, 0)
  kafka.kill(1, { forgetMarkers: true })
  kafka.start(1)
  await client.sleep(500)
  assert.is((await state(client, 'id')).state, 'CompleteCommit')
  // The first partition of the transaction has no marker; for the others it is decided at random.
  assert.equal([values(kafka), kafka.log('t', 0).lastStable], [['a open'], 0])
  await addPartition(client, 1, own, 't')
  await client.ask('addOffsetsToTxn', 1, { ...own, groupId: 'g' })
  await end(client, 1, own, false)
  assert.is(await completed(client, 'id'), 'CompleteAbort')
  assert.equal([values(kafka), kafka.offsets('g').open.length], [['a aborted'], 0])
})

const joining = { groupId: 'g', sessionTimeoutMs: 5000, rebalanceTimeoutMs: 3000, instanceId: null, protocolType: 'consumer' }
const protocols = [{ name: 'p', metadata: Buffer.from('m') }]

async function member(client: Client): Promise<{ readonly memberId: string; readonly generation: number }> {
  const { memberId } = await client.ask('joinGroup', 5, { ...joining, memberId: '', protocols })
  const { generation } = await client.ask('joinGroup', 5, { ...joining, memberId, protocols })
  const assignments = [{ memberId, assignment: Buffer.from('all') }]
  await client.ask('syncGroup', 3, { groupId: 'g', generation, memberId, instanceId: null, assignments })
  return { memberId, generation }
}

test('a group goes on with another coordinator where its log ends, once that has loaded', async () => {
  const { kafka, coordinator } = start({ timing: { loading: 100 } })
  const client = coordinator('group', 'g')
  const { memberId, generation } = await member(client)
  assert.is(await commit(client, 't', 3, { groupId: 'g', generation, memberId }), 0)
  const second = await client.ask('joinGroup', 5, { ...joining, memberId: '', protocols }, 'second')
  const waiting = client.ask('joinGroup', 5, { ...joining, memberId: second.memberId, protocols }, 'second')
  await client.sleep(10)
  const beat = async (from: Client, of = memberId): Promise<number> =>
    (await from.ask('heartbeat', 3, { groupId: 'g', generation, memberId: of, instanceId: null })).error
  assert.is(await beat(client), 27)
  kafka.moveCoordinator('group', 'g', (kafka.coordinator('group', 'g').leader % 3) + 1)
  assert.is((await waiting).error, 16)
  const next = coordinator('group', 'g')
  assert.equal([await beat(client), await beat(next)], [16, 14])
  await next.sleep(101)
  assert.equal([await beat(next), await beat(next, second.memberId)], [0, 25], 'the rebalance is forgotten')
  assert.is(await committed(next, 't', 'g', true), '0 0 3')
  await next.sleep(5001)
  assert.is(await beat(next), 25, 'its session has ended')
})

test('members are not given up while nobody coordinates them', async () => {
  const { kafka, coordinator, on } = start({ brokers: 1 })
  const { memberId, generation } = await member(coordinator('group', 'g'))
  kafka.kill(1)
  await on(1).sleep(60_000)
  kafka.start(1)
  await on(1).sleep(100)
  assert.is((await on(1).ask('heartbeat', 3, { groupId: 'g', generation, memberId, instanceId: null })).error, 0)
})

test('compaction keeps the last record of each key, where it was', async () => {
  const running = start()
  const { kafka, leader, coordinator } = running
  const put = (key: string, value: string) => write(leader('t'), 7, nobody, { topic: 't', key: Buffer.from(key), values: [value] })
  await put('a', '1')
  await put('b', '2')
  await put('a', '3')
  const own = await taken(running, 'id')
  await write(leader('t'), 12, own, { topic: 't', key: Buffer.from('b'), values: ['aborted'] })
  await end(coordinator('transaction', 'id'), 5, own, false)
  await completed(coordinator('transaction', 'id'), 'id')
  await put('c', '4')
  kafka.compact('t')
  assert.is(batches((await fetch(leader('t'), 't', 1)).records), '1+1 2+1 4+1a 5+1')
  assert.is(batches((await fetch(leader('t'), 't', 1, 3)).records), '4+1a 5+1')
  kafka.deleteRecordsBefore('t', 0, 2)
  assert.is((await fetch(leader('t'), 't', 1, 1)).error, 1)
})

test('compaction does not take a record of an open transaction for the last of its key', async () => {
  const running = start()
  const { kafka, leader, coordinator } = running
  const first = { topic: 't', key: Buffer.from('a') }
  await write(leader('t'), 7, nobody, { ...first, values: ['1'] })
  const own = await taken(running, 'id')
  await write(leader('t'), 12, own, { ...first, values: ['aborted'] })
  await write(leader('t'), 7, nobody, { topic: 't', key: Buffer.from('b'), values: ['2'] })
  kafka.compact('t')
  await end(coordinator('transaction', 'id'), 5, own, false)
  await completed(coordinator('transaction', 'id'), 'id')
  assert.equal(values(kafka), ['1 committed', 'aborted aborted', '2 committed'])
})

test('a deletion goes once it was kept for delete.retention.ms since compaction has first seen it', async () => {
  const { kafka, leader } = start()
  kafka.createTopic('rows', { partitions: 1, config: { 'cleanup.policy': 'compact', 'delete.retention.ms': '1000' } })
  const put = (key: string, value: string | null) =>
    write(leader('rows'), 7, nobody, { topic: 'rows', key: Buffer.from(key), values: [value] })
  const kept = (): string[] => kafka.log('rows', 0).records.map(({ offset, value }) => `${offset} ${String(value)}`)
  await put('a', '1')
  await put('a', null)
  await put('b', '2')
  await leader('rows').sleep(2000)
  kafka.compact('rows')
  assert.equal(kept(), ['1 null', '2 2'], 'compaction has not seen it before')
  await leader('rows').sleep(999)
  kafka.compact('rows')
  assert.equal(kept(), ['1 null', '2 2'])
  await leader('rows').sleep(1)
  kafka.compact('rows')
  assert.equal(kept(), ['2 2'])
})

test('a closed connection is answered no more, an open one in order', async () => {
  const { kafka, time } = start({ brokers: 1 })
  const client = simClient(kafka, time)
  const order: string[] = []
  const partitions = [{ index: 0, leaderEpoch: -1, offset: 0, logStart: -1, maxBytes: 1000 }]
  const body = { replicaId: -1, maxWaitMs: 100, minBytes: 1, maxBytes: 1000, isolation: 0, sessionId: 0, sessionEpoch: -1 }
  const reading = client
    .ask('fetch', 11, { ...body, topics: [{ name: 't', partitions }], forgotten: [], rack: '' })
    .then(() => order.push('fetch'))
  const asking = client.ask('findCoordinator', 2, { key: 'g', type: 0 }).then(() => order.push('coordinator'))
  await Promise.all([reading, asking])
  assert.equal(order, ['fetch', 'coordinator'])
})

test('the same seed has the same answers, names and all', async () => {
  const run = async (): Promise<string> => {
    const running = start({ timing: { marker: 20 } })
    const own = await taken(running, 'id')
    await write(running.leader('t'), 12, own, { topic: 't' })
    await end(running.coordinator('transaction', 'id'), 5, own, true)
    const { memberId } = await member(running.coordinator('group', 'g'))
    await patiently(
      running.on(1),
      () => completed(running.coordinator('transaction', 'id'), 'id'),
      () => 0,
    )
    return `${memberId} ${running.time.now()} ${JSON.stringify(running.kafka.log('t', 0))}`
  }
  assert.is(await run(), await run())
})

test.run()
