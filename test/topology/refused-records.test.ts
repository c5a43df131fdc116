import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesSerde, stringSerde, type Serde } from '../../records/serde.ts'
import { keyValueStore, type KeyValueStore } from '../../stores/index.ts'
import {
  Topology,
  TopologyTestDriver,
  type OutputRecord,
  type Processor,
  type ProcessorContext,
  type StreamRecord,
  type TopicConfigs,
} from '../../topology/index.ts'

type Record = StreamRecord
type Change = (record: Record) => unknown

/** Passes everything: what a serde of one's own may do. */
const nonsense = { serialize: (value: unknown) => value, deserialize: stringSerde.deserialize.bind(stringSerde) } as Serde<unknown>
const texts = { key: stringSerde, value: stringSerde }
const letters = TopologyTestDriver.deadLetterTopic

/** Forwards what `change` makes of each record whose value is "bad", and counts the others by their keys. */
const changing = (change: Change): Topology => {
  const processor = (): Processor<string, string> => {
    let context: ProcessorContext
    let counts: KeyValueStore<string, string>
    return {
      init(given) {
        context = given
        counts = given.getStateStore('counts')
      },
      process(record) {
        const count = String(Number(counts.get(record.key) ?? 0) + 1)
        counts.put(record.key, count)
        const good = { ...record, value: Buffer.from(count), key: Buffer.from(record.key) }
        return context.forward((record.value === 'bad' ? change(good) : good) as Record)
      },
    }
  }
  return new Topology()
    .addSource('in', 'in', texts)
    .addProcessor('changer', processor, 'in')
    .addStateStore(keyValueStore({ name: 'counts', ...texts }), 'changer')
    .addSink('out', 'out', { key: nonsense, value: nonsense }, 'changer')
}

async function withDriver(
  topology: Topology,
  topicConfigs: { readonly [topic: string]: TopicConfigs },
  use: (driver: TopologyTestDriver) => Promise<void>,
): Promise<void> {
  const driver = await TopologyTestDriver.open(topology, { topicConfigs })
  try {
    await use(driver)
  } finally {
    await driver.close()
  }
}

const valuesOf = (records: readonly OutputRecord[]): string[] => records.map(({ value }) => Buffer.from(value ?? []).toString())
const header = (record: OutputRecord | undefined, name: string): string => String(record?.headers?.[name] ?? '')
const hour = 3_600_000

