import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ChangelogLost } from '../../topology/runtime/topics/partition-standing.ts'
import { TopicConnection } from '../../topology/runtime/topics/topic-connection.ts'
import { readTopic } from '../../topology/runtime/topics/topic-reader.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const partitions = 40
const each = 5

interface World {
  fixture: KafkaFixture
  topic: string
  connection: TopicConnection
}

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

function run(brokers: string): void {
  const test = suite<World>('one connection for many readings')
  test.before.each(async context => {
    const fixture = new KafkaFixture(brokers)
    await fixture.createTopics({ in: { partitions } })
    const records = Array.from({ length: partitions * each }, (_, at) => ({
      key: null,
      value: Buffer.from(String(Math.floor(at / partitions))),
      partition: at % partitions,
    }))
    await fixture.produce('in', records)
    Object.assign(context, { fixture, topic: fixture.topic('in'), connection: new TopicConnection(fixture.kafka) })
  })
  test.after.each(async ({ fixture, connection }) => {
    connection.close()
    await fixture.close()
  })

  /** What a reading of one partition brings, to its end. */
  const valuesOf = async ({ connection, topic }: World, partition: number, from: number): Promise<string[]> => {
    const found: string[] = []
    const range = { topic, partitions: [partition], from: new Map([[partition, from]]), until: 'end' } as const
    for await (const { records } of readTopic(connection, range)) found.push(...records.map(({ value }) => String(value)))
    return found
  }
  const all = Array.from({ length: partitions }, (_, at) => at)
  const sockets = (): number => process.getActiveResourcesInfo().filter(kind => kind === 'TCPSocketWrap').length

  test('each reads its own partition from its own offset, and all of them over a few sockets', async world => {
    const before = sockets()
    let most = 0
    const counting = setInterval(() => (most = Math.max(most, sockets() - before)), 1)
    const found = await Promise.all(all.map(partition => valuesOf(world, partition, partition % each)))
    clearInterval(counting)
    for (const partition of all) assert.equal(found[partition], ['0', '1', '2', '3', '4'].slice(partition % each))
    assert.ok(most <= 2, `${most} sockets for ${partitions} readings`)
  })

  test('an offset that is not there is the failure of one, and the others read on', async world => {
    const found = await Promise.all(all.map(partition => valuesOf(world, partition, partition === 7 ? 1000 : 0).catch(error => error)))
    assert.instance(found[7], ChangelogLost)
    assert.match(found[7].message, /partition 7 of topic .* does not hold offset 1000/)
    for (const partition of all) if (partition !== 7) assert.equal(found[partition], ['0', '1', '2', '3', '4'])
  })

  test('a partition that is read twice, at different offsets, is read right by both', async world => {
    const found = await Promise.all([0, 4, 2].map(from => valuesOf(world, 3, from)))
    assert.equal(found, [['0', '1', '2', '3', '4'], ['4'], ['2', '3', '4']])
  })

  test('after the connections are lost, all go on over new ones', async world => {
    const { connection, topic, fixture } = world
    const stop = new AbortController()
    const found = new Map<number, string[]>(all.map(partition => [partition, []]))
    const follow = async (partition: number): Promise<void> => {
      const from = { topic, partitions: [partition], from: 'beginning', signal: stop.signal } as const
      for await (const { records } of readTopic(connection, from)) found.get(partition)?.push(...records.map(({ value }) => String(value)))
    }
    const following = Promise.all(all.map(follow))
    const count = (): number => [...found.values()].flat().length
    await eventually(count, seen => seen === partitions * each)
    const lost = await connection.connected()
    await lost.disconnect()
    await fixture.produce(
      'in',
      all.map(partition => ({ key: null, value: Buffer.from('new'), partition })),
    )
    await eventually(count, seen => seen === partitions * (each + 1))
    for (const partition of all) assert.equal(found.get(partition), ['0', '1', '2', '3', '4', 'new'])
    assert.is.not(await connection.connected(), lost)
    stop.abort()
    await following
  })

  test.run()
}
