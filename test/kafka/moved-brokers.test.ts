import * as assert from 'uvu/assert'
import { clusterSuite, countsAreWhole, places, roundTrip } from './counting-cluster.ts'

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

test('the coordinator is killed and stays away for longer than a session: the member stays in its group', async context => {
  const { cluster } = context
  const before = context.assigned
  const { coordinator } = await places(context)
  await cluster.kill(coordinator)
  const until = performance.now() + 15_000
  while (performance.now() < until) await roundTrip(context)
  assert.is(context.assigned, before)
  await cluster.start(coordinator)
  await countsAreWhole(context)
})

test.run()
