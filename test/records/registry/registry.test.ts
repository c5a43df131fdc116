import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../base/index.ts'
import { ColumnBatch } from '../../../records/index.ts'
import { registryRecordReader, registrySerde, SchemaRegistry } from '../../../records/registry/index.ts'
import { framed, messagePathOf, schemaIdOf } from '../../../records/registry/wire-frame.ts'
import { RegistryServer } from './registry-server.ts'

const avro = JSON.stringify({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'amount', type: 'double' },
    { name: 'country', type: ['null', 'string'], default: null },
    { name: 'id', type: 'long' },
    { name: 'urgent', type: 'boolean' },
    { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['order', 'offer'] } },
    { name: 'tags', type: { type: 'array', items: 'string' } },
  ],
})
const proto = `syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
message Customer { string name = 1; }
message Order {
  double amount = 1;
  optional string country = 2;
  int64 id = 3;
  bool urgent = 4;
  string kind = 5;
  google.protobuf.Timestamp at = 6;
  repeated string tags = 7;
  message Line { int32 count = 1; }
}
`
const jsonSchema = JSON.stringify({ type: 'object', properties: { amount: { type: 'number' }, country: { type: 'string' } } })

const specs = [
  { name: 'amount', kind: 'number' },
  { name: 'country', kind: 'text' },
  { name: 'id', kind: 'number' },
  { name: 'urgent', kind: 'number' },
  { name: 'absent', kind: 'number' },
] as const

/** An order of each kind of schema. */
const order = { amount: 1.5, country: 'DE', urgent: true, kind: 'order', tags: ['a'] }

interface Context {
  server: RegistryServer
  registry: SchemaRegistry
  /** Unique, so that a real registry may be used again. */
  subject: string
}

async function answered(registry: SchemaRegistry, id: number): Promise<void> {
  while (registry.pending(id) !== undefined) await new Promise(resolve => setTimeout(resolve, 2))
}

/** What a reader says of a record: its cells, by name, and its data type. */
async function readOf({ registry }: Pick<Context, 'registry'>, bytes: Uint8Array) {
  const reader = registryRecordReader(registry, { specs, dataTypeField: 'kind' })
  while (reader.pending?.(bytes) !== undefined) await new Promise(resolve => setTimeout(resolve, 2))
  const batch = new ColumnBatch(specs, 1)
  const type = reader.read(bytes, batch, 0)
  batch.length = 1
  const cells = batch.columns.map(column => {
    if (column.kind === 'text') return column.values[0]
    return column.missing[0] === 1 ? undefined : (column.exact?.[0] ?? column.values[0])
  })
  return { type, ...Object.fromEntries(specs.map(({ name }, at) => [name, cells[at]])) }
}

function failure(work: () => unknown): SluiceError {
  try {
    work()
  } catch (error) {
    assert.instance(error, SluiceError)
    return error as SluiceError
  }
  throw new Error('it did not throw')
}

/** What is true of every registry. */
function sameForAll(name: string, open: (context: Context) => Promise<string>, close: (context: Context) => Promise<void>): void {
  const test = suite<Context>(name)
  test.before(async context => {
    context.subject = `orders-${Date.now()}`
    context.registry = new SchemaRegistry({ url: await open(context) })
  })
  test.after(close)

  for (const [type, text, message] of [
    ['AVRO', avro, undefined],
    ['PROTOBUF', proto, 'Order'],
    ['JSON', jsonSchema, undefined],
  ] as const) {
    test(`${type}: what is written is read into columns and as a value`, async context => {
      const { registry, subject } = context
      const schema = await registry.register(`${subject}-${type}`, { type, text })
      assert.is((await registry.latest(`${subject}-${type}`)).id, schema.id)
      const serde = registrySerde<Record<string, unknown>>(registry, { schema, message })
      const bytes = serde.serialize({ ...order, id: 42 })
      assert.is(schemaIdOf(bytes), schema.id)
      assert.equal(await readOf(context, bytes), { type: 'order', amount: 1.5, country: 'DE', id: 42, urgent: 1, absent: undefined })
      const { amount, country, urgent, kind, tags } = serde.deserialize(bytes)
      assert.equal({ amount, country, urgent, kind, tags }, order)
    })
  }

  test('the registry has no such schema: that is known, and is an error of the record', async ({ registry }) => {
    await answered(registry, 2_000_000_000)
    const error = failure(() => registry.get(2_000_000_000))
    assert.equal([error.code, error.fault], ['SCHEMA_UNKNOWN', 'record'])
  })

  test('a subject that is not there', async ({ registry }) => {
    const error = await registry.latest('never-registered').then(
      () => undefined,
      (reason: unknown) => reason as SluiceError,
    )
    assert.is(error?.code, 'SCHEMA_UNKNOWN')
  })
  test.run()
}

