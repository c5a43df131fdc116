import { randomBytes } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesSerde } from '../../records/serde.ts'
import { Topology, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

const bytes = { key: bytesSerde, value: bytesSerde }
type Raw = StreamRecord<Uint8Array, Uint8Array>

/** Replaces each value, which is a number, by this many incompressible bytes. */
const filler = () => {
  let context: ProcessorContext<Uint8Array, Uint8Array>
  return {
    init: (given: ProcessorContext<Uint8Array, Uint8Array>) => void (context = given),
    process: (record: Raw) => context.forward({ ...record, value: randomBytes(Number(Buffer.from(record.value).toString())) }),
  }
}

function run(brokers: string): void {
  const test = suite<{ fixture: KafkaFixture }>('limits of topics')
  test.before.each(context => {
    context.fixture = new KafkaFixture(brokers)
  })
  test.after.each(({ fixture }) => fixture.close())

  const around = (limit: number): number[] => Array.from({ length: 40 }, (_, at) => limit - 400 + at * 12)
  const cases: readonly (readonly [name: string, configs: Readonly<Record<string, string>>, sizes: readonly number[]])[] = [
    ['a segment that is smaller than a record', { 'segment.bytes': '1048576', 'max.message.bytes': '16000000' }, [10, 1_500_000, 10]],
    ...['gzip', 'snappy', 'lz4', 'zstd'].map(
      type =>
        [
          `records that ${type} makes larger, alone and together`,
          { 'compression.type': type, 'max.message.bytes': '20000' },
          [...around(20_000), ...Array.from({ length: 100 }, () => 1000), ...Array.from({ length: 2000 }, () => 5)],
        ] as const,
    ),
  ]
  for (const [name, configs, sizes] of cases)
    test(name, async ({ fixture }) => {
      await fixture.createTopics({ in: { partitions: 1 } })
      const admin = fixture.kafka.admin()
      await admin.connect()
      const configEntries = Object.entries(configs).map(([key, value]) => ({ name: key, value }))
      await createTopics(admin, [{ topic: fixture.topic('out'), numPartitions: 1, configEntries }])
      await admin.disconnect()
      const topology = new Topology()
        .addSource('in', fixture.topic('in'), bytes)
        .addProcessor('filler', filler, 'in')
        .addSink('out', fixture.topic('out'), bytes, 'filler')
      const errors: unknown[] = []
      const listener = { onError: (error: unknown) => void errors.push(error) }
      const app = new SluiceStreams(topology, { applicationId: fixture.id, brokers: fixture.brokers, listener })
      await app.start()
      try {
        await fixture.produce(
          'in',
          sizes.map(size => ({ key: Buffer.from('k'), value: Buffer.from(String(size)) })),
        )
        await eventually(
          () => app.counters().recordsOut,
          count => count >= sizes.length || errors.length > 0,
        )
      } finally {
        await app.stop()
      }
      assert.equal(errors, [])
      const [out, letters] = [await fixture.readSettled('out'), await fixture.readSettled('dead-letters')]
      assert.is(out.length + letters.length, sizes.length)
      assert.ok(out.length > 0 && letters.length > 0)
      for (const { headers } of letters) assert.is(String(headers?.['sluice.error.code']), 'RECORD_TOO_LARGE')
    })

  test.run()
}
