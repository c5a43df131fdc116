import type { Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { protocolErrorOf } from '../../topology/runtime/kafka/index.ts'
import { createKafka, type Cluster, type Kafka } from '../../topology/runtime/kafka/kafka-client.ts'
import { CoordinatorLookup, EpochTransactions, speaksEpochTransactions } from '../../topology/runtime/kafka/transactions/index.ts'
import {
  endTransaction,
  fetchStableOffsets,
  initProducerId,
  listTransactions,
  openStates,
  type WireBroker,
} from '../../topology/runtime/kafka/wire/index.ts'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { eventually, holds } from './fixture.ts'
import {
  closeTransactionTopic,
  openTransactionTopic,
  textsForBoth as records,
  visibleTexts,
  type TransactionTopic,
} from './transaction-topic.ts'

const brokers = process.env['KAFKA_BROKERS']

if (!brokers) console.log('skipped: no KAFKA_BROKERS')
else run(createKafka({ brokers: brokers.split(','), clientId: 'test' }))

interface Context extends TransactionTopic {
  transactions: EpochTransactions
}

const anyMember = { memberId: '', generationId: -1 }
const soon = (): number => performance.now() + 10_000

/** Discards the next request of a kind, on any connection. Returns a function that returns the number of discarded requests. */
function swallow(cluster: Cluster, apiKey: number): () => number {
  const { brokers: all } = (
    cluster as unknown as { brokerPool: { brokers: Record<string, { connectionPool: { pool: [{ socket?: Socket }] } }> } }
  ).brokerPool
  let taken = 0
  for (const { connectionPool } of Object.values(all)) {
    const { socket } = connectionPool.pool[0]
    if (socket === undefined) continue
    const write = socket.write.bind(socket)
    socket.write = (bytes: Buffer, ...rest: []) => {
      if (taken > 0 || bytes.readInt16BE(4) !== apiKey) return write(bytes, ...rest)
      taken++
      return true
    }
  }
  return () => taken
}

/** Where the error code of an answer to EndTxn is: behind size, correlation id, tags and throttle time. */
const codeAt = 13
const coordinatorNotAvailable = 15

/**
 * Puts COORDINATOR_NOT_AVAILABLE in the place of the next answer to an EndTxn, and breaks the connection behind it, as a coordinator does that cannot replicate
 * the end in time, and dies with the end in its log. Returns a function that returns the number of such answers.
 */
function refuseEnd(cluster: Cluster): () => number {
  const { brokers: all } = (
    cluster as unknown as { brokerPool: { brokers: Record<string, { connectionPool: { pool: [{ socket?: Socket }] } }> } }
  ).brokerPool
  let altered = 0
  for (const { connectionPool } of Object.values(all)) {
    const { socket } = connectionPool.pool[0]
    if (socket === undefined) continue
    let waited: number | undefined
    const write = socket.write.bind(socket)
    socket.write = (bytes: Buffer, ...rest: []) => {
      if (altered === 0 && bytes.readInt16BE(4) === 26) waited = bytes.readInt32BE(8)
      return write(bytes, ...rest)
    }
    const emit = socket.emit.bind(socket) as (...parts: readonly unknown[]) => boolean
    socket.emit = (event: string, ...parts: readonly unknown[]) => {
      const [bytes] = parts
      if (event !== 'data' || !Buffer.isBuffer(bytes) || waited === undefined || bytes.readInt32BE(4) !== waited)
        return emit(event, ...parts)
      waited = undefined
      altered++
      bytes.writeInt16BE(coordinatorNotAvailable, codeAt)
      const emitted = emit(event, ...parts)
      socket.destroy()
      return emitted
    }
  }
  return () => altered
}

function run(kafka: Kafka): void {
  const test = suite<Context>('transactions with their own epochs')

  test.before.each(async context => {
    Object.assign(context, await openTransactionTopic(kafka, 'epochs'))
    context.transactions = await opened(context)
  })
  test.after.each(closeTransactionTopic)

  /** The transactional id and the group have the name of the topic. */
  const opened = ({ cluster, topic }: Context): Promise<EpochTransactions> =>
    EpochTransactions.open(cluster, { transactionalId: topic, groupId: topic, timeoutMs: 10_000 })
  const offsets = (topic: string, offset: number) => ({
    ...anyMember,
    topics: [{ topic, partitions: [{ partition: 0, offset: String(offset) }] }],
  })
  const seen = (topic: string): Promise<string[]> => visibleTexts(kafka, topic, 'end')
  const transactionCoordinator = ({ cluster, topic }: Context): CoordinatorLookup => new CoordinatorLookup(cluster, 'transaction', topic)
  const stable = ({ cluster, topic }: Context): Promise<number | undefined> =>
    new CoordinatorLookup(cluster, 'group', topic).ask(
      async coordinator => (await fetchStableOffsets(coordinator, topic, { [topic]: [0] })).get(topic)?.get(0)?.offset,
      soon(),
    )
  const failureOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => '',
      error => protocolErrorOf(error) ?? String(error),
    )

  test('records and offsets become visible together, and each end raises the epoch', async context => {
    const { cluster, topic, transactions } = context
    assert.ok(await speaksEpochTransactions(cluster))
    const { epoch, producerId } = transactions.identity
    assert.equal(await transactions.write(records(topic, 'a', 'b')), new Map([0, 1].map(partition => [`${topic}-${partition}`, 0])))
    assert.equal(await transactions.write(records(topic, 'c')), new Map([0, 1].map(partition => [`${topic}-${partition}`, 2])))
    await transactions.commitOffsets(offsets(topic, 7))
    assert.is(await stable(context), undefined)
    assert.equal(await seen(topic), [])
    await transactions.end(true)
    assert.equal(transactions.identity, { producerId, epoch: epoch + 1 })
    assert.is(
      (
        await eventually(
          () => seen(topic),
          texts => texts.length === 6,
        )
      ).length,
      6,
    )
    assert.is(
      await eventually(
        () => stable(context),
        offset => offset === 7,
      ),
      7,
    )
    await transactions.write(records(topic, 'aborted'))
    await transactions.commitOffsets(offsets(topic, 8))
    await transactions.end(false)
    await transactions.write(records(topic, 'd'))
    await transactions.end(true)
    assert.is(
      (
        await eventually(
          () => seen(topic),
          texts => texts.length === 8,
        )
      ).length,
      8,
    )
    assert.equal(await seen(topic), ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd'])
    await holds(async () => assert.is(await stable(context), 7))
  })

  test('the end of a transaction may be repeated if its answer is lost', async context => {
    const { topic, transactions } = context
    await transactions.write(records(topic, 'a'))
    const { identity } = transactions
    const coordinator = transactionCoordinator(context)
    const end = (commit: boolean) => coordinator.ask(each => endTransaction(each, topic, identity, commit), soon())
    const next = await end(true)
    assert.equal(await end(true), next)
    assert.ok(await failureOf(end(false)), 'it cannot be aborted any more')
    assert.is(
      (
        await eventually(
          () => seen(topic),
          texts => texts.length === 2,
        )
      ).length,
      2,
    )
  })

  for (const [name, apiKey] of [
    ['records', 0],
    ['offsets', 28],
    ['its end', 26],
  ] as const)
    test(`${name}: a request without an answer is repeated on another connection, within the timeout of the transaction`, async context => {
      const { cluster, topic, transactions } = context
      await transactions.write(records(topic, 'a'))
      await transactions.commitOffsets(offsets(topic, 1))
      await transactions.end(true)
      await transactions.commitOffsets(offsets(topic, 2))
      const swallowed = swallow(cluster, apiKey)
      const began = performance.now()
      await transactions.write(records(topic, 'b'))
      await transactions.commitOffsets(offsets(topic, 2))
      await transactions.end(true)
      assert.is(swallowed(), 1)
      assert.ok(performance.now() - began < 9000, `${performance.now() - began} ms`)
      assert.equal(
        await eventually(
          () => seen(topic),
          texts => texts.length === 4,
        ),
        ['a', 'a', 'b', 'b'],
      )
      await holds(async () => assert.is(await stable(context), 2))
    })

  test('a transaction does not begin on another connection: its coordinator may have forgotten the last end', async context => {
    const { cluster, topic, transactions } = context
    await transactions.write(records(topic, 'a'))
    await transactions.end(true)
    swallow(cluster, 0)
    assert.match(await failureOf(transactions.write(records(topic, 'b'))), /connection to the transaction coordinator was lost/)
  })

  test('nor after an end that was asked for twice, on two connections: the first of them may have gone with a broker that forgot it', async context => {
    const { cluster, topic, transactions } = context
    await transactions.write(records(topic, 'a'))
    const swallowed = swallow(cluster, 26)
    await transactions.end(true)
    assert.is(swallowed(), 1)
    assert.not(transactions.settled)
    assert.match(await failureOf(transactions.write(records(topic, 'b'))), /connection to the transaction coordinator was lost/)
    await transactions.take()
    assert.ok(transactions.settled)
    await transactions.write(records(topic, 'c'))
    await transactions.end(true)
    assert.ok(transactions.settled)
  })

  test('nor after one that was asked for again because the coordinator was said to be away: it may have begun to write the end', async context => {
    const { cluster, topic, transactions } = context
    await transactions.write(records(topic, 'a'))
    const altered = refuseEnd(cluster)
    await transactions.end(true)
    assert.is(altered(), 1)
    assert.not(transactions.settled)
    await transactions.take()
    await transactions.write(records(topic, 'b'))
    await transactions.end(true)
    assert.equal(
      await eventually(
        () => seen(topic),
        texts => texts.length === 4,
      ),
      ['a', 'a', 'b', 'b'],
    )
  })

  test('records that are too large for one request are sent in several', async ({ admin, topic, transactions }) => {
    const large = `${topic}-large`
    const [partitions, bytes] = [14, 8_000_000]
    await createTopics(admin, [
      { topic: large, numPartitions: partitions, configEntries: [{ name: 'max.message.bytes', value: String(bytes + 1000) }] },
    ])
    try {
      const messages = [{ value: Buffer.alloc(bytes), timestamp: 1 }]
      const all = Array.from({ length: partitions }, (_, partition) => ({ topic: large, partition, messages }))
      assert.is((await transactions.write(all)).size, partitions)
      await transactions.end(true)
    } finally {
      await admin.deleteTopics({ topics: [large] })
    }
  })

  test('the new owner of the id aborts the open transaction and fences the former owner', async context => {
    const { cluster, topic, transactions } = context
    await transactions.write(records(topic, 'a'))
    const all = (cluster as unknown as { brokerPool: { brokers: Record<string, WireBroker> } }).brokerPool.brokers
    const listed = (await Promise.all(Object.values(all).map(broker => listTransactions(broker, openStates)))).flat()
    assert.equal(
      listed.filter(({ transactionalId }) => transactionalId === topic),
      [{ transactionalId: topic, producerId: transactions.identity.producerId, state: 'Ongoing' }],
    )
    await transactionCoordinator(context).ask(coordinator => initProducerId(coordinator, topic, 10_000), soon())
    assert.match(await failureOf(transactions.commitOffsets(offsets(topic, 1))), /PRODUCER_EPOCH|FENCED/)
    const next = await opened(context)
    await next.write(records(topic, 'b'))
    await next.end(true)
    assert.is(
      (
        await eventually(
          () => seen(topic),
          texts => texts.length === 2,
        )
      ).length,
      2,
    )
    assert.equal(await seen(topic), ['b', 'b'])
    assert.match(await failureOf(transactions.end(true)), /PRODUCER_EPOCH|FENCED/)
  })

  test('offsets of a member that the group does not know are refused', async ({ topic, transactions }) => {
    await transactions.write(records(topic, 'a'))
    const foreign = { ...offsets(topic, 1), memberId: 'nobody', generationId: 3 }
    assert.match(await failureOf(transactions.commitOffsets(foreign)), /UNKNOWN_MEMBER_ID|ILLEGAL_GENERATION/)
    await transactions.abandon()
    assert.equal(await seen(topic), [])
  })

  if (process.env['SLUICE_TEST_EPOCHS'] === undefined)
    console.log('skipped: all epochs of a producer: SLUICE_TEST_EPOCHS=1 uses them up, which takes a minute')
  else
    test('after the last epoch the producer gets another id, with which transactions work', async context => {
      const { topic, transactions } = context
      const { producerId } = transactions.identity
      await transactions.write(records(topic, 'first'))
      await transactions.end(true)
      // An end raises the epoch even if nothing was written.
      while (transactions.identity.producerId === producerId) await transactions.end(false)
      assert.is(transactions.identity.epoch, 0)
      await transactions.write(records(topic, 'last'))
      await transactions.commitOffsets(offsets(topic, 9))
      await transactions.end(true)
      assert.equal(
        await eventually(
          () => seen(topic),
          texts => texts.length === 4,
        ),
        ['first', 'first', 'last', 'last'],
      )
    })

  test.run()
}
