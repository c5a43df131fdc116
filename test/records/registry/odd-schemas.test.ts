import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import avsc from 'avsc'
import { SluiceError } from '../../../base/index.ts'
import { ColumnBatch } from '../../../records/index.ts'
import { type RegisteredSchema, registryRecordReader, registrySerde, SchemaRegistry } from '../../../records/registry/index.ts'
import { framed } from '../../../records/registry/wire-frame.ts'
import { RegistryServer } from './registry-server.ts'

const specs = [
  { name: 'amount', kind: 'number' },
  { name: 'country', kind: 'text' },
  { name: 'toString', kind: 'number' },
] as const

const server = new RegistryServer()
let registry: SchemaRegistry
const test = suite('odd schemas')

test.before(async () => {
  await server.start()
  registry = new SchemaRegistry({ url: server.url })
})
test.after(() => server.stop())

let subjects = 0

/** A schema that the registry has been asked for. */
async function avroSchema(schema: unknown): Promise<RegisteredSchema> {
  const registered = await registry.register(`odd-${subjects++}`, { type: 'AVRO', text: JSON.stringify(schema) })
  while (registry.pending(registered.id) !== undefined) await new Promise(resolve => setTimeout(resolve, 2))
  return registered
}

function record(fields: Readonly<Record<string, unknown>>, more: object = {}): object {
  return { type: 'record', name: 'Order', fields: Object.entries(fields).map(([name, type]) => ({ name, type })), ...more }
}

/** Cells of the record, or why it cannot be read. */
async function read(bytes: Uint8Array): Promise<unknown> {
  const reader = registryRecordReader(registry, { specs })
  while (reader.pending?.(bytes) !== undefined) await new Promise(resolve => setTimeout(resolve, 2))
  const batch = new ColumnBatch(specs, 1)
  try {
    reader.read(bytes, batch, 0)
  } catch (error) {
    assert.instance(error, SluiceError)
    return `${(error as SluiceError).code}: ${(error as SluiceError).message}`
  }
  const [amount, country] = batch.columns
  if (amount?.kind !== 'number' || country?.kind !== 'text') throw new Error('columns are of other kinds')
  return [amount.missing[0] === 1 ? undefined : (amount.exact?.[0] ?? amount.values[0]), country.values[0]]
}

async function written(schema: RegisteredSchema, value: unknown): Promise<unknown> {
  return await read(registrySerde(registry, { schema }).serialize(value))
}

const nanos = 1_700_000_000_123_456_789n

test('64-bit integers beyond 2^53 are exact, in whatever way the type is written', async () => {
  for (const type of [
    'long',
    { type: 'long' },
    { type: 'long', logicalType: 'timestamp-nanos' },
    ['null', { type: 'long', 'connect.version': 1 }],
  ]) {
    const schema = await avroSchema(record({ amount: type }))
    assert.equal(await written(schema, { amount: nanos }), [nanos, undefined], JSON.stringify(type))
    const serde = registrySerde<{ amount: unknown }>(registry, { schema })
    assert.is(serde.deserialize(serde.serialize({ amount: nanos })).amount, nanos)
    assert.is(serde.deserialize(serde.serialize({ amount: 7 })).amount, 7)
  }
})

test('logical types are what lies below them', async () => {
  const country = { type: 'string', logicalType: 'uuid' }
  const schema = await avroSchema(record({ amount: { type: 'int', logicalType: 'date' }, country }))
  assert.equal(await written(schema, { amount: 20_000, country: 'a-b' }), [20_000, 'a-b'])
  const money = await avroSchema(record({ amount: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } }))
  assert.match(
    String(await written(money, { amount: Buffer.from([1]) })),
    /^RECORD_UNDECODABLE: field amount should be a number, not of type bytes$/,
  )
})

test('unions: of numbers, of a number and a text, of what looks alike', async () => {
  const schema = await avroSchema(record({ amount: ['null', 'int', 'double'], country: ['null', 'string', 'long'] }))
  assert.equal(await written(schema, { amount: { double: 1.5 }, country: 'DE' }), [1.5, 'DE'])
  assert.equal(await written(schema, { amount: { int: 2 }, country: null }), [2, undefined])
  assert.match(
    String(await written(schema, { amount: null, country: 5 })),
    /^RECORD_UNDECODABLE: field country should be a text, not of type number$/,
  )
})

test('a map or a record of one value is no number, however many it has', async () => {
  const map = await avroSchema(record({ amount: { type: 'map', values: 'double' } }))
  for (const amount of [{}, { only: 1 }, { one: 1, two: 2 }])
    assert.match(String(await written(map, { amount })), /^RECORD_UNDECODABLE: field amount should be a number, not of type object$/)
  const nested = await avroSchema(record({ amount: { type: 'record', name: 'Money', fields: [{ name: 'cents', type: 'int' }] } }))
  assert.match(
    String(await written(nested, { amount: { cents: 5 } })),
    /^RECORD_UNDECODABLE: field amount should be a number, not of type object$/,
  )
})

test('several kinds of events in one topic: a union of records', async () => {
  const other = record({ country: 'string' }, { name: 'Other' })
  const schema = await avroSchema([record({ amount: 'double' }), other])
  assert.equal(await written(schema, { Order: { amount: 3 } }), [3, undefined])
  assert.equal(await written(schema, { Other: { country: 'FR' } }), [undefined, 'FR'])
  const nullable = await avroSchema(['null', other])
  assert.equal(await written(nullable, { country: 'FR' }), [undefined, 'FR'])
  assert.match(String(await written(nullable, null)), /^RECORD_UNDECODABLE: /)
})

