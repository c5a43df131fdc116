import { randomUUID } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { createKafka, type Admin, type Kafka, type Producer, type Transaction } from '../../topology/runtime/kafka/kafka-client.ts'
import { describeTransaction, type DescribedTransaction } from '../../topology/runtime/kafka/kafkajs-mends/describe-transaction.ts'
import { sessionOf } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { readTopic } from '../../topology/runtime/topics/topic-reader.ts'
import { eventually } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']

if (!brokers) console.log('skipped: no KAFKA_BROKERS')
else run(createKafka({ brokers: brokers.split(','), clientId: 'test' }))

interface Context {
  admin: Admin
  topic: string
  producer: Producer
}

/** Breaks the connection to the transaction coordinator, as a broker's end would. */
async function cut(producer: Producer): Promise<void> {
  const socket = await sessionOf(producer).askCoordinator(coordinator => Promise.resolve(coordinator.connectionPool.pool[0]?.socket))
  const closed = new Promise(resolve => socket?.once('close', resolve))
  socket?.destroy(new Error('cut'))
  await closed
}

/** What the coordinator knows of the last transaction; asking connects again. */
function described({ producer, topic }: Context): Promise<DescribedTransaction> {
  return sessionOf(producer).askCoordinator(coordinator => describeTransaction(coordinator, topic)) as Promise<DescribedTransaction>
}

const send = (transaction: Transaction, topic: string, value: string): Promise<unknown> =>
  transaction.send({ topic, acks: -1, messages: [{ partition: 0, value }] })

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

function run(kafka: Kafka): void {
  const test = suite<Context>('the transactions of one producer')
  test.before(async context => {
    context.admin = kafka.admin()
    await context.admin.connect()
  })
  test.before.each(async context => {
    context.topic = `session-${randomUUID()}`
    await createTopics(context.admin, [{ topic: context.topic, numPartitions: 1 }])
    const retry = { initialRetryTime: 5, maxRetryTime: 50, retries: 100 }
    context.producer = kafka.producer({
      transactionalId: context.topic,
      transactionTimeout: 10_000,
      idempotent: true,
      allowAutoTopicCreation: false,
      retry,
    })
    await context.producer.connect()
    const transaction = await context.producer.transaction()
    await send(transaction, context.topic, 'first')
    await transaction.commit()
  })
  test.after.each(async ({ admin, topic, producer }) => {
    await producer.disconnect()
    await admin.deleteTopics({ topics: [topic] })
  })
  test.after(async ({ admin }) => admin.disconnect())

  const committed = async (topic: string): Promise<string[]> => {
    const found: string[] = []
    for await (const { records } of readTopic(kafka, { topic, from: 'beginning', until: 'end' }))
      for (const { value } of records) found.push(String(value))
    return found
  }

  const offsets = ({ producer, topic }: Context, transaction: Transaction, offset: string): Promise<void> => {
    assert.ok(producer)
    return transaction.sendOffsets({ consumerGroupId: topic, topics: [{ topic, partitions: [{ partition: 0, offset }] }] })
  }

  test('none is begun on a connection that came after the last one ended, though the client has connected again', async context => {
    const { producer, topic } = context
    await cut(producer)
    // The end was answered; in its partitions it is written in a moment.
    const before = await eventually(
      () => described(context),
      ({ state }) => state.startsWith('Complete'),
    )
    const transaction = await producer.transaction()
    const error = await refusal(send(transaction, topic, 'second'))
    assert.is((error as Error).name, 'KafkaJSConnectionLostError')
    assert.match((error as Error).message, 'the connection to the transaction coordinator was lost')
    const again = await producer.transaction().catch(() => transaction)
    assert.match(((await refusal(offsets(context, again, '1'))) as Error).message, 'the connection to the transaction coordinator was lost')
    assert.equal(await described(context), before, 'the coordinator has not heard of another')
    assert.is(before.state, 'CompleteCommit')
    assert.equal(await committed(topic), ['first'])
  })

  test('one that was begun is filled and ended by another connection', async context => {
    const { producer, topic, admin } = context
    const transaction = await producer.transaction()
    await send(transaction, topic, 'second')
    await cut(producer)
    await offsets(context, transaction, '7')
    await cut(producer)
    await transaction.commit()
    assert.equal(await committed(topic), ['first', 'second'])
    const [found] = await admin.fetchOffsets({ groupId: topic, topics: [topic] })
    assert.is(found?.partitions[0]?.offset, '7')
    const next = await producer.transaction()
    await send(next, topic, 'third')
    await next.commit()
    assert.equal(await committed(topic), ['first', 'second', 'third'])
  })

  test('an end whose answer was lost is asked for again, and is the last of this producer', async context => {
    const { producer, topic } = context
    const transaction = await producer.transaction()
    await send(transaction, topic, 'second')
    const ended = transaction.commit()
    await cut(producer)
    await ended
    const seen = await eventually(
      () => committed(topic),
      values => values.length === 2,
    )
    assert.equal(seen, ['first', 'second'])
    const next = await producer.transaction()
    assert.match(((await refusal(send(next, topic, 'third'))) as Error).message, 'it is not certain how the previous transaction ended')
  })

  test('the id is taken on the connection that has ended what came before, or not at all', async context => {
    const { producer, topic } = context
    await cut(producer)
    const taken = refusal(sessionOf(producer).ask('initProducerId', { transactionalId: topic, transactionTimeout: 10_000 }))
    assert.match(((await taken) as Error).message, 'the connection to the transaction coordinator was lost')
    sessionOf(producer).forget()
    assert.ok(await sessionOf(producer).ask('initProducerId', { transactionalId: topic, transactionTimeout: 10_000 }))
  })

  test.run()
}
