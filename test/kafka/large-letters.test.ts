import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde, type Serde } from '../../records/serde.ts'
import { Topology, type Processor, type ProcessorContext } from '../../topology/index.ts'
import { codecTypes } from '../../topology/runtime/kafka/codecs/index.ts'
import { SluiceStreams, type StreamsOptions } from '../../topology/runtime/index.ts'
import { counted } from './counted.ts'
import { eventually, KafkaFixture, makeTopic } from './fixture.ts'

const megabyte = 2 ** 20
const partitions = 8

/** Text that is not too long. */
const short: Serde<string> = {
  serialize: text => stringSerde.serialize(text),
  deserialize: bytes => {
    if (bytes.length > 1000) throw new Error('it is too long')
    return stringSerde.deserialize(bytes)
  },
}

interface World {
  fixture: KafkaFixture
  apps: SluiceStreams[]
}

const test = suite<World>('dead letters of very large records')
test.before.each(async context => {
  Object.assign(context, { fixture: new KafkaFixture(String(process.env['KAFKA_BROKERS'])), apps: [] })
  await context.fixture.createTopics({ words: { partitions }, out: { partitions } })
})
test.after.each(async ({ fixture, apps }) => {
  await Promise.all(apps.map(app => app.stop()))
  await fixture.close()
})

async function started({ fixture, apps }: World, options: Partial<StreamsOptions> = {}): Promise<SluiceStreams> {
  const supplier = (): Processor<string, string, string, string> => {
    let context!: ProcessorContext<string, string>
    return { init: given => void (context = given), process: record => context.forward(record) }
  }
  const topology = new Topology()
    .addSource('in', fixture.topic('words'), { key: stringSerde, value: short })
    .addProcessor('through', supplier, 'in')
    .addSink('out', fixture.topic('out'), { key: stringSerde, value: stringSerde }, 'through')
  const app = new SluiceStreams(topology, { applicationId: fixture.id, brokers: fixture.brokers, ...options })
  apps.push(app)
  await app.start()
  return app
}

/** Sends one batch of zeros of these sizes, which packs to next to nothing, and then a record that can be read. */
async function send(fixture: KafkaFixture, partition: number, sizes: readonly number[]): Promise<void> {
  const producer = fixture.kafka.producer({ idempotent: true })
  await producer.connect()
  const topic = fixture.topic('words')
  const messages = sizes.map(size => ({ key: 'k', value: Buffer.alloc(size), partition }))
  await producer.send({ topic, acks: -1, compression: codecTypes.zstd, messages })
  await producer.send({ topic, acks: -1, messages: [{ key: 'k', value: 'short', partition }] })
  await producer.disconnect()
}

interface Letter {
  readonly partition: number
  readonly offset: string
  readonly bytes: number
  readonly was: string
}

async function letters(fixture: KafkaFixture): Promise<readonly Letter[]> {
  return (await fixture.readSettled('dead-letters')).map(({ value, headers }) => ({
    partition: Number(headers?.['sluice.source.partition']),
    offset: String(headers?.['sluice.source.offset']),
    bytes: value?.length ?? 0,
    was: String(headers?.['sluice.source.value.bytes']),
  }))
}

const passed = (fixture: KafkaFixture, count: number): Promise<readonly unknown[]> =>
  eventually(
    () => fixture.readAll('out'),
    ({ length }) => length >= count,
  )

test('a record whose dead letter is larger than what the broker reads: the letter is cut, and the next record comes through', async world => {
  const { fixture } = world
  await makeTopic(fixture, 'dead-letters', { 'max.message.bytes': String(300 * megabyte) })
  const app = await started(world)
  await send(fixture, 0, [120 * megabyte])
  assert.is((await passed(fixture, 1)).length, 1)
  const [letter, ...more] = await letters(fixture)
  assert.equal([letter?.partition, letter?.offset, letter?.was, more.length], [0, '0', String(120 * megabyte), 0])
  assert.ok((letter?.bytes ?? 0) > 15 * megabyte)
  assert.is(await counted(app, 'sluice_limits_exceeded_total', { limit: 'dead_letter' }), 1)
  assert.is(await counted(app, 'sluice_thread_failures_total'), 0)
})

test('many large dead letters of one commit, of one partition and of several', async world => {
  const { fixture } = world
  for (let partition = 0; partition < partitions; partition++) await send(fixture, partition, [20 * megabyte])
  await send(
    fixture,
    0,
    Array.from({ length: 10 }, () => 20 * megabyte),
  )
  const app = await started(world, { commitIntervalMs: 1000 })
  assert.is((await passed(fixture, partitions + 1)).length, partitions + 1)
  const found = await letters(fixture)
  assert.is(found.length, partitions + 10)
  assert.is(new Set(found.map(({ partition, offset }) => `${partition} ${offset}`)).size, partitions + 10, 'each once')
  assert.ok(found.every(({ was }) => was === String(20 * megabyte)))
  assert.is(await counted(app, 'sluice_thread_failures_total'), 0)
})

test.run()