const kinds: readonly (readonly [kind: string, code: string, change: Change, configs?: TopicConfigs])[] = [
  ['a fractional timestamp', 'TIMESTAMP_INVALID', record => ({ ...record, timestamp: 12.5 })],
  ['no timestamp', 'TIMESTAMP_INVALID', record => ({ ...record, timestamp: undefined })],
  ['a null timestamp', 'TIMESTAMP_INVALID', record => ({ ...record, timestamp: null })],
  ['a Date', 'TIMESTAMP_INVALID', record => ({ ...record, timestamp: new Date() })],
  ['a timestamp in text', 'TIMESTAMP_INVALID', record => ({ ...record, timestamp: '12' })],
  ['a negative timestamp', 'TIMESTAMP_INVALID', record => ({ ...record, timestamp: -5 })],
  ['NaN', 'TIMESTAMP_INVALID', record => ({ ...record, timestamp: NaN })],
  ['an infinite timestamp', 'TIMESTAMP_INVALID', record => ({ ...record, timestamp: Infinity })],
  ['a timestamp two hours ahead', 'TIMESTAMP_INVALID', record => ({ ...record, timestamp: Date.now() + 2 * hour })],
  [
    'a timestamp that is too old',
    'TIMESTAMP_INVALID',
    record => ({ ...record, timestamp: Date.now() - 2 * hour }),
    { 'message.timestamp.before.max.ms': hour },
  ],
  ['key and value alone', 'TIMESTAMP_INVALID', ({ key, value }) => ({ key, value })],
  ['a header that is a number', 'HEADERS_INVALID', record => ({ ...record, headers: { a: 5 } })],
  ['a header that is an object', 'HEADERS_INVALID', record => ({ ...record, headers: { a: {} } })],
  ['a header list with a number in it', 'HEADERS_INVALID', record => ({ ...record, headers: { a: ['x', 5] } })],
  ['headers that are a list', 'HEADERS_INVALID', record => ({ ...record, headers: [['a', 'b']] })],
  ['headers that are a Map', 'HEADERS_INVALID', record => ({ ...record, headers: new Map([['a', 'b']]) })],
  ['headers that are text', 'HEADERS_INVALID', record => ({ ...record, headers: 'a: b' })],
  ['a header name that is no text', 'HEADERS_INVALID', record => ({ ...record, headers: { ['\ud800']: 'x' } })],
  ['a header value that is no text', 'HEADERS_INVALID', record => ({ ...record, headers: { a: '\udc00' } })],
  ['a key that is a number', 'KEY_INVALID', record => ({ ...record, key: 5 })],
  ['a key that is text', 'KEY_INVALID', record => ({ ...record, key: 'text' })],
  ['no key at all', 'KEY_INVALID', record => ({ ...record, key: undefined })],
  ['a value that is a number', 'VALUE_INVALID', record => ({ ...record, value: 5 })],
  ['a value that is text', 'VALUE_INVALID', record => ({ ...record, value: 'text' })],
  ['no value at all', 'VALUE_INVALID', record => ({ ...record, value: undefined })],
  ['a null key where the topic is compacted', 'KEY_MISSING', record => ({ ...record, key: null }), { 'cleanup.policy': 'compact' }],
  ['a value over a megabyte', 'RECORD_TOO_LARGE', record => ({ ...record, value: Buffer.alloc(1_100_000) })],
  ['headers over a megabyte', 'RECORD_TOO_LARGE', record => ({ ...record, headers: { a: Buffer.alloc(1_100_000) } })],
  [
    'a value over what the topic takes',
    'RECORD_TOO_LARGE',
    record => ({ ...record, value: Buffer.alloc(400) }),
    { 'max.message.bytes': '400' },
  ],
  ['a value over a segment', 'RECORD_TOO_LARGE', record => ({ ...record, value: Buffer.alloc(400) }), { 'segment.bytes': '400' }],
  [
    'a value that compression may make too large',
    'RECORD_TOO_LARGE',
    record => ({ ...record, value: Buffer.alloc(320) }),
    { 'max.message.bytes': '420', 'compression.type': 'zstd' },
  ],
]

const refused = suite('records that a topic always refuses')

for (const [kind, code, change, configs = {}] of kinds) {
  for (const way of ['one by one', 'in a batch'] as const) {
    refused(`${kind}, ${way}: its own dead letter, and no other effect`, () =>
      withDriver(changing(change), { out: configs }, async driver => {
        const records = ['ok', 'bad', 'ok', 'ok'].map(value => ({ key: 'k', value, timestamp: Date.now() }))
        if (way === 'in a batch') await driver.pipeBatch('in', records)
        else for (const record of records) await driver.pipe('in', record)
        assert.equal(valuesOf(driver.read('out')), ['1', '2', '3'])
        const [letter, ...rest] = driver.read(letters)
        assert.is(rest.length, 0)
        assert.is(header(letter, 'sluice.error.code'), code)
        assert.is(header(letter, 'sluice.source.offset'), '1')
        assert.is(Buffer.from(letter?.value ?? []).toString(), 'bad')
        assert.is(Buffer.from(letter?.key ?? []).toString(), 'k')
      }),
    )
  }
}

