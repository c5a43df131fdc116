import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { movedFromHeader } from '../../topology/index.ts'
import { partitionForKey } from '../../topology/runtime/index.ts'
import { modelRecord, shiftedSum } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { readResults, ServingApp, storeName, wineFor } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']

interface World {
  fixture: KafkaFixture
  dir: string
}

const moved = suite<World>('models that producers write to other partitions')
moved.before.each(async world => {
  world.fixture = new KafkaFixture(brokers ?? '')
  world.dir = await mkdtemp(join(tmpdir(), 'sluice-moved-'))
})
moved.after.each(async ({ fixture, dir }) => {
  await fixture.close()
  await rm(dir, { recursive: true })
})

const partitions = 4
/** The default partitioner of librdkafka: the CRC-32 of the key. */
const crcPartition = (key: string): number => crc32(key) % partitions
const right = (key: string): number => partitionForKey(Buffer.from(key), partitions)
/** Data types to which the two partitioners give different partitions. */
const types = ['wine', 'beer', 'cider', 'mead', 'sake', 'rum'].filter(name => crcPartition(name) !== right(name)).slice(0, 2)
const [first, second] = types as [string, string]

const model = (dataType: string, shift: number): Buffer =>
  Buffer.from(modelRecord({ dataType, name: `m${shift}`, bytes: shiftedSum(shift) }))

async function running(
  { fixture, dir }: World,
  mode: 'keyed' | 'broadcast',
  use: (apps: readonly ServingApp[]) => Promise<void>,
): Promise<void> {
  const apps = [1, 2].map(
    port =>
      new ServingApp(fixture, join(dir, String(port)), {
        serving: { join: mode },
        streams: { advertise: { host: '127.0.0.1', port } },
      }),
  )
  try {
    await Promise.all(apps.map(app => app.start()))
    await use(apps)
  } finally {
    assert.equal(await Promise.all(apps.map(app => app.stop())), [0, 0], 'models that are still loaded')
  }
}

/** All entries in the partitions of every instance. */
async function entries(apps: readonly ServingApp[]): Promise<string[]> {
  const all = await Promise.all(apps.map(app => app.streams.queryAll(storeName).catch(() => [])))
  return all
    .flat()
    .map(({ key, value }) => `${key} ${(value as { version: number }).version}`)
    .sort()
}

for (const mode of ['keyed', 'broadcast'] as const)
  moved(
    `${mode}: without keys, and partitioned by crc32: one sequence of versions for each data type, on its own partition`,
    async world => {
      const { fixture } = world
      await fixture.createTopics({ models: { partitions }, data: { partitions }, results: { partitions } })
      const producer = fixture.kafka.producer()
      await producer.connect()
      const send = (key: string | null, dataType: string, shift: number, partition?: number): Promise<unknown> =>
        producer.send({
          topic: fixture.topic('models'),
          messages: [{ key, value: model(dataType, shift), ...(partition === undefined ? {} : { partition }) }],
        })
      try {
        await running(world, mode, async apps => {
          // First a producer without keys, to any partition; then one like librdkafka; then one with the right partition.
          for (const [at, dataType] of [first, second].entries()) {
            await send(null, dataType, 10, (right(dataType) + 1 + at) % partitions)
            await eventually(
              () => entries(apps),
              found => found.includes(`${dataType} 1`),
            )
            await send(dataType, dataType, 20, crcPartition(dataType))
            await eventually(
              () => entries(apps),
              found => found.includes(`${dataType} 2`),
            )
            await send(dataType, dataType, 30)
          }
          const found = await eventually(
            () => entries(apps),
            all => [first, second].every(dataType => all.includes(`${dataType} 3`)),
          )
          assert.equal(found, [`${first} 3`, `${second} 3`].sort(), 'no other entry, on no partition')

          await fixture.produce(
            'data',
            [first, second].map(dataType => wineFor(dataType, 1)),
          )
          const results = await eventually(
            async () => {
              const all = await readResults(fixture, 2)
              return all.filter(({ modelVersion }) => modelVersion === 3)
            },
            all => all.length >= 2,
          )
          assert.equal(results.map(({ status, modelVersion, score }) => [status, modelVersion, score]).slice(0, 2), [
            ['OK', 3, 31],
            ['OK', 3, 31],
          ])
        })
        const records = await fixture.readAll('models')
        const copies = records.filter(({ headers }) => headers?.[movedFromHeader] !== undefined)
        assert.is(copies.length, 4, 'each that lay elsewhere was written once more')
        for (const { key, partition } of copies) assert.is(partition, right(String(key)))
        assert.is(records.length, 10)
        assert.equal(await fixture.readAll('dead-letters').catch(() => []), [])
      } finally {
        await producer.disconnect()
      }
    },
  )

moved('keyed: records partitioned by crc32 get results, are counted, and are warned about once', async world => {
  const { fixture, dir } = world
  await fixture.createTopics({ models: { partitions }, data: { partitions }, results: { partitions } })
  const logs: (readonly [string, Record<string, unknown>])[] = []
  const app = new ServingApp(fixture, dir, {
    streams: { listener: { log: (level, message, fields) => void (level === 'warn' && logs.push([message, fields])) } },
  })
  try {
    await app.start()
    await fixture.produce('models', [{ key: Buffer.from(first), value: model(first, 1) }])
    await app.serves(first, 1)
    await fixture.produce('data', [
      ...Array.from({ length: 5 }, () => ({ ...wineFor(first, 1), partition: crcPartition(first) })),
      wineFor(first, 1),
    ])
    const results = await readResults(fixture, 6)
    assert.equal(results.map(({ status }) => status).sort(), ['NO_MODEL', 'NO_MODEL', 'NO_MODEL', 'NO_MODEL', 'NO_MODEL', 'OK'])
    const told = logs.filter(([message]) => message.includes('data is not on the partition'))
    assert.is(told.length, 1)
    assert.match(String(told[0]?.[1]['remedy']), /murmur2_random/)
    const family = (await app.streams.metrics()).find(({ name }) => name === 'sluice_misplaced_records_total')
    assert.equal(
      family?.samples.map(({ labels, value }) => [...labels, value]),
      [[first, 5]],
    )
  } finally {
    await app.stop()
  }
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else moved.run()