sameForAll(
  'a registry in this process',
  async context => {
    context.server = new RegistryServer()
    await context.server.start()
    return context.server.url
  },
  ({ server }) => server.stop(),
)
const real = process.env['SLUICE_TEST_REGISTRY']
if (real !== undefined)
  sameForAll(
    'the registry of SLUICE_TEST_REGISTRY',
    () => Promise.resolve(real),
    () => Promise.resolve(),
  )

const test = suite<Context>('schemas of a registry')

test.before.each(async context => {
  context.server = new RegistryServer()
  await context.server.start()
  context.registry = new SchemaRegistry({ url: context.server.url })
})
test.after.each(({ server }) => server.stop().catch(() => undefined))

test('a schema is asked for once, also by many records at the same time', async ({ server, registry }) => {
  const { id } = await new SchemaRegistry({ url: server.url }).register('a', { type: 'AVRO', text: avro })
  server.asked.length = 0
  for (let at = 0; at < 100; at++) registry.pending(id)
  await answered(registry, id)
  for (let at = 0; at < 100; at++) assert.is(registry.get(id).text, avro)
  assert.equal(server.asked, [`/schemas/ids/${id}`])
})

test('a registry that is away, or that is none, is asked again, and what it lacks is not known', async ({ server, registry }) => {
  const { id } = await new SchemaRegistry({ url: server.url }).register('a', { type: 'AVRO', text: avro })
  for (const broken of [
    { status: 404, body: '<html>no such page</html>' },
    { status: 404, body: '{"error_code":404,"message":"HTTP 404 Not Found"}' },
    { status: 401, body: '{}' },
    { status: 503, body: '' },
    { status: 200, body: 'not JSON' },
    { status: 200, body: '{}' },
  ]) {
    server.broken = broken
    const own = new SchemaRegistry({ url: server.url })
    own.pending(id)
    while (!/it answered|its answer/.test(own.pending(id) ?? '')) await new Promise(resolve => setTimeout(resolve, 5))
    const error = failure(() => own.get(id))
    assert.equal([error.code, error.fault], ['REGISTRY_UNREACHABLE', 'environment'])
    server.broken = undefined
    await answered(own, id)
    assert.is(own.get(id).text, avro)
  }
  await server.stop()
  registry.pending(id)
  while (!registry.pending(id)?.includes('it does not answer')) await new Promise(resolve => setTimeout(resolve, 5))
  assert.match(registry.pending(id) as string, /^asking the schema registry at http:.* for schema \d+: it does not answer: ./)
  await server.start()
  await answered(registry, id)
  assert.is(registry.get(id).text, avro)
})

test('credentials are sent, and in no message', async ({ server }) => {
  for (const [address, header] of [
    [{ username: 'me', password: 'geheim' }, `Basic ${Buffer.from('me:geheim').toString('base64')}`],
    [{ token: 'geheim' }, 'Bearer geheim'],
  ] as const) {
    server.authorization = header
    await new SchemaRegistry({ url: server.url, ...address }).register('a', { type: 'AVRO', text: avro })
    server.authorization = 'other'
    const error = await new SchemaRegistry({ url: server.url, ...address }).latest('a').then(
      () => undefined,
      (reason: unknown) => reason as SluiceError,
    )
    assert.match(String(error?.message), /it answered 401: the credentials are refused$/)
    assert.not.match(String(error?.message), /geheim/)
  }
})

test('64-bit integers are exact; null and NaN are missing', async context => {
  const { registry } = context
  const schema = await registry.register('a', { type: 'AVRO', text: avro })
  const serde = registrySerde(registry, { schema })
  const bytes = serde.serialize({ ...order, id: 9_007_199_254_740_993n, country: null, amount: NaN })
  const read = await readOf(context, bytes)
  assert.equal([read['id' as 'type'], read['country' as 'type'], read['amount' as 'type']], [9_007_199_254_740_993n, undefined, undefined])
})

