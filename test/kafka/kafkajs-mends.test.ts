import { randomUUID } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import { pause } from '../../base/waits.ts'
import {
  createKafka,
  outageRetry,
  transactionRetry,
  type Admin,
  type Consumer,
  type Kafka,
  type Producer,
} from '../../topology/runtime/kafka/kafka-client.ts'
import {
  loadMendedKafkajs,
  type FetchedRecord,
  type JoinHooks,
  type OffsetResetHook,
} from '../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { eventually, holds } from './fixture.ts'
import { TopicWriter } from '../../topology/runtime/topics/topic-writer.ts'

const brokers = process.env['KAFKA_BROKERS']

if (!brokers) {
  console.log('skipped: no KAFKA_BROKERS')
} else {
  run(createKafka({ brokers: brokers.split(','), clientId: 'test' }))
}

interface Context {
  admin: Admin
  topic: string
  consumers: Consumer[]
  producers: Producer[]
}

function run(kafka: Kafka): void {
  const test = suite<Context>('mended consumers and producers')
  test.before(async context => {
    context.admin = kafka.admin()
    await context.admin.connect()
  })
  test.before.each(async context => {
    context.topic = `mends-${randomUUID()}`
    context.consumers = []
    context.producers = []
    await createTopics(context.admin, [{ topic: context.topic, numPartitions: 4 }])
  })
  test.after.each(async context => {
    for (const client of [...context.consumers, ...context.producers]) await client.disconnect()
    await context.admin.deleteTopics({ topics: [context.topic] })
  })
  test.after(context => context.admin.disconnect())

  /** A consumer in the group of the topic, not running yet. */
  const consumerOf = async (context: Context, hooks: JoinHooks & OffsetResetHook = {}): Promise<Consumer> => {
    const { roundRobin } = loadMendedKafkajs().PartitionAssigners
    const consumer = kafka.consumer({
      groupId: context.topic,
      sessionTimeout: 10_000,
      heartbeatInterval: 200,
      maxWaitTimeInMs: 100,
      partitionAssigners: [config => ({ ...roundRobin(config), ...hooks })],
      retry: { ...outageRetry, restartOnFailure: () => Promise.resolve(false) },
    })
    context.consumers.push(consumer)
    await consumer.connect()
    await consumer.subscribe({ topic: context.topic, fromBeginning: true })
    return consumer
  }

  test('hooks are called before and after the joins of two members', async context => {
    const steps: string[] = []
    const first = waiter()
    const hooksOf = (name: string): JoinHooks => ({
      onPartitionsRevoked: () => Promise.resolve(void steps.push(`${name} before`)),
      onPartitionsAssigned: ({ assignment }) => {
        steps.push(`${name} has ${assignment[context.topic]?.length ?? 0}`)
        if (steps.filter(step => step.endsWith('has 2')).length === 2) first.done()
        return Promise.resolve()
      },
    })
    const one = await consumerOf(context, hooksOf('one'))
    await one.run({ autoCommit: false, eachBatch: () => Promise.resolve() })
    // If the coordinator is still loading, kafkajs starts again, after `run` has resolved.
    await eventually(
      () => steps,
      all => all.includes('one has 4'),
    )
    assert.equal([...new Set(steps)], ['one before', 'one has 4'])
    const two = await consumerOf(context, hooksOf('two'))
    await two.run({ autoCommit: false, eachBatch: () => Promise.resolve() })
    await first.promise
    // A join that is interrupted by the other's join is repeated; a join without the other ends with all partitions.
    const ofOne = steps.filter(step => step.startsWith('one'))
    const whole = ofOne.filter((step, at) => step !== ofOne[at - 1])
    assert.equal(whole.slice(-2), ['one before', 'one has 2'])
    assert.ok(
      whole.slice(0, -2).every((step, at) => step === (at % 2 === 0 ? 'one before' : 'one has 4')),
      whole.join(),
    )
  })

  // A producer of the same process may add offsets while a member joins; its transaction is aborted later.
  test('a consumer starts at the committed offsets of the group, whatever an open transaction of another client of the process has added', async context => {
    const { topic } = context
    const producer = kafka.producer({ transactionalId: topic, idempotent: true, retry: transactionRetry })
    context.producers.push(producer)
    await producer.connect()
    const joined = waiter()
    let start = ''
    const consumer = await consumerOf(context, {
      onPartitionsAssigned: async ({ group }) => {
        const transaction = await producer.transaction()
        await transaction.send({ topic, messages: [{ partition: 0, value: 'aborted' }] })
        await transaction.sendOffsets({ consumerGroupId: topic, topics: [{ topic, partitions: [{ partition: 0, offset: '3' }] }] })
        await transaction.abort()
        await group.offsetManager.resolveOffsets()
        start = String(group.offsetManager.nextOffset(topic, 0))
        joined.done()
      },
    })
    await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() })
    await joined.promise
    assert.is(start, '0')
  })

  test('a transaction sends each of its requests once', async context => {
    const { topic, admin } = context
    const producer = kafka.producer({ transactionalId: topic, idempotent: true, retry: transactionRetry })
    context.producers.push(producer)
    const asked: string[] = []
    producer.on(producer.events.REQUEST, ({ payload: { apiName } }) => void asked.push(apiName))
    await producer.connect()
    await (await producer.transaction()).abort()
    const perTransaction: Record<string, number>[] = []
    for (let round = 0; round < 3; round++) {
      asked.length = 0
      const transaction = await producer.transaction()
      await Promise.all([0, 1, 2].map(partition => transaction.send({ topic, messages: [{ partition, value: String(round) }] })))
      const topics = [{ topic, partitions: [{ partition: 3, offset: String(round) }] }]
      await transaction.sendOffsets({ consumerGroupId: topic, topics })
      await transaction.commit()
      // The request is repeated if the coordinator is still completing the previous transaction.
      const names = [...new Set(asked)]
      perTransaction.push(
        Object.fromEntries(names.map(name => [name, name === 'Produce' ? asked.filter(each => each === name).length : 1])),
      )
    }
    const each = { AddOffsetsToTxn: 1, AddPartitionsToTxn: 1, EndTxn: 1, Produce: 3, TxnOffsetCommit: 1 }
    assert.equal(perTransaction.slice(1), [each, each])
    // Three records and three markers each, the last markers a moment later; the offsets of the group are in its coordinator's log.
    const ends = await eventually(
      async () => (await admin.fetchTopicOffsets(topic)).sort((a, b) => a.partition - b.partition).map(({ high }) => high),
      found => found.join(' ') === '6 6 6 0',
    )
    assert.equal(ends, ['6', '6', '6', '0'])
    await holds(async () => {
      const [committed] = await admin.fetchOffsets({ groupId: topic, topics: [topic] })
      assert.is(committed?.partitions.find(({ partition }) => partition === 3)?.offset, '2')
    })
  })

  test('a consumer reads only committed records of transactions, with numbers, and its position passes the markers', async context => {
    const { topic } = context
    const producer = kafka.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1, retry: transactionRetry })
    await producer.connect()
    for (const commit of [true, false, true]) {
      const transaction = await producer.transaction()
      const messages = [1, 2].map(n => ({
        key: Buffer.alloc(4),
        value: `${commit} ${n}`,
        partition: 1,
        timestamp: String(n),
        headers: { h: 'x' },
      }))
      await transaction.send({ topic, messages })
      await (commit ? transaction.commit() : transaction.abort())
    }
    await producer.disconnect()
    const found: [number, number, string, string][] = []
    const end = waiter()
    const consumer = await consumerOf(context)
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        for (const message of batch.messages) {
          const { offsetNumber, timestampNumber, offset, value, headers } = message as typeof message & FetchedRecord
          assert.is(offset, String(offsetNumber))
          found.push([offsetNumber, timestampNumber, String(value), String(headers['h'])])
        }
        if (batch.lastOffset() === '8') end.done()
        return Promise.resolve()
      },
    })
    await end.promise
    assert.equal(found, [
      [0, 1, 'true 1', 'x'],
      [1, 2, 'true 2', 'x'],
      [6, 1, 'true 1', 'x'],
      [7, 2, 'true 2', 'x'],
    ])
  })

  /** Writes ten records, commits two of them for a group, and deletes the first seven. */
  const cutOff = async ({ admin, topic }: Context): Promise<void> => {
    const writer = await TopicWriter.open(kafka, topic)
    for (let i = 0; i < 10; i++) await writer.write({ value: Buffer.from(String(i)), partition: 0 })
    await writer.close()
    await admin.setOffsets({ groupId: topic, topic, partitions: [{ partition: 0, offset: '2' }] })
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '7' }] })
  }

  test('a committed offset that is no longer in the log crashes the consumer and is not changed', async context => {
    await cutOff(context)
    const crash = waiter<Error>()
    const consumer = await consumerOf(context)
    consumer.on(consumer.events.CRASH, ({ payload }) => crash.done(payload.error))
    let processed = 0
    await consumer.run({ autoCommit: false, eachBatch: ({ batch }) => Promise.resolve(void (processed += batch.messages.length)) })
    const { cause } = await crash.promise
    assert.instance(cause, SluiceError)
    assert.is((cause as SluiceError).code, 'OFFSET_OUT_OF_RANGE')
    assert.is(processed, 0)
    const [offsets] = await context.admin.fetchOffsets({ groupId: context.topic, topics: [context.topic] })
    assert.is(offsets?.partitions.find(({ partition }) => partition === 0)?.offset, '2')
  })

  test('a hook can make the consumer continue at another offset', async context => {
    await cutOff(context)
    const found: string[] = []
    const end = waiter()
    const consumer = await consumerOf(context, { onOffsetOutOfRange: () => Promise.resolve(7) })
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        for (const { offset } of batch.messages) found.push(offset)
        if (found.length >= 3) end.done()
        return Promise.resolve()
      },
    })
    await end.promise
    assert.equal(found, ['7', '8', '9'])
  })

  const sockets = (): number => process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap').length

  for (const [title, use] of Object.entries<(admin: Admin, topic: string) => Promise<unknown>>({
    'while it connects': admin => admin.connect(),
    'while it asks': async (admin, topic) => {
      await admin.connect()
      for (;;) await admin.fetchOffsets({ groupId: topic, topics: [topic] })
    },
  })) {
    test(`a client that is disconnected ${title} leaves no connection`, async ({ topic }) => {
      const before = sockets()
      const used: Promise<unknown>[] = []
      // Disconnects at another moment of connecting and requesting each time.
      for (let milliseconds = 0; milliseconds < 40; milliseconds += 2) {
        const admin = kafka.admin()
        const ended = use(admin, topic).then(
          () => undefined,
          (error: unknown) => error,
        )
        used.push(ended)
        await pause(milliseconds)
        await admin.disconnect()
      }
      const answered = new AbortController()
      const late = pause(60_000, answered.signal).then(() => ['an ask did not end'])
      for (const error of await Promise.race([Promise.all(used), late]))
        assert.ok(error === undefined || error instanceof Error, String(error))
      answered.abort()
      assert.ok((await eventually(sockets, count => count <= before)) <= before)
    })
  }

  test.run()
}

function waiter<T = void>(): { readonly promise: Promise<T>; done(value: T): void } {
  let done: (value: T) => void = () => undefined
  const promise = new Promise<T>(resolve => (done = resolve))
  return { promise, done: value => done(value) }
}
