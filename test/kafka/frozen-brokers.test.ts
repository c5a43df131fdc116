import { clusterSuite, countsAreWhole, places, roundTrip } from './counting-cluster.ts'

const test = clusterSuite('three brokers, of which one is suspended')

test('the coordinator, which leads partitions too, is suspended: results come before it continues', async context => {
  const { cluster } = context
  const { coordinator } = await places(context)
  cluster.freeze(coordinator)
  try {
    await roundTrip(context)
  } finally {
    cluster.thaw(coordinator)
  }
  await roundTrip(context)
  await countsAreWhole(context)
})

test.run()
