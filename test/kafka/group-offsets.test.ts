import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/sluice-error.ts'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { openPlainProducer } from '../../topology/runtime/commit/index.ts'
import { OffsetCommits } from '../../topology/runtime/group/offset-commits.ts'
import { createKafka, type Admin, type Consumer, type Kafka } from '../../topology/runtime/kafka/kafka-client.ts'
import { briefFetches } from './fixture.ts'
import { loadMendedKafkajs, type ConsumerGroup, type JoinHooks } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'

const brokers = process.env['KAFKA_BROKERS']

if (!brokers) console.log('skipped: no KAFKA_BROKERS')
else run(createKafka({ brokers: brokers.split(','), clientId: 'test' }))

interface Context {
  admin: Admin
  topic: string
  consumer: Consumer
  group: ConsumerGroup
}

interface Connected {
  readonly connectionPool: { readonly pool: readonly { readonly socket?: Socket }[] }
}

function run(kafka: Kafka): void {
  const test = suite<Context>("a member's offsets")
  test.before(async context => {
    context.admin = kafka.admin()
    await context.admin.connect()
  })
  test.before.each(async context => {
    context.topic = `offsets-${randomUUID()}`
    await createTopics(context.admin, [{ topic: context.topic, numPartitions: 2 }])
    const { roundRobin } = loadMendedKafkajs().PartitionAssigners
    const hooks: JoinHooks = { onPartitionsAssigned: ({ group }) => Promise.resolve(void (context.group = group)) }
    const partitionAssigners = [(config: Parameters<typeof roundRobin>[0]) => ({ ...roundRobin(config), ...hooks })]
    context.consumer = kafka.consumer({ groupId: context.topic, ...briefFetches, partitionAssigners })
    await context.consumer.connect()
    await context.consumer.subscribe({ topic: context.topic })
    await context.consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() })
  })
  test.after.each(async ({ admin, consumer, topic }) => {
    await consumer.disconnect()
    await admin.deleteTopics({ topics: [topic] })
  })
  test.after(async ({ admin }) => admin.disconnect())

  const committed = async ({ admin, topic }: Context): Promise<string[] | undefined> => {
    const [found] = await admin.fetchOffsets({ groupId: topic, topics: [topic] })
    return found?.partitions.toSorted((a, b) => a.partition - b.partition).map(({ offset }) => offset)
  }

  test('are committed, also if the connection to the coordinator is lost during the request', async context => {
    const { group, topic } = context
    const offsets = new OffsetCommits(10_000)
    await offsets.commit(group, [
      { topic, partition: 0, offset: 1 },
      { topic, partition: 1, offset: 2 },
    ])
    assert.equal(await committed(context), ['1', '2'])
    const again = offsets.commit(group, [{ topic, partition: 0, offset: 3 }])
    const coordinator = (await group.cluster.findGroupCoordinator({ groupId: topic })) as unknown as Connected
    coordinator.connectionPool.pool[0]?.socket?.destroy(new Error('cut'))
    await again
    await offsets.commit(group, [{ topic, partition: 1, offset: 4 }])
    assert.equal(await committed(context), ['3', '4'])
  })

  test('of a member that was removed from the group are refused, and not reported as committed', async context => {
    const { group, topic, consumer } = context
    const { generationId, memberId } = group
    await consumer.stop()
    const former = { ...group, cluster: group.cluster, groupId: topic, memberId, generationId } as ConsumerGroup
    await consumer.connect()
    const error = await new OffsetCommits(10_000).commit(former, [{ topic, partition: 0, offset: 9 }]).catch((reason: unknown) => reason)
    assert.is((error as SluiceError).code, 'COMMIT_FAILED')
    assert.equal(await committed(context), ['-1', '-1'])
    const none = await new OffsetCommits(10_000).commit(undefined, []).catch((reason: unknown) => reason)
    assert.is((none as SluiceError).code, 'COMMIT_FAILED')
  })

  test('of a member that was removed from the group are refused before any row of their commit is written', async context => {
    const { group, topic, consumer, admin } = context
    const offsets = new OffsetCommits(10_000)
    const { generationId, memberId } = group
    const former = { ...group, cluster: group.cluster, groupId: topic, memberId, generationId } as ConsumerGroup
    const rows = [{ topic, partition: 0, messages: [{ partition: 0, key: null, value: Buffer.from('row'), timestamp: '1' }] }]
    const ends = async (): Promise<string[]> => (await admin.fetchTopicOffsets(topic)).map(({ high }) => high).toSorted()
    const producer = await openPlainProducer(
      kafka,
      offsets.ofMember(() => former),
    )
    const { next } = await producer.commit(rows, [{ topic, partition: 0, offset: 1 }])
    assert.equal(await ends(), ['0', '1'])
    await consumer.stop()
    await consumer.connect()
    const error = await next.commit(rows, [{ topic, partition: 0, offset: 2 }]).catch((reason: unknown) => reason)
    assert.is((error as SluiceError).code, 'TASK_FENCED')
    assert.equal(await ends(), ['0', '1'])
    await next.close()
  })

  test.run()
}
