import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isPassing } from '../../../../topology/runtime/kafka-clients.ts'
import {
  gatherPartitions,
  rememberCoordinators,
  type Coordinator,
  type CoordinatorQuery,
  type TransactionManager,
} from '../../../../topology/runtime/kafkajs-mends/transaction-requests.ts'

const test = suite('requests of transactions')

interface Asked {
  readonly cluster: ReturnType<typeof rememberCoordinators>
  /** Look-ups, by group or transactional id. */
  readonly lookups: string[]
  readonly broker: { connected: boolean; failure: Error | undefined }
  readonly clock: { now: number }
}

function asked(): Asked {
  const lookups: string[] = []
  const broker: Asked['broker'] = { connected: true, failure: undefined }
  const answer = (): Promise<unknown> => (broker.failure === undefined ? Promise.resolve('done') : Promise.reject(broker.failure))
  const coordinator: Coordinator = {
    initProducerId: answer,
    addPartitionsToTxn: answer,
    addOffsetsToTxn: answer,
    txnOffsetCommit: answer,
    endTxn: answer,
    isConnected: () => broker.connected,
  }
  const clock = { now: 0 }
  const plain = {
    refreshMetadataIfNecessary: () => Promise.resolve(),
    findControllerBroker: () => Promise.resolve('controller'),
    findGroupCoordinator: ({ groupId, coordinatorType }: CoordinatorQuery) => {
      lookups.push(`${groupId} ${coordinatorType}`)
      return Promise.resolve(coordinator)
    },
  }
  return { cluster: rememberCoordinators(plain, () => clock.now), lookups, broker, clock }
}

const transaction: CoordinatorQuery = { groupId: 'id', coordinatorType: 1 }

test('a coordinator is looked up once, each kind by itself', async () => {
  const { cluster, lookups } = asked()
  for (let i = 0; i < 3; i++) {
    assert.is(await (await cluster.findGroupCoordinator(transaction)).endTxn({}), 'done')
    await cluster.findGroupCoordinator({ groupId: 'id', coordinatorType: 0 })
  }
  assert.equal(lookups, ['id 1', 'id 0'])
})

test('it is looked up anew when it says that it is another one, and not for having to wait', async () => {
  const { cluster, lookups, broker } = asked()
  const found = await cluster.findGroupCoordinator(transaction)
  broker.failure = Object.assign(new Error('wait'), { type: 'CONCURRENT_TRANSACTIONS' })
  await found.addOffsetsToTxn({}).catch(() => undefined)
  await cluster.findGroupCoordinator(transaction)
  assert.is(lookups.length, 1)
  broker.failure = Object.assign(new Error('moved'), { type: 'NOT_COORDINATOR' })
  assert.is(await found.txnOffsetCommit({}).catch((error: unknown) => error), broker.failure)
  await cluster.findGroupCoordinator(transaction)
  assert.is(lookups.length, 2)
})

test("a transaction coordinator's connection that is lost soon after a request is an end; a group's, or an idle one, is not", async () => {
  const { cluster, lookups, broker, clock } = asked()
  const group = { ...transaction, coordinatorType: 0 }
  await (await cluster.findGroupCoordinator(transaction)).endTxn({})
  await cluster.findGroupCoordinator(group)
  broker.connected = false
  clock.now += 59_000
  const failure = await cluster.findGroupCoordinator(transaction).catch((error: unknown) => error)
  assert.ok(isPassing(failure))
  assert.is((failure as { retriable?: boolean }).retriable, false)
  await cluster.findGroupCoordinator(group)
  assert.equal(lookups, ['id 1', 'id 0', 'id 0'])
  clock.now += 1000
  await cluster.findGroupCoordinator(transaction)
  assert.is(lookups.at(-1), 'id 1')
})

test('a connection that breaks under a request is lost too', async () => {
  const { cluster, lookups, broker } = asked()
  const found = await cluster.findGroupCoordinator(transaction)
  await found.initProducerId({})
  broker.failure = new Error('Closed connection')
  broker.connected = false
  await found.addPartitionsToTxn({}).catch(() => undefined)
  assert.instance(await cluster.findGroupCoordinator(transaction).catch((error: unknown) => error), Error)
  assert.is(lookups.length, 1)
})

const partition = (topic: string): readonly [{ topic: string; partitions: { partition: number }[] }] => [
  { topic, partitions: [{ partition: 0 }] },
]

function managed(failures: readonly Error[] = []): { manager: TransactionManager; requests: string[] } {
  const left = [...failures]
  const requests: string[] = []
  const manager: TransactionManager = {
    addPartitionsToTransaction: topics => {
      requests.push(topics.map(({ topic }) => topic).join(' '))
      const failure = left.shift()
      return failure === undefined ? Promise.resolve() : Promise.reject(failure)
    },
    acquireBrokerLock: () => Promise.reject(new Error('waits')),
    releaseBrokerLock: () => undefined,
  }
  return { manager: gatherPartitions(manager), requests }
}

test('partitions of sends that begin together are added together, those of later ones later', async () => {
  const { manager, requests } = managed()
  await Promise.all(['a', 'b', 'c'].map(topic => manager.addPartitionsToTransaction(partition(topic))))
  await manager.addPartitionsToTransaction(partition('d'))
  assert.equal(requests, ['a b c', 'd'])
  await manager.acquireBrokerLock('any')
})

test('while the transaction before is completed they are added again; anything else fails all of the sends', async () => {
  const concurrent = Object.assign(new Error('wait'), { type: 'CONCURRENT_TRANSACTIONS' })
  const fenced = Object.assign(new Error('fenced'), { type: 'INVALID_PRODUCER_EPOCH' })
  const { manager, requests } = managed([concurrent, concurrent, fenced])
  const outcomes = await Promise.allSettled(['a', 'b'].map(topic => manager.addPartitionsToTransaction(partition(topic))))
  assert.equal(requests, ['a b', 'a b', 'a b'])
  assert.equal(
    outcomes.map(outcome => (outcome.status === 'rejected' ? outcome.reason : 'fulfilled')),
    [fenced, fenced],
  )
  await manager.addPartitionsToTransaction(partition('c'))
  assert.equal(requests.at(-1), 'c')
})

test.run()
