import * as assert from 'uvu/assert'
import { clusterSuite, countsAreWhole, roundTrip } from './counting-cluster.ts'

const test = clusterSuite('three brokers, of which one stops')

test('brokers are restarted one by one: the group does not rebalance, and nothing is lost or doubled', async context => {
  const { cluster } = context
  const before = context.assigned
  for (const index of [0, 1, 2]) {
    await cluster.stop(index)
    await roundTrip(context)
    await cluster.start(index)
    await roundTrip(context)
  }
  await countsAreWhole(context)
  assert.is(context.assigned, before, 'no partition was assigned anew')
})

test.run()
