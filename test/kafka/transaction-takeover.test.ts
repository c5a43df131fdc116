import { Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { env } from '../../base/index.ts'
import { createKafka, type Kafka } from '../../topology/runtime/kafka/kafka-client.ts'
import { settleHangingTransaction } from '../../topology/runtime/commit/hanging-transaction.ts'
import {
  openTransactionalProducer,
  type TaskProducer,
  type TransactionalProducerOptions,
} from '../../topology/runtime/commit/task-producer.ts'
import { sessionOf, TransactionLostError } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { longSettlingTimeoutMs } from '../../topology/runtime/kafka/transactions/index.ts'
import { cutRequest, endTxnKey } from './cut-request.ts'
import { holds } from './fixture.ts'
import { forgetful, patiently, verify, type RawCluster } from './forgetful.ts'
import {
  closeTransactionTopic,
  committedOffset,
  openTransactionTopic,
  visibleTexts,
  withAdmin,
  type TransactionTopic,
} from './transaction-topic.ts'

const brokers = process.env['KAFKA_BROKERS']

if (!brokers) console.log('skipped: no KAFKA_BROKERS')
else run(createKafka({ brokers: brokers.split(','), clientId: 'test' }))

function run(kafka: Kafka): void {
  const test = suite<TransactionTopic>('the takeover of a transactional id')
  test.before(() => withAdmin(kafka, admin => verify(admin, false)))
  test.before.each(async context => {
    Object.assign(context, await openTransactionTopic(kafka, 'takeover'))
    await context.cluster.addTargetTopic(context.topic)
  })
  test.after.each(closeTransactionTopic)
  test.after(() => withAdmin(kafka, admin => verify(admin, true)))

  const committedIn = (topic: string): Promise<string[]> => visibleTexts(kafka, topic, 'end')

  const former = ({ topic }: TransactionTopic): TransactionalProducerOptions => ({
    transactionalId: topic,
    groupId: topic,
    timeoutMs: 10_000,
    targets: [0, 1].map(partition => ({ topic, partition })),
  })
  const takeOver = (context: TransactionTopic): Promise<TaskProducer> => openTransactionalProducer(kafka, former(context))

  for (const [ending, seen] of [
    ['commit', ['in 0', 'in 1']],
    ['abort', []],
    ['none', []],
  ] as const) {
    test(`records whose end marker a broker forgot get the outcome of their transaction: ${ending}`, async context => {
      await forgetful(context, ending)
      const producer = await takeOver(context)
      try {
        await holds(async () => assert.equal(await committedIn(context.topic), seen))
        await holds(async () => assert.is(await committedOffset(context.admin, context.topic), ending === 'commit' ? '7' : '-1'))
        await producer.commit([{ topic: context.topic, partition: 1, messages: [{ partition: 1, value: 'next' }] }], [])
        await holds(async () => assert.equal(await committedIn(context.topic), [...seen, 'next']))
        const again = await takeOver(context)
        await again.close()
        await holds(async () => assert.equal(await committedIn(context.topic), [...seen, 'next']))
      } finally {
        await producer.close()
      }
    })
  }

  for (const begun of [false, true]) {
    test(`a takeover that was cut short ${begun ? 'in' : 'before'} its transaction is continued`, async context => {
      await forgetful(context, 'commit')
      const { cluster, topic } = context
      const coordinator = await (cluster as unknown as RawCluster).findGroupCoordinator({ groupId: topic, coordinatorType: 1 })
      const settling = { transactionalId: topic, transactionTimeout: longSettlingTimeoutMs }
      const owner = await patiently(() => coordinator.initProducerId(settling))
      if (begun) await coordinator.addPartitionsToTxn({ ...owner, transactionalId: topic, topics: [{ topic, partitions: [1] }] })
      const producer = await takeOver(context)
      await producer.close()
      await holds(async () => assert.equal(await committedIn(topic), ['in 0', 'in 1']))
      await holds(async () => assert.is(await committedOffset(context.admin, context.topic), '7'))
    })
  }

  for (const ownMs of [longSettlingTimeoutMs, 10_001])
    test(`what an owner with a timeout of ${ownMs} ms has left open is aborted`, async context => {
      const { topic } = context
      const sockets = Socket.prototype as { write: (this: Socket, bytes: unknown, ...more: readonly unknown[]) => boolean }
      const { write } = sockets
      let freeze: (() => void) | undefined
      // Of the connections that are made from now on.
      sockets.write = function (bytes, ...more) {
        const isEnd = Buffer.isBuffer(bytes) && bytes.length > 6 && bytes.readInt16BE(4) === endTxnKey
        if (freeze === undefined || !isEnd) return write.call(this, bytes, ...more)
        freeze()
        return true
      }
      const owner = await openTransactionalProducer(kafka, { ...former(context), timeoutMs: ownMs }).finally(() => (sockets.write = write))
      const half = { topic, partition: 0, messages: [{ partition: 0, value: Buffer.from('half of a commit') }] }
      await new Promise<void>(resolve => {
        freeze = resolve
        void owner.commit([half], []).catch(() => undefined)
      })
      const next = await takeOver(context)
      await next.close()
      await owner.close()
      assert.equal(await committedIn(topic), [])
    })

  test('a recovery is complete only if its end is answered on the connection of its first request', async context => {
    await forgetful(context, 'commit')
    const { topic } = context
    const producer = kafka.producer({ transactionalId: topic, transactionTimeout: 10_000, idempotent: true, allowAutoTopicCreation: false })
    await producer.connect()
    try {
      const settle = (): Promise<void> =>
        settleHangingTransaction(sessionOf(producer), { ...former(context), deadline: env.monotonic() + 10_000 })
      const cut = cutRequest(producer, endTxnKey, 'after')
      const lost = await settle().catch((error: unknown) => error)
      await cut
      assert.instance(lost, TransactionLostError)
      sessionOf(producer).forget()
      await settle()
      await holds(async () => assert.equal(await committedIn(topic), ['in 0', 'in 1']))
    } finally {
      await producer.disconnect()
    }
  })

  test('an unused id needs no recovery: nothing is written', async context => {
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
