import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde, type Serde } from '../../records/serde.ts'
import { keyValueStore, type KeyValueStore } from '../../stores/index.ts'
import { headerEntries, orderedHeaders, Topology, type Processor, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { SluiceStreams, type StreamsOptions, type TopicRecord } from '../../topology/runtime/index.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

const texts = { key: stringSerde, value: stringSerde }
const nonsense = { serialize: (value: unknown) => value, deserialize: stringSerde.deserialize.bind(stringSerde) } as Serde<unknown>
/** One header of 69 bytes for each record, as tracing adds it. */
const traceparent = orderedHeaders([['traceparent', `00-${'4'.repeat(32)}-${'7'.repeat(16)}-01`]])
const dayMs = 86_400_000

type Made = StreamRecord<Uint8Array>

/** Outputs of a processor, by name: each is invalid, or refused by the broker for ever. */
const faults: Readonly<Record<string, { readonly code: string; readonly change: (record: Made) => object; readonly child?: string }>> = {
  fractional: { code: 'TIMESTAMP_INVALID', change: record => ({ ...record, timestamp: 1.5 }) },
  missing: { code: 'TIMESTAMP_INVALID', change: ({ key, value }) => ({ key, value }) },
  nullTime: { code: 'TIMESTAMP_INVALID', change: record => ({ ...record, timestamp: null }) },
  date: { code: 'TIMESTAMP_INVALID', change: record => ({ ...record, timestamp: new Date() }) },
  negative: { code: 'TIMESTAMP_INVALID', change: record => ({ ...record, timestamp: -5 }) },
  notANumber: { code: 'TIMESTAMP_INVALID', change: record => ({ ...record, timestamp: NaN }) },
  tomorrow: { code: 'TIMESTAMP_INVALID', change: record => ({ ...record, timestamp: Date.now() + dayMs }) },
  headerNumber: { code: 'HEADERS_INVALID', change: record => ({ ...record, headers: { n: 5 } }) },
  headerList: { code: 'HEADERS_INVALID', change: record => ({ ...record, headers: [['n', '5']] }) },
  keyNumber: { code: 'KEY_INVALID', change: record => ({ ...record, key: 5 }) },
  valueText: { code: 'VALUE_INVALID', change: record => ({ ...record, value: 'text' }) },
  valueMissing: { code: 'VALUE_INVALID', change: record => ({ ...record, value: undefined }) },
  noKey: { code: 'KEY_MISSING', change: record => ({ ...record, key: null }), child: 'compacted' },
  large: { code: 'RECORD_TOO_LARGE', change: record => ({ ...record, value: Buffer.alloc(1_100_000) }) },
  largeForTopic: { code: 'RECORD_TOO_LARGE', change: record => ({ ...record, value: Buffer.alloc(30_000) }), child: 'small' },
  largeRow: { code: 'RECORD_TOO_LARGE', change: record => record },
  thrown: { code: 'PROCESSING_FAILED', change: record => record },
}

/** Counts the records of each key in a store and forwards the count; a record whose value names a fault gets that output. */
class Faulty implements Processor<string, string> {
  #context!: ProcessorContext
  #counts!: KeyValueStore<string, string>

  init(context: ProcessorContext): void {
    this.#context = context
    this.#counts = context.getStateStore('counts')
  }

  process(record: StreamRecord<string, string>): void | Promise<void> {
    const count = String(Number(this.#counts.get(record.key) ?? 0) + 1)
    this.#counts.put(record.key, count)
    const fault = faults[record.value]
    const made = { ...record, key: Buffer.from(record.key), value: Buffer.from(count) }
    if (fault === undefined) return this.#context.forward(made, 'out')
    if (record.value === 'largeRow') this.#counts.put('large', 'x'.repeat(1_100_000))
    if (record.value === 'thrown') throw new Error('thrown')
    return this.#context.forward(fault.change(made) as Made, fault.child ?? 'out')
  }
}

function run(brokers: string): void {
  const test = suite<{ fixture: KafkaFixture }>('records that Kafka refuses')
  test.before.each(context => {
    context.fixture = new KafkaFixture(brokers)
  })
  test.after.each(({ fixture }) => fixture.close())

  const faulty = (fixture: KafkaFixture): Topology => {
    const any = { key: nonsense, value: nonsense }
    return new Topology()
      .addSource('in', fixture.topic('in'), texts)
      .addProcessor('faulty', () => new Faulty(), 'in')
      .addStateStore(keyValueStore({ name: 'counts', ...texts }), 'faulty')
      .addSink('out', fixture.topic('out'), any, 'faulty')
      .addSink('compacted', fixture.topic('compacted'), any, 'faulty')
      .addSink('small', fixture.topic('small'), any, 'faulty')
  }

  const createAll = async (fixture: KafkaFixture): Promise<void> => {
    await fixture.createTopics({ in: { partitions: 2 }, out: { partitions: 2 }, compacted: { partitions: 2, compact: true } })
    const admin = fixture.kafka.admin()
    await admin.connect()
    const small = (name: string, bytes: number) => ({
      topic: fixture.topic(name),
      numPartitions: 2,
      configEntries: [{ name: 'max.message.bytes', value: String(bytes) }],
    })
    // Topics that the application would create itself, with smaller limits, are created first.
    await createTopics(admin, [small('small', 20_000), small('dead-letters', 10_000)])
    await admin.disconnect()
  }

  const withApp = async (
    fixture: KafkaFixture,
    options: Partial<StreamsOptions>,
    use: (app: SluiceStreams) => Promise<void>,
  ): Promise<void> => {
    const errors: unknown[] = []
    const app = new SluiceStreams(faulty(fixture), {
      applicationId: fixture.id,
      brokers: fixture.brokers,
      listener: { onError: error => errors.push(error) },
      ...options,
    })
    await app.start()
    try {
      await use(app)
      assert.equal(errors, [])
    } finally {
      await app.stop()
    }
  }
  const header = (record: TopicRecord, name: string): string => String(record.headers?.[name] ?? '')

  for (const guarantee of ['exactly_once', 'at_least_once'] as const) {
    test(`${guarantee}: each invalid record is a dead letter, each valid one has its result`, async ({ fixture }) => {
      await createAll(fixture)
      const names = Object.keys(faults)
      const good = 40
      const values = [...names, ...names].flatMap(name => [...Array.from({ length: good }, () => 'good'), name])
      const records = values.map((value, at) => ({
        key: Buffer.from(`k${at % 7}`),
        value: Buffer.from(value),
        timestamp: Date.now(),
        headers: traceparent,
      }))
      await fixture.produce('in', records)
      await withApp(fixture, { guarantee }, async app => {
        await eventually(
          () => app.counters().recordsIn,
          count => count >= records.length,
        )
        const expected = records.length - 2 * names.length
        await fixture.readAtLeast('out', expected)
        await fixture.readAtLeast('dead-letters', 2 * names.length)
        await app.stop()
        const out = await fixture.readAll('out')
        assert.is(out.length, expected)
        for (let key = 0; key < 7; key++) {
          const counts = out.filter(record => String(record.key) === `k${key}`).map(({ value }) => Number(value))
          assert.equal(
            counts,
            Array.from(counts, (_, at) => at + 1),
            'a bad record is not counted',
          )
        }
        for (const record of out) assert.is(header(record, 'traceparent').length, 55)
        const letters = await fixture.readAll('dead-letters')
        const told = letters.map(letter => `${String(letter.value)} ${header(letter, 'sluice.error.code')}`).sort()
        assert.equal(told, [...names, ...names].map(name => `${name} ${faults[name]?.code}`).sort())
        assert.equal(await fixture.readAll('compacted'), [])
        assert.equal(await fixture.readAll('small'), [])
        const rows = new Map((await fixture.readSettled('counts-changelog')).map(({ key, value }) => [String(key), Number(value)]))
        assert.is(
          [...rows.values()].reduce((sum, count) => sum + count, 0),
          expected,
        )
        assert.is(app.counters().deadLetters, 2 * names.length)
      })
    })

    test(`${guarantee}: 60,000 records with a header of 69 bytes each`, async ({ fixture }) => {
      await createAll(fixture)
      const count = 60_000
      await fixture.produce(
        'in',
        Array.from({ length: count }, (_, at) => ({ key: Buffer.from(`k${at % 11}`), value: Buffer.from('good'), headers: traceparent })),
      )
      await withApp(fixture, { guarantee }, async app => {
        await eventually(
          () => app.counters().recordsOut,
          sent => sent >= count,
        )
        await app.stop()
        const out = await fixture.readSettled('out')
        assert.is(out.length, count)
        const latest = new Map(out.map(({ key, value }) => [String(key), Number(value)]))
        assert.is(
          [...latest.values()].reduce((sum, each) => sum + each, 0),
          count,
        )
        assert.equal(await fixture.readAll('dead-letters'), [])
      })
    })
  }

  test('results for a topic with small limits are divided into batches that fit', async ({ fixture }) => {
    await createAll(fixture)
    const texts20 = Array.from({ length: 300 }, (_, at) => ({ key: Buffer.from(`k${at}`), value: Buffer.from('x'.repeat(900)) }))
    await fixture.produce('in', texts20)
    const topology = new Topology().addSource('in', fixture.topic('in'), texts).addSink('small', fixture.topic('small'), texts, 'in')
    const app = new SluiceStreams(topology, { applicationId: fixture.id, brokers: fixture.brokers })
    await app.start()
    assert.is((await fixture.readAtLeast('small', 300)).length, 300)
    await app.stop()
  })

  test('dead letters that are too large for their topic are truncated, and say so', async ({ fixture }) => {
    await createAll(fixture)
    const value = Buffer.from(`${'x'.repeat(500_000)}\xff`, 'latin1')
    await fixture.produce('in', [{ key: Buffer.from('k'), value, headers: { own: 'o'.repeat(20_000) } }])
    await withApp(fixture, {}, async () => {
      const [letter] = await fixture.readAtLeast('dead-letters', 1)
      assert.is(header(letter as TopicRecord, 'sluice.source.value.bytes'), '500001')
      assert.is(header(letter as TopicRecord, 'sluice.source.headers'), '1')
      assert.is(header(letter as TopicRecord, 'sluice.source.topic'), fixture.topic('in'))
      assert.is(header(letter as TopicRecord, 'sluice.source.offset'), '0')
      assert.ok((letter?.value?.length ?? 0) > 8000)
    })
  })

  test('a record of exactly the largest size of its topic is written, one with a byte more is not', async ({ fixture }) => {
    await createAll(fixture)
    // Head, length, attributes, timestamp, offset, key's length and key, value's length, headers.
    const most = 20_000 - 61 - 3 - 3 - 2 - 3 - 1
    await fixture.produce('small', [{ key: Buffer.from('k'), value: Buffer.alloc(most), partition: 0 }])
    try {
      await fixture.produce('small', [{ key: Buffer.from('k'), value: Buffer.alloc(most + 1), partition: 0 }])
      assert.unreachable()
    } catch (error) {
      assert.is((error as { code?: string }).code, 'RECORD_TOO_LARGE')
    }
    assert.is((await fixture.readAll('small')).length, 1)
  })

  test('headers keep their order through a topology', async ({ fixture }) => {
    await fixture.createTopics({ in: { partitions: 1 }, out: { partitions: 1 } })
    const headers = orderedHeaders([
      ['2', 'a'],
      ['x', 'b'],
      ['1', 'c'],
      ['x', null],
      ['2', 'd'],
    ])
    await fixture.produce('in', [{ key: Buffer.from('k'), value: Buffer.from('v'), headers }])
    const seen: (readonly (readonly [string, string])[])[] = []
    const reader = (): Processor<string, string> => ({
      process: record => void seen.push(headerEntries(record.headers).map(([name, value]) => [name, String(value)])),
    })
    const topology = new Topology()
      .addSource('in', fixture.topic('in'), texts)
      .addSink('to', fixture.topic('out'), texts, 'in')
      .addSource('from', fixture.topic('out'), texts)
      .addProcessor('reader', reader, 'from')
    const app = new SluiceStreams(topology, { applicationId: fixture.id, brokers: fixture.brokers })
    await app.start()
    await eventually(
      () => seen.length,
      count => count > 0,
    )
    await app.stop()
    assert.equal(seen, [
      [
        ['2', 'a'],
        ['x', 'b'],
        ['1', 'c'],
        ['x', 'null'],
        ['2', 'd'],
      ],
    ])
  })

  test.run()
}
