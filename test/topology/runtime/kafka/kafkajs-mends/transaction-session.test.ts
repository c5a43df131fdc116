import { Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isPassing } from '../../../../../topology/runtime/kafka/kafka-client.ts'
import type { CoordinatorBroker } from '../../../../../topology/runtime/kafka/kafkajs-mends/coordinator-broker.ts'
import { anHour, withClock } from '../../../../support/set-clock.ts'
import { TransactionLostError, TransactionSession } from '../../../../../topology/runtime/kafka/kafkajs-mends/transaction-session.ts'

/**
 * What real brokers do in bad moments only, on order: that the session asks real ones right is for test/kafka/transaction-session.test.ts to show.
 */
class Coordinator {
  readonly asked: string[] = []
  lookups = 0
  clock = 0
  /** The next answers: errors by Kafka's name; then everything is well. */
  readonly failures: string[] = []
  #pool = [{ socket: new Socket(), isConnected: () => true }]
  readonly session = new TransactionSession(
    {
      findGroupCoordinator: () => {
        this.lookups++
        return Promise.resolve(this.#broker)
      },
    },
    { transactionalId: 'id', timeoutMs: 10_000, now: () => this.clock },
  )
  readonly #ask = (name: string) => (): Promise<unknown> => {
    this.asked.push(name)
    const failure = this.failures.shift()
    this.clock += 10
    if (failure === undefined) return Promise.resolve('done')
    return Promise.reject(Object.assign(new Error(failure), failure.startsWith('KafkaJS') ? { name: failure } : { type: failure }))
  }
  readonly #broker = {
    ...Object.fromEntries(
      ['initProducerId', 'addPartitionsToTxn', 'addOffsetsToTxn', 'txnOffsetCommit', 'endTxn'].map(name => [name, this.#ask(name)]),
    ),
    isConnected: () => true,
    connectionPool: { pool: this.#pool, send: () => Promise.resolve() },
    versions: null,
  } as unknown as CoordinatorBroker

  /** kafkajs' broker has connected again, and looks as before. */
  async reconnect(): Promise<void> {
    const [first] = this.#pool
    if (first === undefined) return
    const closed = new Promise(resolve => first.socket.once('close', resolve))
    first.socket.destroy()
    await closed
    first.socket = new Socket()
  }

  async commitOne(): Promise<void> {
    for (const [name, request] of requests) await this.session.ask(name, request)
  }
}

const test = suite('a transaction session')

/** Of one transaction, in order. */
const requests = [
  ['addPartitionsToTxn', {}],
  ['addOffsetsToTxn', {}],
  ['txnOffsetCommit', { groupId: 'g' }],
  ['endTxn', { transactionResult: true }],
] as const

async function taken(): Promise<Coordinator> {
  const coordinator = new Coordinator()
  await coordinator.session.ask('initProducerId', {})
  return coordinator
}

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

test('coordinators are looked up once for consecutive transactions', async () => {
  const coordinator = await taken()
  for (let i = 0; i < 3; i++) await coordinator.commitOne()
  assert.is(coordinator.lookups, 2, 'one for transactions, one for the group')
})

for (const failure of ['NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'GROUP_LOAD_IN_PROGRESS']) {
  test(`${failure}: a transaction is not begun on another connection`, async () => {
    const coordinator = await taken()
    coordinator.failures.push(failure)
    const error = await refusal(coordinator.session.ask('addPartitionsToTxn', {}))
    assert.instance(error, TransactionLostError)
    assert.ok(isPassing(error))
    assert.equal(coordinator.asked, ['initProducerId', 'addPartitionsToTxn'])
  })

  for (const [name, request] of requests) {
    test(`${failure}: ${name} of a begun transaction is repeated at the coordinator that is looked up`, async () => {
      const coordinator = await taken()
      await coordinator.session.ask('addPartitionsToTxn', {})
      const { lookups } = coordinator
      coordinator.failures.push(failure, failure)
      assert.is(await coordinator.session.ask(name, request), 'done')
      assert.ok(coordinator.lookups >= lookups + 2)
      assert.equal(coordinator.asked.slice(2), [name, name, name])
    })
  }
}

for (const failure of ['KafkaJSConnectionClosedError', 'KafkaJSConnectionError', 'KafkaJSRequestTimeoutError']) {
  for (const [at, name] of ['addOffsetsToTxn', 'txnOffsetCommit', 'endTxn'].entries()) {
    test(`${failure}: ${name} may arrive late, so the id is taken again before the next transaction`, async () => {
      const coordinator = await taken()
      await coordinator.session.ask('addPartitionsToTxn', {})
      for (const [turn, [next, request]] of requests.slice(1).entries()) {
        if (turn === at) coordinator.failures.push(failure)
        await coordinator.session.ask(next, request)
      }
      assert.equal(coordinator.asked.filter(each => each === name).length, 2)
      assert.instance(await refusal(coordinator.session.ask('addPartitionsToTxn', {})), TransactionLostError)
      coordinator.session.forget()
      await coordinator.session.ask('initProducerId', {})
      await coordinator.commitOne()
      await coordinator.commitOne()
    })
  }
}

test('requests are retried until the transaction times out', async () => {
  const coordinator = await taken()
  await coordinator.session.ask('addPartitionsToTxn', {})
  coordinator.failures.push(...Array.from({ length: 2000 }, () => 'NOT_COORDINATOR_FOR_GROUP'))
  coordinator.clock = 9950
  assert.is(((await refusal(coordinator.session.ask('endTxn', { transactionResult: true }))) as Error).message, 'NOT_COORDINATOR_FOR_GROUP')
  assert.ok(coordinator.clock < 10_100)
})

test('after the timeout of the transaction no request of it is sent, not even its end', async () => {
  const coordinator = await taken()
  await coordinator.session.ask('addPartitionsToTxn', {})
  coordinator.clock += 10_000
  for (const [name, request] of requests) assert.instance(await refusal(coordinator.session.ask(name, request)), TransactionLostError, name)
  assert.equal(coordinator.asked, ['initProducerId', 'addPartitionsToTxn'])
})

test('while the coordinator completes the previous transaction, requests are repeated on the same connection', async () => {
  const coordinator = await taken()
  await coordinator.commitOne()
  coordinator.failures.push('CONCURRENT_TRANSACTIONS', 'CONCURRENT_TRANSACTIONS')
  await coordinator.commitOne()
  await coordinator.commitOne()
  coordinator.failures.push('CONCURRENT_TRANSACTIONS')
  const begin = refusal(coordinator.session.ask('addPartitionsToTxn', {}))
  await coordinator.reconnect()
  assert.instance(await begin, TransactionLostError)
})

test('a connection that is lost long after its last answer can be replaced; one that is lost soon after cannot', async () => {
  const coordinator = await taken()
  await coordinator.commitOne()
  coordinator.clock += 60_000
  await coordinator.reconnect()
  await coordinator.commitOne()
  coordinator.clock += 59_000
  await coordinator.reconnect()
  coordinator.clock += 600_000
  assert.instance(await refusal(coordinator.session.ask('addPartitionsToTxn', {})), TransactionLostError)
})

test('a fencing error is thrown unchanged, not treated as a move', async () => {
  const coordinator = await taken()
  coordinator.failures.push('INVALID_PRODUCER_EPOCH')
  assert.is(((await refusal(coordinator.session.ask('addPartitionsToTxn', {}))) as Error).message, 'INVALID_PRODUCER_EPOCH')
})

test('a transaction needs a taken id to begin, and a begin to end', async () => {
  const coordinator = new Coordinator()
  assert.instance(await refusal(coordinator.session.ask('addOffsetsToTxn', {})), TransactionLostError)
  assert.instance(await refusal(coordinator.session.ask('endTxn', { transactionResult: true })), TransactionLostError)
  assert.equal(coordinator.asked, [])
})

test('a transaction times out even if the clock is set back', async () => {
  const coordinator = {
    endTxn: () => Promise.resolve(),
    addPartitionsToTxn: () => Promise.resolve(),
    initProducerId: () => Promise.resolve(),
  }
  const broker = { ...coordinator, isConnected: () => true, connectionPool: { pool: [{ socket: new Socket(), isConnected: () => true }] } }
  const session = new TransactionSession(
    { findGroupCoordinator: () => Promise.resolve(broker as unknown as CoordinatorBroker) },
    { transactionalId: 'id', timeoutMs: 1000 },
  )
  await session.ask('initProducerId', {})
  await session.ask('addPartitionsToTxn', {})
  await withClock(-anHour, async () => {
    await new Promise(resolve => setTimeout(resolve, 1010))
    const error = await session.ask('endTxn', {}).catch((thrown: unknown) => thrown)
    assert.instance(error, TransactionLostError)
  })
})

test.run()