test('recursive types, enums and defaults', async () => {
  const schema = await avroSchema(
    record({
      amount: 'float',
      country: { type: 'enum', name: 'Country', symbols: ['DE', 'FR'], default: 'DE' },
      next: ['null', 'Order'],
    }),
  )
  const value = { amount: 1, country: 'FR', next: { amount: 2, country: 'DE', next: null } }
  assert.equal(await written(schema, value), [1, 'FR'])
  const serde = registrySerde<{ next: { next: unknown } }>(registry, { schema })
  assert.is(serde.deserialize(serde.serialize(value)).next.next, null)
  // So many levels: the union's second branch, again and again.
  const level = Buffer.from([0, 0, 0, 0, 0, 2])
  const deep = Buffer.concat(Array.from({ length: 200_000 }, () => level))
  assert.match(String(await read(framed(schema.id, deep))), /^RECORD_UNDECODABLE: it does not fit its Avro schema/)
})

for (const [what, type] of [
  ['array', { type: 'array', items: 'long' }],
  ['array of nothing', { type: 'array', items: 'null' }],
  ['map', { type: 'map', values: 'int' }],
  ['array of maps', { type: 'array', items: { type: 'map', values: 'null' } }],
] as const) {
  test(`the count of an ${what} may be any number: the record ends where its bytes do`, async () => {
    const schema = await avroSchema(record({ amount: 'double', list: type }))
    for (const count of [2 ** 24, 2 ** 31 - 1, 2 ** 32, 2 ** 45, -(2 ** 31), -(2 ** 45)]) {
      const started = performance.now()
      const body = Buffer.concat([Buffer.alloc(8), avsc.Type.forSchema('long').toBuffer(count), Buffer.from([2, 2, 2])])
      assert.match(String(await read(framed(schema.id, body))), /^RECORD_UNDECODABLE: it does not fit its Avro schema/, `${count}`)
      assert.ok(performance.now() - started < 10_000, `${count} took ${Math.round(performance.now() - started)} ms`)
    }
  })
}

test('lists and maps are read, also in blocks with their size', async () => {
  const schema = await avroSchema(record({ list: { type: 'array', items: 'int' }, map: { type: 'map', values: 'int' } }))
  const serde = registrySerde<{ list: unknown; map: object }>(registry, { schema })
  const value = { list: Array.from({ length: 70_000 }, (_, at) => at), map: { a: 1, b: 2 } }
  const { list, map } = serde.deserialize(serde.serialize(value))
  assert.equal({ list, map: { ...map } }, value)
  const blocks = Buffer.from([1, 2, 14, 2, 16, 0, 3, 8, 2, 97, 2, 2, 98, 4, 0])
  const read = serde.deserialize(framed(schema.id, blocks))
  assert.equal({ list: read.list, map: { ...read.map } }, { list: [7, 8], map: { a: 1, b: 2 } })
  const none = await avroSchema(record({ list: { type: 'array', items: 'null' } }))
  const nulls = registrySerde<{ list: unknown[] }>(registry, { schema: none })
  assert.is(nulls.deserialize(nulls.serialize({ list: Array(1000).fill(null) })).list.length, 1000)
})

test('a field that the schema does not have is missing, whatever its name', async () => {
  const schema = await avroSchema(record({ amount: 'double' }))
  assert.equal(await written(schema, { amount: 1 }), [1, undefined])
})

test('the id may be that of a schema of another kind: each record is read by the kind that its schema has', async () => {
  const json = await registry.register('odd-json', { type: 'JSON', text: '{}' })
  const proto = await registry.register('odd-proto', { type: 'PROTOBUF', text: 'syntax = "proto3"; message Order { double amount = 1; }' })
  const avro = await avroSchema(record({ amount: 'double' }))
  const asJson = Buffer.from('{"amount":4}')
  assert.equal(await read(framed(json.id, asJson)), [4, undefined])
  for (const { id } of [proto, avro]) assert.match(String(await read(framed(id, asJson))), /^RECORD_UNDECODABLE: /)
  assert.match(String(await read(framed(json.id, Buffer.from([0, 1, 2])))), /^RECORD_UNDECODABLE: /)
})

test('messages in messages: their place, and places that are none', async () => {
  const text =
    'syntax = "proto3"; message A { message B { message C { double amount = 2; } } message D { string country = 1; } } message E { double amount = 1; }'
  const schema = await registry.register('odd-nested', { type: 'PROTOBUF', text })
  for (const [message, value, expected] of [
    ['A.B.C', { amount: 5 }, [5, undefined]],
    ['A.D', { country: 'DE' }, [undefined, 'DE']],
    ['E', { amount: 6 }, [6, undefined]],
  ] as const)
    assert.equal(await read(registrySerde(registry, { schema, message }).serialize(value)), expected, message)
  for (const list of [[2, 4], [6, 0, 0], [4, 0, 5], [8, 0, 0, 0, 0], [1], [0x80], [0x80, 0x80, 0x80, 0x80, 0x80, 1], [4, 0], [0x82, 1]]) {
    const bytes = Buffer.concat([framed(schema.id, Buffer.alloc(0), []), Buffer.from(list)])
    assert.match(String(await read(bytes)), /^RECORD_UNDECODABLE: /, list.join())
  }
})

test.run()
