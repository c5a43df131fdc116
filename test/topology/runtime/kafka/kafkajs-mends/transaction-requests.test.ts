import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { gatherPartitions, type TransactionManager } from '../../../../../topology/runtime/kafka/kafkajs-mends/transaction-requests.ts'

const test = suite('requests of transactions')

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

test('partitions of simultaneous sends are added in one request, those of later sends in another', async () => {
  const { manager, requests } = managed()
  await Promise.all(['a', 'b', 'c'].map(topic => manager.addPartitionsToTransaction(partition(topic))))
  await manager.addPartitionsToTransaction(partition('d'))
  assert.equal(requests, ['a b c', 'd'])
  await manager.acquireBrokerLock('any')
})

test('a failed request fails all its sends', async () => {
  const fenced = Object.assign(new Error('fenced'), { type: 'INVALID_PRODUCER_EPOCH' })
  const { manager, requests } = managed([fenced])
  const outcomes = await Promise.allSettled(['a', 'b'].map(topic => manager.addPartitionsToTransaction(partition(topic))))
  assert.equal(requests, ['a b'])
  assert.equal(
    outcomes.map(outcome => (outcome.status === 'rejected' ? outcome.reason : 'fulfilled')),
    [fenced, fenced],
  )
  await manager.addPartitionsToTransaction(partition('c'))
  assert.equal(requests.at(-1), 'c')
})

test.run()
