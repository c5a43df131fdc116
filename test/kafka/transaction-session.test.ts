import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { createKafka, type Admin, type Producer, type Transaction } from '../../topology/runtime/kafka/kafka-client.ts'
import { describeTransaction, type DescribedTransaction } from '../../topology/runtime/kafka/kafkajs-mends/describe-transaction.ts'
import { sessionOf } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { readTopic } from '../../topology/runtime/topics/topic-reader.ts'
import { cutRequest, txnOffsetCommitKey } from './cut-request.ts'
import { eventually, holds } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']

if (!brokers) console.log('skipped: no KAFKA_BROKERS')
else run(brokers.split(','))

interface Context {
  admin: Admin
  topic: string
  producer: Producer
}

/** Breaks the connection to the transaction coordinator, like the end of a broker. */
async function cut(producer: Producer): Promise<void> {
  const socket = await sessionOf(producer).askCoordinator(coordinator => Promise.resolve(coordinator.connectionPool.pool[0]?.socket))
  const closed = new Promise(resolve => socket?.once('close', resolve))
  socket?.destroy(new Error('cut'))
  await closed
}

const fencedCodes = [47, 90]

/** Delivers a late TxnOffsetCommit to the broker. Returns the error code of its last partition. */
async function deliver(address: string, held: Buffer): Promise<number> {
  const [host, port] = address.split(':')
  const socket = connect(Number(port), host)
  socket.write(held)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return answer.readInt16BE(answer.length - 2)
}

/** The coordinator's description of the last transaction. The request connects again. */
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

function run(addresses: readonly string[]): void {
  const kafka = createKafka({ brokers: [...addresses], clientId: 'test' })
  const test = suite<Context>('the transactions of one producer')
  const open = async (transactionalId: string): Promise<Producer> => {
    const retry = { initialRetryTime: 5, maxRetryTime: 50, retries: 100 }
    const options = { transactionalId, transactionTimeout: 10_000, idempotent: true, allowAutoTopicCreation: false, retry }
    const producer = kafka.producer(options)
    await producer.connect()
    return producer
  }
  test.before(async context => {
    context.admin = kafka.admin()
    await context.admin.connect()
  })
  test.before.each(async context => {
    context.topic = `session-${randomUUID()}`
    await createTopics(context.admin, [{ topic: context.topic, numPartitions: 1 }])
    context.producer = await open(context.topic)
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

  const committedOffset = async ({ admin, topic }: Context): Promise<string | undefined> => {
    const [found] = await admin.fetchOffsets({ groupId: topic, topics: [topic] })
    return found?.partitions[0]?.offset
  }

  test('none is begun on a new connection after the last one ended, even if the client has reconnected', async context => {
    const { producer, topic } = context
    await cut(producer)
    // The end was answered; its markers are written in a moment.
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

  test('one that has begun can be continued and ended on another connection', async context => {
    const { producer, topic } = context
    const transaction = await producer.transaction()
    await send(transaction, topic, 'second')
    await cut(producer)
    await offsets(context, transaction, '7')
    await cut(producer)
    await transaction.commit()
    await holds(async () => assert.equal(await committed(topic), ['first', 'second']))
    await holds(async () => assert.is(await committedOffset(context), '7'))
    const next = await producer.transaction()
    await send(next, topic, 'third')
    await next.commit()
    await holds(async () => assert.equal(await committed(topic), ['first', 'second', 'third']))
  })

  test('an end whose answer is lost is repeated, and the producer begins no other transaction', async context => {
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

  test('offsets that arrive late, after they were repeated on another connection, are not committed by the next transaction', async context => {
    const { producer, topic } = context
    const transaction = await producer.transaction()
    await send(transaction, topic, 'second')
    const held = cutRequest(producer, txnOffsetCommitKey, 'before')
    await offsets(context, transaction, '7')
    await transaction.commit()
    await holds(async () => assert.is(await committedOffset(context), '7'))
    const refused = await refusal(send(await producer.transaction(), topic, 'third'))
    assert.match((refused as Error).message, 'whether all its requests have arrived')
    const again = await open(topic)
    try {
      const next = await again.transaction()
      await send(next, topic, 'third')
      await offsets(context, next, '8')
      assert.ok(fencedCodes.includes(await deliver(String(addresses[0]), await held)), 'it is refused')
      await next.commit()
      await holds(async () => assert.is(await committedOffset(context), '8'))
    } finally {
      await again.disconnect()
    }
  })

  test('the id is taken on the connection on which the previous transaction ended, or not at all', async context => {
    const { producer, topic } = context
    await cut(producer)
    const taken = refusal(sessionOf(producer).ask('initProducerId', { transactionalId: topic, transactionTimeout: 10_000 }))
    assert.match(((await taken) as Error).message, 'the connection to the transaction coordinator was lost')
    sessionOf(producer).forget()
    assert.ok(await sessionOf(producer).ask('initProducerId', { transactionalId: topic, transactionTimeout: 10_000 }))
  })

  test.run()
}