const taken: readonly (readonly [kind: string, change: Change, configs?: TopicConfigs])[] = [
  ['timestamp 0', record => ({ ...record, timestamp: 0 })],
  ['a timestamp half an hour ahead', record => ({ ...record, timestamp: Date.now() + hour / 2 })],
  [
    'any timestamp where the broker sets its own',
    record => ({ ...record, timestamp: Date.now() + 20 * hour }),
    { 'message.timestamp.type': 'LogAppendTime' },
  ],
  ['no headers', record => ({ ...record, headers: undefined })],
  [
    'a header without a value, null, bytes and several',
    record => ({ ...record, headers: { a: undefined, b: null, c: Buffer.of(1), d: ['x', null] } }),
  ],
  ['a tombstone in a compacted topic', record => ({ ...record, value: null }), { 'cleanup.policy': 'compact,delete' }],
  ['a null key', record => ({ ...record, key: null })],
]

for (const [kind, change, configs = {}] of taken) {
  refused(`takes ${kind}`, () =>
    withDriver(changing(change), { out: configs }, async driver => {
      await driver.pipeBatch('in', [
        { key: 'k', value: 'bad' },
        { key: 'k', value: 'bad' },
      ])
      assert.is(driver.read('out').length, 2)
      assert.equal(driver.read(letters), [])
    }),
  )
}

refused('the largest record is accepted, and one byte more is refused', () =>
  withDriver(new Topology().addSource('in', 'in', texts).addSink('out', 'out', texts, 'in'), {}, async driver => {
    // Head, length, attributes, timestamp, offset, key (none), value's length, headers (none).
    const most = 1_048_588 - 61 - 3 - 3 - 1 - 3 - 1
    await driver.pipe('in', { value: 'x'.repeat(most) })
    assert.is(driver.read('out').length, 1)
    await driver.pipe('in', { value: 'x'.repeat(most + 1) })
    assert.is(driver.read('out').length, 0)
    assert.is(header(driver.read(letters)[0], 'sluice.error.code'), 'RECORD_TOO_LARGE')
  }),
)

refused('an unknown topic configuration is refused with the known ones', async () => {
  try {
    await TopologyTestDriver.open(
      changing(record => record),
      { topicConfigs: { out: { 'max.mesage.bytes': 5 } as TopicConfigs } },
    )
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, /"max\.mesage\.bytes".*max\.message\.bytes/)
  }
})

refused.run()

const stores = suite('store writes that a changelog always refuses')

const storing = (value: unknown, logged = true): Topology => {
  const processor = (): Processor<string, string, string, string> => {
    let context: ProcessorContext<string, string>
    let store: KeyValueStore<string, unknown>
    return {
      init(given) {
        context = given
        store = given.getStateStore('s')
      },
      async process(record) {
        store.put('before', Buffer.from(record.value))
        await context.forward(record)
        store.put(record.key, record.value === 'bad' ? value : Buffer.from(record.value))
      },
    }
  }
  return new Topology()
    .addSource('in', 'in', texts)
    .addProcessor('p', processor, 'in')
    .addStateStore(keyValueStore({ name: 's', key: stringSerde, value: nonsense, logged }), 'p')
    .addSink('out', 'out', texts, 'p')
}

for (const [kind, code, value] of [
  ['too large', 'RECORD_TOO_LARGE', Buffer.alloc(1_048_588 - 61 - 10)],
  ['no bytes', 'VALUE_INVALID', 5],
  ['text from a serde', 'VALUE_INVALID', 'text'],
  ['nothing', 'VALUE_INVALID', undefined],
] as const) {
  stores(`${kind}: the dead letter of the record that made it`, () =>
    withDriver(storing(value), {}, async driver => {
      await driver.pipeBatch(
        'in',
        ['a', 'bad', 'b'].map(text => ({ key: text, value: text })),
      )
      assert.equal(valuesOf(driver.read('out')), ['a', 'b'])
      assert.equal(
        driver.read(letters).map(letter => header(letter, 'sluice.error.code')),
        [code],
      )
      const store = driver.getStateStore<KeyValueStore<string, string>>('s')
      assert.is(store?.get('before'), 'b')
      assert.is(store?.get('bad'), undefined)
    }),
  )
}

