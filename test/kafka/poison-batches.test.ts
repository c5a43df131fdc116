import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { codecTypes, makeCodec } from '../../topology/runtime/kafka/codecs/index.ts'
import { loadMendedKafkajs } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { SluiceStreams, type StreamsOptions } from '../../topology/runtime/index.ts'
import { counted, countedAtLeast } from './counted.ts'
import { createTopology } from './counting-topology.ts'
import { eventually, KafkaFixture } from './fixture.ts'

interface World {
  fixture: KafkaFixture
  apps: SluiceStreams[]
  told: string[]
}

const { CompressionCodecs } = loadMendedKafkajs()
const codecs = { ...CompressionCodecs }
const test = suite<World>('batches that cannot be read')
test.before.each(async context => {
  Object.assign(context, { fixture: new KafkaFixture(String(process.env['KAFKA_BROKERS'])), apps: [], told: [] })
  await context.fixture.createTopics({ words: {}, out: {} })
  // A batch that unpacks to more than this is a bomb.
  CompressionCodecs[codecTypes.zstd as 1] = () => makeCodec.zstd(20_000)
})
test.after.each(async ({ fixture, apps }) => {
  Object.assign(CompressionCodecs, codecs)
  await Promise.all(apps.map(app => app.stop()))
  await fixture.close()
})

async function started({ fixture, apps, told }: World, options: Partial<StreamsOptions>): Promise<SluiceStreams> {
  const app = new SluiceStreams(createTopology({ input: fixture.topic('words'), output: fixture.topic('out') }), {
    applicationId: fixture.id,
    brokers: fixture.brokers,
    listener: {
      onError: error => told.push(String(error)),
      log: (level, message, fields) => level === 'error' && told.push(`${message} ${JSON.stringify(fields)}`),
    },
    ...options,
  })
  apps.push(app)
  await app.start()
  return app
}

/** Sends one batch to a partition. */
async function send(fixture: KafkaFixture, partition: number, values: readonly string[]): Promise<void> {
  const producer = fixture.kafka.producer({ idempotent: true })
  await producer.connect()
  const messages = values.map(value => ({ key: Buffer.from(`k${partition}`), value: Buffer.from(value), partition }))
  await producer.send({ topic: fixture.topic('words'), acks: -1, compression: codecTypes.zstd, messages })
  await producer.disconnect()
}

const bomb = ['a'.repeat(10_000), 'b'.repeat(10_000), 'c'.repeat(10_000)]

/** The counts of each key, in the order in which they were written. */
async function counts(fixture: KafkaFixture): Promise<Readonly<Record<string, readonly number[]>>> {
  const found: Record<string, number[]> = {}
  for (const { key, value } of await fixture.readAll('out')) (found[String(key)] ??= []).push(Number(value))
  return found
}

test('stop: the partition stands still before the batch, all others go on, and nothing is lost', async world => {
  const { fixture, told } = world
  const app = await started(world, {})
  await send(fixture, 0, ['x', 'x'])
  await send(fixture, 0, bomb)
  await send(fixture, 0, ['x'])
  for (const partition of [1, 2, 3]) await send(fixture, partition, ['x', 'x', 'x'])
  assert.is(await countedAtLeast(app, 'sluice_input_stopped', { partition: '0' }), 1)
  assert.is(await countedAtLeast(app, 'sluice_limits_exceeded_total', { limit: 'unpacked_batch' }), 1)
  for (const partition of [1, 2, 3]) await send(fixture, partition, ['x'])
  const all = [1, 2, 3, 4]
  const wanted = { k0: [1, 2], k1: all, k2: all, k3: all }
  assert.equal(
    await eventually(
      () => counts(fixture),
      found => Object.values(found).flat().length >= 14,
    ),
    wanted,
  )
  assert.is(await counted(app, 'sluice_thread_failures_total'), 0)
  assert.is(await counted(app, 'sluice_unreadable_batches_total', { policy: 'stop' }), 1)
  assert.ok(told.some(line => /stands still.*"partition":0,"offset":2,"lastOffset":4,.*more than the limit of 20000 bytes/.test(line)))
  await app.stop()
  // Once the batch can be read, its records are there.
  Object.assign(CompressionCodecs, codecs)
  await started(world, {})
  assert.equal(
    (
      await eventually(
        () => counts(fixture),
        found => found['k0']?.length === 6,
      )
    )['k0'],
    [1, 2, 3, 4, 5, 6],
  )
})

for (const guarantee of ['exactly_once', 'at_least_once'] as const)
  test(`skip: the batch becomes one dead letter that names its offsets, once: ${guarantee}`, async world => {
    const { fixture } = world
    const app = await started(world, { unreadableBatches: 'skip', guarantee })
    await send(fixture, 0, ['x', 'x'])
    await send(fixture, 0, bomb)
    await send(fixture, 0, bomb)
    await send(fixture, 0, ['x'])
    assert.equal(
      (
        await eventually(
          () => counts(fixture),
          found => found['k0']?.length === 3,
        )
      )['k0'],
      [1, 2, 3],
    )
    assert.is(await countedAtLeast(app, 'sluice_dead_letters_by_code_total', { code: 'BATCH_UNREADABLE' }, 2), 2)
    await app.stop()
    const again = await started(world, { unreadableBatches: 'skip', guarantee })
    await send(fixture, 0, ['x'])
    assert.equal(
      (
        await eventually(
          () => counts(fixture),
          found => found['k0']?.length === 4,
        )
      )['k0'],
      [1, 2, 3, 4],
    )
    const letters = (await fixture.readSettled('dead-letters')).map(({ key, value, headers }) => ({
      key,
      value,
      code: String(headers?.['sluice.error.code']),
      offsets: [headers?.['sluice.source.offset.first'], headers?.['sluice.source.offset']].map(Number),
    }))
    const letter = { key: null, value: null, code: 'BATCH_UNREADABLE' }
    assert.equal(letters, [
      { ...letter, offsets: [2, 4] },
      { ...letter, offsets: [5, 7] },
    ])
    assert.is(await counted(again, 'sluice_thread_failures_total'), 0)
  })

test.run()
