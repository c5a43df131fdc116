import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fetchedOffsets } from '../../../../topology/runtime/group/fetched-offsets.ts'
import { type Cluster, createKafka, newCluster, protocolErrorOf } from '../../../../topology/runtime/kafka/kafka-client.ts'
import type { WireBroker } from '../../../../topology/runtime/kafka/wire/index.ts'
import { serveSimKafka } from '../../../sim/kafka/sim-kafka-server.ts'

const test = suite('what a group has committed')

for (const transactionVersion of [1, 2] as const)
  test(`transaction.version ${transactionVersion}: an offset that a transaction will change is not taken where stable ones are required`, async () => {
    const server = await serveSimKafka({ brokers: 1, transactionVersion })
    server.kafka.createTopic('in', { partitions: 3 })
    const kafka = createKafka({ brokers: [...server.addresses], clientId: 'test' })
    const [producer, cluster] = [kafka.producer({ transactionalId: 'id', idempotent: true, maxInFlightRequests: 1 }), newCluster(kafka)]
    await Promise.all([producer.connect(), cluster.connect()])
    const fetched = (requireStable: boolean, partitions: readonly number[], of: Cluster = cluster): Promise<unknown> =>
      fetchedOffsets({ cluster: of, groupId: 'g', requireStable }, { in: partitions }).then(
        found => found.map(({ topic, partition, offset, metadata }) => `${topic}-${partition}: ${offset} ${metadata}`),
        protocolErrorOf,
      )
    const commit = async (partition: number, offset: number, metadata?: string) => {
      const transaction = await producer.transaction()
      const partitions = [{ partition, offset: String(offset), ...(metadata !== undefined && { metadata }) }]
      await transaction.sendOffsets({ consumerGroupId: 'g', topics: [{ topic: 'in', partitions }] })
      return transaction
    }
    try {
      await (await commit(0, 5, 'note')).commit()
      await (await commit(1, 6)).commit()
      const open = await commit(1, 7)
      assert.is(await fetched(true, [0, 1, 2]), 'UNSTABLE_OFFSET_COMMIT')
      assert.equal(await fetched(true, [0, 2]), ['in-0: 5 note'])
      assert.equal(await fetched(false, [0, 1, 2]), ['in-0: 5 note', 'in-1: 6 '])
      // A broker of before Kafka 2.5 cannot be asked for it.
      const broker = (await cluster.findGroupCoordinator({ groupId: 'g' })) as unknown as WireBroker & {
        offsetFetch(request: object): unknown
      }
      const versions = { ...broker.versions, 9: { minVersion: 1, maxVersion: 6 } }
      const older = { versions, connectionPool: broker.connectionPool, offsetFetch: broker.offsetFetch.bind(broker) }
      const withOlder = { findGroupCoordinator: () => Promise.resolve(older) } as unknown as Cluster
      assert.equal(await fetched(true, [0, 1], withOlder), ['in-0: 5 note', 'in-1: 6 '])
      await open.commit()
      assert.equal(await fetched(true, [1]), ['in-1: 7 '])
      assert.equal(await fetched(true, []), [])
    } finally {
      await Promise.all([producer.disconnect(), cluster.disconnect()])
      await server.close()
    }
  })

test.run()