stores('a store without a changelog has no such limit', () =>
  withDriver(storing(Buffer.alloc(2_000_000), false), {}, async driver => {
    await driver.pipe('in', { key: 'k', value: 'bad' })
    assert.is(driver.read('out').length, 1)
  }),
)

stores('the limit of the changelog applies', () =>
  withDriver(storing(Buffer.alloc(5000)), { 'test-s-changelog': { 'max.message.bytes': 4000 } }, async driver => {
    await driver.pipe('in', { key: 'k', value: 'bad' })
    assert.is(header(driver.read(letters)[0], 'sluice.error.code'), 'RECORD_TOO_LARGE')
  }),
)

stores.run()

const dead = suite('dead letters fit their topic')

const failing = (): Topology => {
  const processor = (): Processor<Uint8Array, Uint8Array> => ({
    process() {
      throw new Error(`because of ${'y'.repeat(100_000)}\ud800`)
    },
  })
  const bytes = { key: bytesSerde, value: bytesSerde }
  return new Topology().addSource('in', 'in', bytes).addProcessor('p', processor, 'in').addSink('out', 'out', bytes, 'p')
}

for (const [name, record, limit] of [
  ['a large value', { key: 'k', value: 'v'.repeat(3_000_000) }, 1_048_588],
  ['large headers', { key: 'k', value: 'v', headers: { h: 'h'.repeat(3_000_000) } }, 1_048_588],
  ['a large key', { key: 'k'.repeat(3_000_000), value: 'v' }, 1_048_588],
  ['all of it large', { key: 'k'.repeat(5000), value: 'v'.repeat(5000), headers: { h: 'h'.repeat(5000) } }, 2000],
  ['hardly any room', { key: 'k', value: 'v'.repeat(5000), headers: { h: 'h' } }, 400],
  ['next to no room', { key: 'k', value: 'v'.repeat(5000) }, 130],
] as const) {
  dead(`${name}, at most ${limit} bytes`, () =>
    withDriver(failing(), { [letters]: { 'max.message.bytes': limit } }, async driver => {
      await driver.pipe('in', record)
      const [letter] = driver.read(letters)
      assert.is(header(letter, 'sluice.error.code'), 'PROCESSING_FAILED')
      if (limit < 400) return
      assert.is(header(letter, 'sluice.source.offset'), '0')
      assert.is(header(letter, 'sluice.source.topic'), 'in')
      if ((letter?.value?.length ?? 0) < record.value.length)
        assert.is(header(letter, 'sluice.source.value.bytes'), String(record.value.length))
      if ((letter?.key?.length ?? 0) < record.key.length) assert.is(header(letter, 'sluice.source.key.bytes'), String(record.key.length))
      if ('headers' in record && letter?.headers?.['h'] === undefined) assert.is(header(letter, 'sluice.source.headers'), '1')
    }),
  )
}

dead('a truncated value keeps as many bytes as fit', () =>
  withDriver(failing(), { [letters]: { 'max.message.bytes': 100_000 } }, async driver => {
    await driver.pipe('in', { key: 'k', value: 'v'.repeat(200_000), headers: { own: 'header' } })
    const [letter] = driver.read(letters)
    assert.ok((letter?.value?.length ?? 0) > 90_000)
    assert.is(header(letter, 'own'), 'header')
    assert.is(header(letter, 'sluice.source.value.bytes'), '200000')
  }),
)

dead('a timestamp that the topic refuses, and a key if the topic needs one', () =>
  withDriver(failing(), { [letters]: { 'message.timestamp.before.max.ms': hour, 'cleanup.policy': 'compact' } }, async driver => {
    for (const timestamp of [0, Date.now() + 5 * hour]) {
      await driver.pipe('in', { value: 'v', timestamp })
      const [letter] = driver.read(letters)
      assert.ok(Math.abs((letter?.timestamp ?? 0) - Date.now()) <= hour)
      assert.is(header(letter, 'sluice.source.timestamp'), String(timestamp))
      assert.match(Buffer.from(letter?.key ?? []).toString(), /^in-0-\d$/)
    }
  }),
)

dead.run()
