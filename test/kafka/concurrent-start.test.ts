import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KafkaCluster } from '../../cli/kafka/kafka-cluster.ts'
import { keyValueStore } from '../../stores/index.ts'
import { stringSerde } from '../../records/serde.ts'
import { Topology } from '../../topology/index.ts'
import { streamsConfig } from '../../topology/runtime/config/streams-config.ts'
import { createKafka } from '../../topology/runtime/kafka/kafka-client.ts'
import { prepareTopics } from '../../topology/runtime/topics/topic-manager.ts'

const text = { key: stringSerde, value: stringSerde }
const rounds = 8

const topology = new Topology()
  .addSource('in', 'in', text)
  .addProcessor('keep', () => ({ process: () => undefined }), 'in')
  .addStateStore(keyValueStore({ name: 'kept', ...text }), 'keep')
  .build()

const test = suite<{ dir: string }>('instances that start at the same time, on three brokers')
test.before.each(async context => {
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-start-'))
})
test.after.each(({ dir }) => rm(dir, { recursive: true, force: true }))

if (process.env['KAFKA_BROKERS'] === undefined) console.log('skipped: no KAFKA_BROKERS')
else {
  // The controller creates a topic, and each broker learns of it at another time: the answer of one broker says nothing about the next.
  test('waits for a topic that one broker knows already and another does not', async ({ dir }) => {
    const cluster = await KafkaCluster.start({ dir })
    const brokers = [...cluster.brokers]
    const admins = [0, 1, 2].map(at =>
      createKafka({ brokers: [...brokers.slice(at), ...brokers.slice(0, at)], clientId: `start-${at}` }).admin(),
    )
    try {
      await Promise.all(admins.map(admin => admin.connect()))
      for (let round = 0; round < rounds; round++) {
        const config = streamsConfig({ applicationId: `app-${round}`, brokers, deadLetterTopic: `letters-${round}`, createPartitions: 4 })
        const layouts = await Promise.all(admins.map(admin => prepareTopics(admin, topology, config)))
        for (const { partitionCounts } of layouts) assert.is(partitionCounts.get(`app-${round}-kept-changelog`), 4)
      }
    } finally {
      await Promise.all(admins.map(admin => admin.disconnect()))
      await cluster.close()
    }
  })

  test.run()
}
