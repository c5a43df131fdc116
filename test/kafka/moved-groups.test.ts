import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KafkaCluster } from '../../cli/kafka/kafka-cluster.ts'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { createKafka } from '../../topology/runtime/kafka/kafka-client.ts'
import { mendedModule } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'

interface FoundBroker {
  readonly nodeId: string | number
}

interface ClusterMethods {
  findGroupCoordinator: (this: ClusterMethods, query: object) => Promise<FoundBroker>
  findBroker(query: { readonly nodeId: string }): Promise<FoundBroker>
}

/** kafkajs' Cluster class, by which all clients look up coordinators. */
const { prototype } = mendedModule('src/cluster/index.js') as { readonly prototype: ClusterMethods }

const test = suite<{ dir: string }>('the coordinator of a group moves')
test.before.each(async context => {
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-moved-'))
})
test.after.each(({ dir }) => rm(dir, { recursive: true, force: true }))

if (process.env['KAFKA_BROKERS'] === undefined) console.log('skipped: no KAFKA_BROKERS')
else {
  test('between its lookup and the request: the client looks it up again', async ({ dir }) => {
    const cluster = await KafkaCluster.start({ dir, brokers: 2 })
    const admin = createKafka({ brokers: cluster.brokers, clientId: 'test' }).admin()
    const { findGroupCoordinator } = prototype
    const lookups = { stale: 0 }
    try {
      await admin.connect()
      await createTopics(admin, [{ topic: 'words', numPartitions: 1 }])
      await admin.setOffsets({ groupId: 'group', topic: 'words', partitions: [{ partition: 0, offset: '7' }] })
      // The first answer is that from before the move: the other broker, which does not coordinate the group.
      prototype.findGroupCoordinator = async function (query) {
        const found = await findGroupCoordinator.call(this, query)
        if (lookups.stale-- <= 0) return found
        return this.findBroker({ nodeId: String(found.nodeId) === '1' ? '2' : '1' })
      }
      for (const ask of [
        async () => (await admin.describeGroups(['group'])).groups[0]?.state,
        async () => (await admin.fetchOffsets({ groupId: 'group', topics: ['words'] }))[0]?.partitions[0]?.offset,
      ]) {
        lookups.stale = 0
        const answer = await ask()
        lookups.stale = 1
        assert.is(await Promise.race([ask(), sleep(20_000, 'it asks the former coordinator', { ref: false })]), answer)
        assert.ok(lookups.stale <= 0, 'the stale lookup was made')
      }
    } finally {
      prototype.findGroupCoordinator = findGroupCoordinator
      await admin.disconnect()
      await cluster.close()
    }
  })

  test.run()
}
