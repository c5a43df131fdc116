import * as assert from 'uvu/assert'
import { clusterSuite, countsAreWhole, places, roundTrip, sessionTimeoutMs } from './counting-cluster.ts'

const test = clusterSuite('three brokers, of which one stays away')

test('the coordinator is killed and stays away for longer than a session: the member stays in its group', async context => {
  const { cluster } = context
  const before = context.assigned
  const { coordinator } = await places(context)
  await cluster.kill(coordinator)
  const until = performance.now() + sessionTimeoutMs + 2000
  while (performance.now() < until) await roundTrip(context)
  assert.is(context.assigned, before)
  await cluster.start(coordinator)
  await countsAreWhole(context)
})

test.run()
