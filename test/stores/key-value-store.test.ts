import Long from 'long'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import { protobufSerde } from '../../records/protobuf-serde.ts'
import { bytesSerde, jsonSerde, stringSerde, type Serde } from '../../records/serde.ts'
import { jsonView, keyValueStore, type StoreQuery } from '../../stores/index.ts'

const test = suite('typed store')

const numberSerde: Serde<number> = {
  serialize(value) {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return bytes
  },
  deserialize: bytes => Buffer.from(bytes).readUInt32BE(0),
}

async function assertRefused(ask: () => unknown): Promise<void> {
  const error: unknown = await Promise.resolve()
    .then(ask)
    .catch((thrown: unknown) => thrown)
  assert.is((error as { code?: unknown }).code, 'INPUT_INVALID')
}

test('queries within bounds, page by page, committed or not', async () => {
  const managed = await keyValueStore({ name: 'texts', key: stringSerde, value: stringSerde }).open(undefined)
  const keys = ['', 'a', 'a\u0000', 'ab', 'b', 'ä', '\uffff', '😀']
  for (const key of keys) managed.store.put(key, key)
  const found = async (query: StoreQuery): Promise<string[]> => {
    const seen: string[] = []
    for await (const { key, value } of managed.store.queryAll(query)) {
      assert.is(value, query.keysOnly ? undefined : key)
      seen.push(key)
    }
    return seen
  }
  assert.equal(await found({}), [])
  assert.equal(await found({ uncommitted: true }), keys)
  assert.is(managed.store.query('a', { uncommitted: true }), 'a')
  assert.is(managed.store.query('a'), undefined)
  managed.prepareCommit()
  await managed.postCommit({ changelogOffset: 1 })
  assert.equal(await found({}), keys)
  assert.equal(await found({ keysOnly: true, prefix: 'a' }), ['a', 'a\u0000', 'ab'])
  assert.equal(await found({ prefix: 'a', after: 'a' }), ['a\u0000', 'ab'])
  assert.equal(await found({ prefix: 'a', after: 'a', limit: 1 }), ['a\u0000'])
  assert.equal(await found({ from: 'ab', to: 'ä' }), ['ab', 'b'])
  assert.equal(await found({ from: 'a', after: 'ab', to: 'zz', prefix: '' }), ['b'])
  assert.equal(await found({ from: 'b', to: 'a' }), [])
  assert.equal(await found({ prefix: '😀' }), ['😀'])
  for (let size = 1; size <= keys.length; size++) {
    const seen: string[] = []
    for (let page = await found({ limit: size }); page.length > 0; page = await found({ limit: size, after: seen.at(-1) }))
      seen.push(...page)
    assert.equal(seen, keys, `pages of ${size}`)
  }
})

test('keys that are not text have a text form for queries', async () => {
  const keyText = { parse: Number, format: String }
  const managed = await keyValueStore({ name: 'sensors', key: numberSerde, value: jsonSerde(), keyText }).open(undefined)
  const { store } = managed
  for (const sensor of [300, 7, 12]) store.put(sensor, { sensor })
  managed.prepareCommit()
  await managed.postCommit({ changelogOffset: 1 })
  assert.equal(store.query('12'), { sensor: 12 })
  assert.is(store.query('13'), undefined)
  const found: unknown[] = []
  for await (const entry of store.queryAll({ from: '8' })) found.push(entry)
  assert.equal(found, [
    { key: '12', value: { sensor: 12 }, order: '\0\0\0\x0c' },
    { key: '300', value: { sensor: 300 }, order: '\0\0\x01,' },
  ])
  await assertRefused(() => store.query('-1'))
  await assertRefused(() => store.queryAll({ prefix: '1' })[Symbol.asyncIterator]().next())
  const typed: unknown[] = []
  for await (const entry of store.range(7, 300)) typed.push(entry)
  assert.equal(typed, [
    [7, { sensor: 7 }],
    [12, { sensor: 12 }],
  ])
})

test('protobuf messages and bytes are shown as JSON', async () => {
  const results = await keyValueStore({
    name: 'results',
    key: stringSerde,
    value: protobufSerde<sluice.ScoreResult.$Properties>(sluice.ScoreResult),
  }).open(undefined)
  results.store.put('wine', {
    modelName: 'forest',
    status: sluice.ScoreResult.Status.FAILED,
    modelHash: Buffer.from([1, 2]),
    modelVersion: 12,
  })
  results.prepareCommit()
  await results.postCommit({ changelogOffset: 1 })
  const shown = JSON.parse(JSON.stringify(results.store.query('wine'))) as Record<string, unknown>
  assert.is(shown['modelName'], 'forest')
  assert.is(shown['status'], 'FAILED')
  assert.is(shown['modelHash'], 'AQI=')
  assert.is(Number(shown['modelVersion']), 12)
  const raw = await keyValueStore({ name: 'raw', key: bytesSerde, value: bytesSerde }).open(undefined)
  raw.store.put(Buffer.from('k'), Buffer.from([255, 0]))
  raw.prepareCommit()
  await raw.postCommit({ changelogOffset: 1 })
  assert.is(raw.store.query('k'), '/wA=')
})

test('values that JSON cannot express are converted', () => {
  const big = 2n ** 60n
  assert.equal(
    jsonView({
      small: 5n,
      big,
      long: Long.fromString('-5'),
      unsigned: Long.MAX_UNSIGNED_VALUE,
      bytes: new Uint8Array([1, 2, 3]),
      floats: new Float32Array([0.5, 2]),
      date: new Date(0),
      map: new Map([['a', Buffer.from('x')]]),
      set: new Set([1n]),
      none: null,
      nested: [{ flag: true }],
    }),
    {
      small: 5,
      big: big.toString(),
      long: -5,
      unsigned: '18446744073709551615',
      bytes: 'AQID',
      floats: [0.5, 2],
      date: '1970-01-01T00:00:00.000Z',
      map: { a: 'eA==' },
      set: [1],
      none: null,
      nested: [{ flag: true }],
    },
  )
})

test('a builder returns its defaults', async () => {
  const options = { name: 'kept', key: stringSerde, value: stringSerde }
  assert.is(keyValueStore(options).logged, true)
  assert.is(keyValueStore({ ...options, logged: false }).logged, false)
  assert.is(keyValueStore(options).name, 'kept')
})

test.run()
