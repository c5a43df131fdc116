import { randomUUID } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { createKafka, newCluster, type Admin, type Cluster, type Kafka } from '../../topology/runtime/kafka/kafka-client.ts'
import { settleHangingTransaction, settlingTimeoutMs } from '../../topology/runtime/commit/hanging-transaction.ts'
import {
  openTransactionalProducer,
  type TaskProducer,
  type TransactionalProducerOptions,
} from '../../topology/runtime/commit/task-producer.ts'
import { sessionOf, TransactionLostError } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { readTopic } from '../../topology/runtime/topics/topic-reader.ts'
import { cutRequest, endTxnKey } from './cut-request.ts'
import { forgetful, patiently, verify, type RawCluster } from './forgetful.ts'

const brokers = process.env['KAFKA_BROKERS']

if (!brokers) console.log('skipped: no KAFKA_BROKERS')
else run(createKafka({ brokers: brokers.split(','), clientId: 'test' }))

interface Context {
  admin: Admin
  cluster: Cluster
  topic: string
}

async function committedIn(kafka: Kafka, topic: string): Promise<string[]> {
  const found: string[] = []
  for await (const { records } of readTopic(kafka, { topic, from: 'beginning', until: 'end' }))
    for (const { value } of records) found.push(String(value))
  return found.sort()
}

async function committedOffset({ admin, topic }: Context): Promise<string | undefined> {
  const [found] = await admin.fetchOffsets({ groupId: topic, topics: [topic] })
  return found?.partitions.find(({ partition }) => partition === 0)?.offset
}

function run(kafka: Kafka): void {
  const test = suite<Context>('the takeover of a transactional id')
  test.before(async context => {
    context.admin = kafka.admin()
    await context.admin.connect()
    await verify(context.admin, false)
  })
  test.before.each(async context => {
    context.topic = `takeover-${randomUUID()}`
    await createTopics(context.admin, [{ topic: context.topic, numPartitions: 2 }])
    context.cluster = newCluster(kafka)
    await context.cluster.connect()
    await context.cluster.addTargetTopic(context.topic)
  })
  test.after.each(async ({ admin, cluster, topic }) => {
    await cluster.disconnect()
    await admin.deleteTopics({ topics: [topic] })
  })
  test.after(async ({ admin }) => {
    await verify(admin, true)
    await admin.disconnect()
  })

  const former = ({ topic }: Context): TransactionalProducerOptions => ({
    transactionalId: topic,
    groupId: topic,
    timeoutMs: 10_000,
    targets: [0, 1].map(partition => ({ topic, partition })),
  })
  const takeOver = (context: Context): Promise<TaskProducer> => openTransactionalProducer(kafka, former(context))

  for (const [ending, seen] of [
    ['commit', ['in 0', 'in 1']],
    ['abort', []],
    ['none', []],
  ] as const) {
    test(`records whose end a broker forgot end as the transaction did: ${ending}`, async context => {
      await forgetful(context, ending)
      const producer = await takeOver(context)
      try {
        assert.equal(await committedIn(kafka, context.topic), seen)
        assert.is(await committedOffset(context), ending === 'commit' ? '7' : '-1')
        await producer.commit([{ topic: context.topic, partition: 1, messages: [{ partition: 1, value: 'next' }] }], [])
        assert.equal(await committedIn(kafka, context.topic), [...seen, 'next'])
        const again = await takeOver(context)
        await again.close()
        assert.equal(await committedIn(kafka, context.topic), [...seen, 'next'])
      } finally {
        await producer.close()
      }
    })
  }

  for (const begun of [false, true]) {
    test(`a takeover that was cut short ${begun ? 'in' : 'before'} its transaction is gone on with`, async context => {
      await forgetful(context, 'commit')
      const { cluster, topic } = context
      const coordinator = await (cluster as unknown as RawCluster).findGroupCoordinator({ groupId: topic, coordinatorType: 1 })
      const settling = { transactionalId: topic, transactionTimeout: settlingTimeoutMs }
      const owner = await patiently(() => coordinator.initProducerId(settling))
      if (begun) await coordinator.addPartitionsToTxn({ ...owner, transactionalId: topic, topics: [{ topic, partitions: [1] }] })
      const producer = await takeOver(context)
      await producer.close()
      assert.equal(await committedIn(kafka, topic), ['in 0', 'in 1'])
      assert.is(await committedOffset(context), '7')
    })
  }

  test('a recovery is done when its end was answered on the connection that asked for it first', async context => {
    await forgetful(context, 'commit')
    const { topic } = context
    const producer = kafka.producer({ transactionalId: topic, transactionTimeout: 10_000, idempotent: true, allowAutoTopicCreation: false })
    await producer.connect()
    try {
      const settle = (): Promise<void> => settleHangingTransaction(sessionOf(producer), { ...former(context), timeoutMs: 10_000 })
      const cut = cutRequest(producer, endTxnKey, 'after')
      const lost = await settle().catch((error: unknown) => error)
      await cut
      assert.instance(lost, TransactionLostError)
      sessionOf(producer).forget()
      await settle()
      assert.equal(await committedIn(kafka, topic), ['in 0', 'in 1'])
    } finally {
      await producer.disconnect()
    }
  })

  test('nothing was done under the id before: nothing is written', async context => {
    const producer = await takeOver(context)
    await producer.close()
    const ends = await patiently(() => context.admin.fetchTopicOffsets(context.topic))
    assert.equal(
      ends.map(({ high }) => high),
      ['0', '0'],
    )
  })

  test.run()
}
