import { clusterSuite, countsAreWhole, places, roundTrip } from './counting-cluster.ts'

const test = clusterSuite('three brokers, of which one freezes')

for (const role of ['leader', 'coordinator'] as const) {
  test(`the ${role} freezes: results come before it thaws, and it is not asked again and again`, async context => {
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
