import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KafkaCluster } from '../../cli/kafka/kafka-cluster.ts'
import { stringSerde } from '../../records/serde.ts'
import { keyValueStore, type ManagedStore } from '../../stores/index.ts'
import { followChangelog } from '../../topology/runtime/state/follow-changelog.ts'
import type { Admin } from '../../topology/runtime/kafka/kafka-client.ts'
import { commitHeader } from '../../topology/runtime/topics/commit-header.ts'
import { ChangelogLost } from '../../topology/runtime/topics/partition-standing.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const test = suite<{ dir: string }>('a changelog whose leader was elected without its last records')
test.before.each(async context => {
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-unclean-'))
})
test.after.each(({ dir }) => rm(dir, { recursive: true, force: true }))

const name = 'changelog'
const row = (key: string, note: string) => ({
  key: Buffer.from(key),
  value: Buffer.from(note),
  partition: 0,
  headers: { [commitHeader]: note },
})

/** The nodes that have all of the partition, and its leader. */
async function standing(admin: Admin, topic: string): Promise<{ readonly inSync: readonly number[]; readonly leader: number }> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  const { isr = [], leader = -1 } = topics[0]?.partitions[0] ?? {}
  return { inSync: isr, leader }
}

async function follow(fixture: KafkaFixture, store: ManagedStore): Promise<void> {
  const { signal } = new AbortController()
  const followed = { topic: fixture.topic(name), partition: 0, tombstonesMs: 3_600_000, until: 'end', signal } as const
  for await (const _ of followChangelog(fixture.kafka, store, followed));
}

if (process.env['KAFKA_BROKERS'] === undefined) console.log('skipped: no KAFKA_BROKERS')
else {
  test('is not read on from rows that have those records', async ({ dir }) => {
    const cluster = await KafkaCluster.start({ dir })
    const fixture = new KafkaFixture(cluster.brokers.join(','))
    const admin = fixture.kafka.admin()
    const store = await keyValueStore({ name: 'rows', key: stringSerde, value: stringSerde }).open(undefined)
    try {
      await admin.connect()
      const topic = fixture.topic(name)
      const settings = { 'cleanup.policy': 'compact', 'min.insync.replicas': '1', 'unclean.leader.election.enable': 'true' }
      const configEntries = Object.entries(settings).map(([key, value]) => ({ name: key, value }))
      const replicaAssignment = [{ partition: 0, replicas: [cluster.nodeId(0), cluster.nodeId(1)] }]
      await admin.createTopics({ topics: [{ topic, replicaAssignment, configEntries }] })
      await eventually(
        () => standing(admin, topic),
        ({ inSync }) => inSync.length === 2,
      )
      await fixture.produce(name, [row('both', 'one')])
      await cluster.kill(1)
      await eventually(
        () => standing(admin, topic),
        ({ inSync }) => inSync.length === 1,
      )
      await fixture.produce(name, [row('gone', 'two')])
      await follow(fixture, store)
      assert.equal(store.checkpoint?.commit, { offset: 1, note: 'two' })
      await cluster.kill(0)
      // With two of three controllers again, the broker that lacks the last record becomes the leader.
      await cluster.start(1)
      await eventually(
        () => standing(admin, topic).catch(() => undefined),
        found => found?.leader === cluster.nodeId(1),
      )
      await fixture.produce(name, [row('new', 'three'), row('newer', 'four')])
      const failure = await follow(fixture, store).then(
        () => undefined,
        (error: unknown) => error,
      )
      assert.instance(failure, ChangelogLost)
      assert.is((failure as ChangelogLost).reason, 'cut')
      await store.wipe()
      await follow(fixture, store)
      assert.is(store.rows, 3)
      assert.equal(store.checkpoint?.commit, { offset: 2, note: 'four' })
    } finally {
      await store.close()
      await admin.disconnect()
      await cluster.close()
    }
  })

  test.run()
}
