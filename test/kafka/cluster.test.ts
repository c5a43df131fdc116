import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import type { Admin } from '../../topology/runtime/kafka/kafka-client.ts'
import { KafkaCluster } from '../../cli/kafka/kafka-cluster.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const test = suite<{ dir: string }>('a cluster of three brokers')
test.before.each(async context => {
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-cluster-'))
})
test.after.each(({ dir }) => rm(dir, { recursive: true, force: true }))

if (process.env['KAFKA_BROKERS'] === undefined) console.log('skipped: no KAFKA_BROKERS')
else {
  test('topics have replicas on all three brokers, and a broker that is killed returns to every replica set', async ({ dir }) => {
    const cluster = await KafkaCluster.start({ dir, properties: { 'num.partitions': 2 } })
    const fixture = new KafkaFixture(cluster.brokers.join(','))
    const admin = fixture.kafka.admin()
    try {
      await admin.connect()
      await createTopics(admin, [{ topic: fixture.topic('t'), numPartitions: 3 }])
      const all = [0, 1, 2].map(index => cluster.nodeId(index))
      const inSync = (): Promise<readonly number[][]> => replicasOf(admin, fixture.topic('t'))
      assert.equal(await eventually(inSync, sets => sets.every(set => set.length === 3)), [all, all, all])
      await cluster.kill(1)
      assert.not(cluster.isRunning(1))
      assert.equal(await eventually(inSync, sets => sets.every(set => set.length === 2)), [
        [1, 3],
        [1, 3],
        [1, 3],
      ])
      await fixture.produce('t', [{ value: Buffer.from('with one broker dead') }])
      await cluster.start(1)
      assert.equal(await eventually(inSync, sets => sets.every(set => set.length === 3)), [all, all, all])
      assert.is((await fixture.readAll('t')).length, 1)
    } finally {
      await admin.disconnect()
      await cluster.close()
    }
  })

  test.run()
}

/** The in-sync replicas of each partition. */
async function replicasOf(admin: Admin, topic: string): Promise<readonly number[][]> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  return topics[0]!.partitions.map(({ isr }) => isr.toSorted((a, b) => a - b))
}