test('references: each schema after those that it refers to', async ({ server, registry }) => {
  const post = async (subject: string, body: unknown): Promise<number> => {
    const answer = await fetch(`${server.url}/subjects/${subject}/versions`, { method: 'POST', body: JSON.stringify(body) })
    return ((await answer.json()) as { id: number }).id
  }
  const country = { type: 'enum', name: 'Country', namespace: 'geo', symbols: ['DE', 'FR'] }
  await post('geo', { schema: JSON.stringify(country) })
  const text = JSON.stringify({ type: 'record', name: 'Order', fields: [{ name: 'country', type: 'geo.Country' }] })
  const id = await post('order', { schema: text, references: [{ name: 'geo.Country', subject: 'geo', version: 1 }] })
  await post('geo.proto', { schemaType: 'PROTOBUF', schema: 'syntax = "proto3"; package geo; message Place { string name = 1; }' })
  const places = 'syntax = "proto3"; import "geo.proto"; message Order { geo.Place place = 1; }'
  const protoId = await post('o.proto', {
    schemaType: 'PROTOBUF',
    schema: places,
    references: [{ name: 'geo.proto', subject: 'geo.proto', version: 1 }],
  })
  await Promise.all([answered(registry, id), answered(registry, protoId)])
  const avroSerde = registrySerde(registry, { schema: registry.get(id) })
  assert.equal({ ...(avroSerde.deserialize(avroSerde.serialize({ country: 'FR' })) as object) }, { country: 'FR' })
  const protoSerde = registrySerde(registry, { schema: registry.get(protoId) })
  assert.equal(protoSerde.deserialize(protoSerde.serialize({ place: { name: 'Ulm' } })), { place: { name: 'Ulm' } })
})

for (const [bytes, why] of [
  [Buffer.from([0, 0, 0]), /it has 3 bytes/],
  [Buffer.from('{"amount":1}'), /its first byte is 123, not 0/],
] as const) {
  test(`not in the wire format: ${bytes.toString('hex')}`, ({ registry }) => {
    const reader = registryRecordReader(registry, { specs })
    assert.is(reader.pending?.(bytes), undefined, 'nothing to wait for')
    const error = failure(() => reader.read(bytes, new ColumnBatch(specs, 1), 0))
    assert.is(error.code, 'RECORD_UNDECODABLE')
    assert.match(error.message, why)
  })
}

test('a record that does not fit its schema, and a schema that does not fit the fields', async context => {
  const { registry } = context
  const { id } = await registry.register('a', { type: 'AVRO', text: avro })
  const text = await registry.register('b', { type: 'PROTOBUF', text: 'syntax = "proto3"; message Order { string amount = 1; }' })
  const broken = await registry.register('c', { type: 'AVRO', text: '{"type":"no such type"}' })
  for (const [bytes, why] of [
    [framed(id, Buffer.from([1, 2])), /it does not fit its Avro schema/],
    [framed(text.id, Buffer.alloc(0), [0]), /field amount of Order should be a number, but its schema has string/],
    [framed(text.id, Buffer.alloc(0), [1]), /has no message at place 1; it has 0: Order/],
    [framed(broken.id, Buffer.alloc(0)), /schema \d+ of the registry cannot be used: it is not an Avro schema/],
  ] as const) {
    const error = await readOf(context, bytes).then(
      () => undefined,
      (reason: unknown) => reason as SluiceError,
    )
    assert.is(error?.code, 'RECORD_UNDECODABLE')
    assert.match(String(error?.message), why)
  }
})

test('the list of message places', () => {
  for (const places of [[0], [1], [0, 0], [2, 63, 64, 300]]) {
    const { path, body } = messagePathOf(framed(7, Buffer.from('x'), places))
    assert.equal([path, String(body)], [places.join('.'), 'x'])
  }
  assert.equal(messagePathOf(Buffer.from([0, 0, 0, 0, 7, 2, 0])).path, '0', 'a list of one 0 that is written out')
  for (const list of [[], [2], [0x80], [1], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]]) {
    assert.is(failure(() => messagePathOf(Buffer.from([0, 0, 0, 0, 7, ...list]))).code, 'RECORD_UNDECODABLE')
  }
})

test.run()
