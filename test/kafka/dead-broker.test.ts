import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { SluiceStreams, waitForBroker } from '../../topology/runtime/index.ts'
import { KafkaCluster } from '../../cli/kafka/kafka-cluster.ts'
import { createTopology } from './counting-topology.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const test = suite<{ dir: string }>('three brokers, one of them dead')
test.before.each(async context => {
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-dead-'))
})
test.after.each(({ dir }) => rm(dir, { recursive: true, force: true }))

if (process.env['KAFKA_BROKERS'] === undefined) console.log('skipped: no KAFKA_BROKERS')
else {
  test('the broker with the lowest id dies, with the only replica of a foreign topic: running instances continue, and new ones can start', async ({
    dir,
  }) => {
    const cluster = await KafkaCluster.start({ dir })
    const fixture = new KafkaFixture(cluster.brokers.join(','))
    const failures: unknown[] = []
    const application = (name: string): SluiceStreams =>
      new SluiceStreams(createTopology({ input: fixture.topic('words'), output: fixture.topic(`${name}-out`) }), {
        applicationId: `${fixture.id}-${name}`,
        brokers: cluster.brokers,
        createPartitions: 2,
        listener: { onError: (error, fatal) => fatal && failures.push(error) },
      })
    const [before, after] = [application('before'), application('after')]
    const admin = fixture.kafka.admin()
    try {
      await admin.connect()
      const alone = { topic: fixture.topic('alone'), replicaAssignment: [{ partition: 0, replicas: [cluster.nodeId(0)] }] }
      await admin.createTopics({ topics: [alone], waitForLeaders: false })
      await createTopics(admin, [{ topic: fixture.topic('words'), numPartitions: 2 }])
      await before.start()
      const words = [0, 1].map(partition => ({ partition, key: Buffer.from(`k${partition}`), value: Buffer.from('x') }))
      await fixture.produce('words', words)
      assert.is((await fixture.readAtLeast('before-out', 2)).length, 2)

      await cluster.kill(0)
      await fixture.produce('words', words)
      const counts = (await fixture.readAtLeast('before-out', 4)).map(({ key, value }) => `${String(key)} ${String(value)}`)
      assert.equal(counts.toSorted(), ['k0 1', 'k0 2', 'k1 1', 'k1 2'])

      // Each client of the new instance looks up brokers, topics and coordinators, beginning with any broker.
      await waitForBroker(fixture.kafka, { onWait: () => undefined, signal: AbortSignal.timeout(20_000) })
      await after.start()
      assert.is((await fixture.readAtLeast('after-out', 4)).length, 4)
      assert.is(
        await eventually(
          async () => (await after.instances()).length,
          count => count === 1,
        ),
        1,
      )
      assert.ok((await admin.listTopics()).includes(fixture.topic('alone')))
      assert.equal(failures, [])
    } finally {
      await admin.disconnect()
      await Promise.all([before.stop(), after.stop()])
      await cluster.close()
    }
  })

  test.run()
}
