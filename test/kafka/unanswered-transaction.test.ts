import { Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { memberTransactionalId, ThreadTransactions } from '../../topology/runtime/commit/index.ts'
import { createKafka, type Kafka } from '../../topology/runtime/kafka/kafka-client.ts'
import { addOffsetsToTxnKey, addPartitionsToTxnKey, endTxnKey, initProducerIdKey, txnOffsetCommitKey } from './cut-request.ts'
import { closeTransactionTopic, openTransactionTopic, textsFor, visibleTexts, type TransactionTopic } from './transaction-topic.ts'

const brokers = process.env['KAFKA_BROKERS']
const produceKey = 0
/** Where the size of a request ends, its key follows. */
const keyAt = 4

interface WithSockets {
  readonly brokerPool: {
    readonly brokers: Readonly<Record<string, { readonly connectionPool: { readonly pool: readonly { readonly socket?: Socket }[] } }>>
  }
}

/**
 * Once it is `armed`, breaks the connection at the next request of a kind, before or after it is sent; `cut` then says so. Of the connections that are made from now
 * on. `end` ends this.
 */
function cutRequests(apiKey: number, moment: 'before' | 'after'): { armed: boolean; cut: boolean; readonly end: () => void } {
  const sockets = Socket.prototype as { write: (this: Socket, bytes: unknown, ...more: readonly unknown[]) => boolean }
  const { write } = sockets
  const state = { armed: false, cut: false, end: () => void (sockets.write = write) }
  sockets.write = function (bytes, ...more) {
    const isNext = state.armed && Buffer.isBuffer(bytes) && bytes.length > keyAt + 2 && bytes.readInt16BE(keyAt) === apiKey
    if (!isNext) return write.call(this, bytes, ...more)
    state.armed = false
    state.cut = true
    if (moment === 'after') return write.call(this, bytes, () => this.destroy(new Error('cut')))
    this.destroy(new Error('cut'))
    return false
  }
  return state
}

/**
 * Swallows the next request of each kind in `left`, as if a broker that answers others waited for a frozen one; of the connections that are made from now
 * on. The kinds of all others are in `sent`. `end` ends this.
 */
function swallowRequests(way: 'wait' | 'cut' = 'wait'): {
  readonly left: Set<number>
  readonly sent: Set<number>
  readonly end: () => void
} {
  const left = new Set<number>()
  const sent = new Set<number>()
  const sockets = Socket.prototype as { write: (this: Socket, bytes: unknown, ...more: readonly unknown[]) => boolean }
  const { write } = sockets
  sockets.write = function (bytes, ...more) {
    if (Buffer.isBuffer(bytes) && bytes.length > keyAt + 2) {
      const key = bytes.readInt16BE(keyAt)
      if (left.delete(key)) return way === 'wait' || this.destroy().writable
      sent.add(key)
    }
    return write.call(this, bytes, ...more)
  }
  return { left, sent, end: () => (sockets.write = write) }
}

function run(kafka: Kafka): void {
  const test = suite<TransactionTopic>('a transaction whose requests are not answered')
  test.before.each(async context => {
    Object.assign(context, await openTransactionTopic(kafka, 'unanswered'))
  })
  test.after.each(closeTransactionTopic)

  for (const keys of [[produceKey, txnOffsetCommitKey], [endTxnKey]])
    test(`goes on when they are sent again: ${keys.join(', ')}`, async ({ topic: app }) => {
      const member = () => ({ memberId: '', generationId: -1 })
      const options = { transactionalId: memberTransactionalId(app, 'waiting'), groupId: app, timeoutMs: 30_000, member }
      const position = (offset: number) => [{ topic: app, partition: 0, offset }]
      const { left, end } = swallowRequests()
      const transactions = await ThreadTransactions.open(kafka, options)
      try {
        assert.ok(transactions)
        const first = await transactions.producer().commit([textsFor(app, 0, 'a')], position(1))
        for (const key of keys) left.add(key)
        const second = await first.next.commit([textsFor(app, 0, 'b')], position(2))
        assert.is(left.size, 0)
        await second.next.commit([textsFor(app, 0, 'c')], position(3))
        assert.equal(await visibleTexts(kafka, app, 'logEnd'), ['a', 'b', 'c'])
      } finally {
        end()
        await transactions?.close()
      }
    })

  test('goes on when the connection is lost between two commits, and again while the id is taken anew', async ({ topic: app }) => {
    const member = () => ({ memberId: '', generationId: -1 })
    const options = { transactionalId: memberTransactionalId(app, 'moving'), groupId: app, timeoutMs: 30_000, member }
    const position = (offset: number) => [{ topic: app, partition: 0, offset }]
    const transactions = await ThreadTransactions.open(kafka, options)
    assert.ok(transactions)
    const { brokers: known } = (transactions.cluster as unknown as WithSockets).brokerPool
    for (const { connectionPool } of Object.values(known)) connectionPool.pool[0]?.socket?.destroy()
    const { left, end } = swallowRequests('cut')
    try {
      left.add(initProducerIdKey)
      await transactions.producer().commit([textsFor(app, 0, 'a')], position(1))
      assert.is(left.size, 0)
      assert.equal(await visibleTexts(kafka, app, 'logEnd'), ['a'])
    } finally {
      end()
      await transactions.close()
    }
  })

  test('the end of a transaction with offsets only is made once more, where its coordinator may have forgotten it', async ({
    topic: app,
  }) => {
    const options = {
      transactionalId: memberTransactionalId(app, 'offsets'),
      groupId: app,
      timeoutMs: 30_000,
      member: () => ({ memberId: '', generationId: -1 }),
    }
    const position = (offset: number) => [{ topic: app, partition: 0, offset }]
    const { left, sent, end } = swallowRequests()
    const transactions = await ThreadTransactions.open(kafka, options)
    try {
      assert.ok(transactions)
      left.add(endTxnKey)
      const first = await transactions.producer().commit([], position(1))
      assert.is(left.size, 0)
      assert.not.ok(sent.has(addOffsetsToTxnKey))
      await first.next.commit([textsFor(app, 0, 'a')], position(2))
      assert.ok(sent.has(addOffsetsToTxnKey))
    } finally {
      end()
      await transactions?.close()
    }
  })

  for (const key of [initProducerIdKey, addPartitionsToTxnKey, addOffsetsToTxnKey, endTxnKey])
    for (const moment of ['before', 'after'] as const)
      test(`making the last end once more goes on when the connection is lost in the middle of it: request ${key}, ${moment} it is sent`, async ({
        topic: app,
      }) => {
        const member = () => ({ memberId: '', generationId: -1 })
        const options = { transactionalId: memberTransactionalId(app, 'cut'), groupId: app, timeoutMs: 30_000, member }
        const position = (offset: number) => [{ topic: app, partition: 0, offset }]
        const { left, end } = swallowRequests()
        const cutting = cutRequests(key, moment)
        const transactions = await ThreadTransactions.open(kafka, options)
        try {
          assert.ok(transactions)
          left.add(endTxnKey)
          const first = await transactions.producer().commit([textsFor(app, 0, 'a')], position(1))
          assert.is(left.size, 0)
          cutting.armed = true
          const second = await first.next.commit([textsFor(app, 0, 'b')], position(2))
          assert.ok(cutting.cut)
          await second.next.commit([textsFor(app, 0, 'c')], position(3))
          assert.equal(await visibleTexts(kafka, app, 'logEnd'), ['a', 'b', 'c'])
        } finally {
          cutting.end()
          end()
          await transactions?.close()
        }
      })

  test('an end that the coordinator may have forgotten is made once more before others wait for it in vain', async ({ topic: app }) => {
    const member = () => ({ memberId: '', generationId: -1 })
    const options = { transactionalId: memberTransactionalId(app, 'idle'), groupId: app, timeoutMs: 30_000, member }
    const { left, sent, end } = swallowRequests()
    const transactions = await ThreadTransactions.open(kafka, options)
    try {
      assert.ok(transactions)
      left.add(endTxnKey)
      const { next } = await transactions.producer().commit([textsFor(app, 0, 'a')], [{ topic: app, partition: 0, offset: 1 }])
      await transactions.settle()
      assert.ok(sent.has(addOffsetsToTxnKey))
      sent.clear()
      await transactions.settle()
      await next.commit([textsFor(app, 0, 'b')], [{ topic: app, partition: 0, offset: 2 }])
      assert.not(sent.has(addOffsetsToTxnKey))
      assert.equal(await visibleTexts(kafka, app, 'logEnd'), ['a', 'b'])
    } finally {
      end()
      await transactions?.close()
    }
  })

  test.run()
}

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(createKafka({ brokers: brokers.split(','), clientId: 'test' }))
