import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/index.ts'
import { freePort, startLocalKafka, type LocalKafka } from '../../cli/kafka/local-kafka.ts'
import { sluice as messages } from '../../proto/state-messages.js'
import {
  endFormerTransactions,
  fenceTaskOwners,
  memberTransactionalId,
  openTransactionalProducer,
  type TaskProducer,
  taskTransactionalId,
} from '../../topology/runtime/commit/index.ts'
import { newCluster, type Cluster, type Consumer, type Kafka, type PartitionAssigner } from '../../topology/runtime/kafka/kafka-client.ts'
import { loadMendedKafkajs } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { EpochTransactions } from '../../topology/runtime/kafka/transactions/index.ts'
import { CountingWorld, upTo } from './counting-world.ts'
import { eventually } from './fixture.ts'
import { forgetful, verify } from './forgetful.ts'
import { closeTransactionTopic, committedOffset, openTransactionTopic, textsFor, visibleTexts } from './transaction-topic.ts'

const brokers = process.env['KAFKA_BROKERS']
const timeoutMs = 10_000

interface Context {
  world: CountingWorld
  cluster: Cluster
}

const outcomeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    error => (error instanceof SluiceError ? error.code : String(error)),
  )

async function open(context: Context, of: string): Promise<void> {
  context.world = await CountingWorld.open(of)
  context.cluster = newCluster(context.world.fixture.kafka)
  await context.cluster.connect()
}

async function close({ world, cluster }: Context): Promise<void> {
  await cluster.disconnect()
  await world.close()
}

/** The only member of a group, which tells its transactional id; as its leader, it passes no ids on. */
async function memberTelling(kafka: Kafka, groupId: string, transactionalId: string): Promise<Consumer> {
  const { MemberAssignment, MemberMetadata } = loadMendedKafkajs().AssignerProtocol
  const userData = Buffer.from(messages.MemberInfo.encode({ transactionalId }).finish())
  const assigner: PartitionAssigner = () => ({
    name: 'sluice',
    version: 1,
    protocol: ({ topics }) => ({ name: 'sluice', metadata: MemberMetadata.encode({ version: 1, topics, userData }) }),
    assign: ({ members }) => {
      const memberAssignment = MemberAssignment.encode({ version: 1, assignment: {}, userData: Buffer.alloc(0) })
      return Promise.resolve(members.map(({ memberId }) => ({ memberId, memberAssignment })))
    },
  })
  const consumer = kafka.consumer({ groupId, partitionAssigners: [assigner] })
  await consumer.connect()
  await consumer.subscribe({ topic: groupId })
  const joined = new Promise<void>(resolve => consumer.on(consumer.events.GROUP_JOIN, () => resolve()))
  await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() })
  await joined
  return consumer
}

/** A result of the first record, and the offset behind it. */
const result = ({ fixture }: CountingWorld) => textsFor(fixture.topic('out'), 0, '1')
const position = ({ fixture }: CountingWorld, offset: number) => ({ topic: fixture.topic('in'), partition: 0, offset })

function runThreads(of: string): void {
  const test = suite<Context>('members that commit all tasks of a thread together, after such that commit each task by itself')
  test.before.each(context => open(context, of))
  test.after.each(close)

  /** The producer of the only task, of a member of an older build, or of one that was started before the cluster's feature was raised. */
  const formerOwner = ({ fixture }: CountingWorld): Promise<TaskProducer> =>
    openTransactionalProducer(fixture.kafka, {
      transactionalId: taskTransactionalId(fixture.id, '0_0'),
      groupId: fixture.id,
      timeoutMs,
      targets: [{ topic: fixture.topic('out'), partition: 0 }],
    })

  test('a former owner that was frozen between two transactions cannot commit any more', async ({ world }) => {
    const former = await formerOwner(world)
    const { next } = await former.commit([result(world)], [position(world, 1)])
    try {
      await world.produce(3)
      await world.start()
      assert.equal((await world.results(3)).length, 3)
      assert.is(await outcomeOf(next.commit([textsFor(world.fixture.topic('out'), 0, 'late')], [position(world, 2)])), 'TASK_FENCED')
      await world.produce(1)
      assert.equal(await world.results(4), ['1', '1', '2', '3'])
    } finally {
      await former.close()
    }
  })

  for (const ending of ['commit', 'abort'] as const) {
    test(`the end of its last transaction that a broker forgot is written as it ended: ${ending}`, async ({ world }) => {
      const { kafka } = world.fixture
      const own = await openTransactionTopic(kafka, 'owners')
      const { admin, cluster, topic } = own
      await verify(admin, false)
      try {
        await cluster.addTargetTopic(topic)
        await forgetful({ cluster, topic, id: taskTransactionalId(topic, '0_0') }, ending)
        const targetsOf = () => [0, 1].map(partition => ({ topic, partition }))
        await fenceTaskOwners(cluster, { applicationId: topic, tasks: ['0_0', '0_1'], targetsOf, timeoutMs, member: undefined })
        assert.equal(await visibleTexts(kafka, topic, 'logEnd'), ending === 'commit' ? ['in 0', 'in 1'] : [])
        assert.is(await committedOffset(admin, topic), ending === 'commit' ? '7' : '-1')
      } finally {
        await verify(admin, true)
        await closeTransactionTopic(own)
      }
    })
  }

  test('where the leader is of an older build, which passes no ids on, what a former thread left open is aborted at once', async ({
    world,
  }) => {
    const { kafka } = world.fixture
    const topic = await openTransactionTopic(kafka, 'led')
    const [app, own] = [topic.topic, memberTransactionalId(topic.topic, 'own')]
    const consumer = await memberTelling(kafka, app, own)
    try {
      const [thread, present] = await Promise.all(
        ['former', 'own'].map(id =>
          EpochTransactions.open(topic.cluster, { transactionalId: memberTransactionalId(app, id), groupId: app, timeoutMs }),
        ),
      )
      await thread?.write([textsFor(app, 0, 'lost')])
      await present?.write([textsFor(app, 1, 'kept')])
      const started = performance.now()
      const former = { applicationId: app, members: [], own, tasks: [], inputs: {}, changelogs: { [app]: [0] }, timeoutMs }
      await endFormerTransactions(topic.cluster, former)
      const took = performance.now() - started
      assert.ok(took < timeoutMs / 2, `${took} ms`)
      await present?.end(true)
      assert.equal(await visibleTexts(kafka, app, 'logEnd'), ['kept'])
    } finally {
      await consumer.disconnect()
      await closeTransactionTopic(topic)
    }
  })

  test('a member that the group has gone on without fences nobody', async ({ world, cluster }) => {
    const former = await formerOwner(world)
    const member = { memberId: 'gone', generationId: 7 }
    const owners = { applicationId: world.fixture.id, tasks: ['0_0'], targetsOf: () => [], timeoutMs, member }
    assert.is(await outcomeOf(fenceTaskOwners(cluster, owners)), 'TASK_FENCED')
    assert.is(await outcomeOf(former.commit([result(world)], [position(world, 1)])), 'done')
    await former.close()
  })

  test.run()
}

