import { clusterSuite, countsAreWhole, places, roundTrip } from './counting-cluster.ts'

const test = clusterSuite('three brokers, of which one is suspended')

for (const role of ['leader', 'coordinator'] as const) {
  test(`the ${role} is suspended: results come before it continues, and it gets no repeated requests`, async context => {
    const { cluster } = context
    const index = (await places(context))[role]
    cluster.freeze(index)
    try {
      await roundTrip(context)
    } finally {
      cluster.thaw(index)
    }
    await roundTrip(context)
    await countsAreWhole(context)
  })
}

test.run()
