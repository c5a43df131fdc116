import { mkdtemp, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { freePort, startLocalKafka, type LocalKafka } from '../../cli/kafka/local-kafka.ts'
import { memberTransactionalId, openTransactionalProducer, ThreadTransactions } from '../../topology/runtime/commit/index.ts'
import { createKafka, type Kafka } from '../../topology/runtime/kafka/kafka-client.ts'
import { closeTransactionTopic, openTransactionTopic, textsFor, visibleTexts, type TransactionTopic } from './transaction-topic.ts'

const timeoutMs = 10_000

interface Context extends TransactionTopic {
  dir: string
  broker: LocalKafka
  kafka: Kafka
}

interface WithSockets {
  readonly brokerPool: {
    readonly brokers: Readonly<Record<string, { readonly connectionPool: { readonly pool: readonly { socket?: Socket }[] } }>>
  }
}

const test = suite<Context>('brokers that allow no longer timeout than that of the transactions')
test.before(async context => {
  context.dir = await mkdtemp(join(tmpdir(), 'low-timeouts-'))
  const properties = { 'transaction.max.timeout.ms': timeoutMs }
  context.broker = await startLocalKafka({ dir: context.dir, port: await freePort(), heapMb: 256, log: () => undefined, properties })
  context.kafka = createKafka({ brokers: [context.broker.brokers], clientId: 'test' })
})
test.before.each(async context => {
  Object.assign(context, await openTransactionTopic(context.kafka, 'low'))
})
test.after.each(closeTransactionTopic)
test.after(async ({ broker, dir }) => {
  await broker.stop()
  await rm(dir, { recursive: true, force: true })
})

test('the last end of a thread is made once more', async ({ kafka, topic: app }) => {
  const member = () => ({ memberId: '', generationId: -1 })
  const options = { transactionalId: memberTransactionalId(app, 'low'), groupId: app, timeoutMs, member }
  const transactions = await ThreadTransactions.open(kafka, options)
  assert.ok(transactions)
  try {
    const { next } = await transactions.producer().commit([textsFor(app, 0, 'a')], [{ topic: app, partition: 0, offset: 1 }])
    for (const { connectionPool } of Object.values((transactions.cluster as unknown as WithSockets).brokerPool.brokers))
      for (const { socket } of connectionPool.pool) socket?.destroy()
    await next.commit([textsFor(app, 0, 'b')], [{ topic: app, partition: 0, offset: 2 }])
    assert.equal(await visibleTexts(kafka, app, 'logEnd'), ['a', 'b'])
  } finally {
    await transactions.close()
  }
})

test('a task is taken over from a member that commits each task by itself', async ({ kafka, topic }) => {
  const own = { transactionalId: topic, groupId: topic, timeoutMs, targets: [{ topic, partition: 0 }] }
  const former = await openTransactionalProducer(kafka, own)
  await former.commit([textsFor(topic, 0, 'a')], [{ topic, partition: 0, offset: 1 }])
  const owner = await openTransactionalProducer(kafka, own)
  await owner.commit([textsFor(topic, 0, 'b')], [{ topic, partition: 0, offset: 2 }])
  await Promise.all([former.close(), owner.close()])
  assert.equal(await visibleTexts(kafka, topic, 'logEnd'), ['a', 'b'])
})

test.run()