/** A cluster whose `transaction.version` was lowered, or raised while the instance runs. */
function runTasks(): void {
  const test = suite<Context & { kafka: LocalKafka; dir: string }>(
    'members that commit each task by itself, after such that commit all tasks of a thread together',
  )
  test.before(async context => {
    context.dir = await mkdtemp(join(tmpdir(), 'mixed-protocols-'))
    const formatArgs = ['--feature', 'transaction.version=1']
    context.kafka = await startLocalKafka({ dir: context.dir, port: await freePort(), heapMb: 256, formatArgs, log: () => undefined })
  })
  test.before.each(context => open(context, context.kafka.brokers))
  test.after.each(close)
  test.after(async ({ kafka, dir }) => {
    await kafka.stop()
    await rm(dir, { recursive: true, force: true })
  })

  const formerThread = async ({ world, cluster }: Context): Promise<EpochTransactions> => {
    const { id: groupId } = world.fixture
    const transactionalId = memberTransactionalId(groupId, 'former')
    const thread = await EpochTransactions.open(cluster, { transactionalId, groupId, timeoutMs })
    const { topic, offset } = position(world, 1)
    await thread.write([result(world)])
    await thread.commitOffsets({
      memberId: '',
      generationId: -1,
      topics: [{ topic, partitions: [{ partition: 0, offset: String(offset) }] }],
    })
    return thread
  }

  test('what a former thread has left open is aborted: it cannot be committed any more', async context => {
    const { world } = context
    await world.produce(3)
    const former = await formerThread(context)
    await world.start()
    await eventually(
      () => world.committed(),
      ([found]) => found?.offset === '3',
    )
    assert.match(await outcomeOf(former.end(true)), /PRODUCER_EPOCH|FENCED|INVALID_TXN_STATE/)
    assert.equal(await world.results(3), upTo(3))
    assert.equal(await world.send(1), upTo(4))
  })

  for (const ending of ['commit', 'abort'] as const)
    test(`offsets that a transaction of another id holds are read only when it has its end: ${ending}`, async ({ world }) => {
      const { kafka, id: consumerGroupId } = world.fixture
      await world.produce(3)
      const producer = kafka.producer({ transactionalId: `${consumerGroupId}-tool`, idempotent: true, maxInFlightRequests: 1 })
      await producer.connect()
      try {
        const transaction = await producer.transaction()
        const { topic } = position(world, 2)
        await transaction.sendOffsets({ consumerGroupId, topics: [{ topic, partitions: [{ partition: 0, offset: '2' }] }] })
        const starting = world.start()
        await sleep(1500)
        assert.equal(await world.fixture.readAll('out'), [])
        await transaction[ending]()
        await starting
        assert.equal(await world.send(1, ending === 'commit' ? 2 : 4), upTo(ending === 'commit' ? 2 : 4))
      } finally {
        await producer.disconnect()
      }
    })

  test('what a former thread has committed is not processed again', async context => {
    const { world } = context
    await world.produce(3)
    const former = await formerThread(context)
    await former.end(true)
    await world.start()
    // Without the row of the first record, which this thread has not written, the task counts from the second one on.
    assert.equal(await world.results(3), ['1', '1', '2'])
  })

  test.run()
}

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else {
  runThreads(brokers)
  runTasks()
}
