import * as fc from 'fast-check'
import { gunzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ProducedMessage } from '../../../../../topology/runtime/kafka/kafkajs-mends/record-batch.ts'
import { mendedModule } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { plainModule } from './plain-module.ts'

interface Request {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
  expectResponse(): boolean
  encode(): Promise<{ readonly buffer: Buffer }>
}
type MakeRequest = (options: Record<string, unknown>) => Request
type Encode = (options: { correlationId: number; clientId: string; request: Request }) => Promise<{ readonly buffer: Buffer }>
type DecodeBatch = (decoder: unknown) => Promise<Decoded>
interface Decoded {
  readonly firstTimestamp: string
  readonly maxTimestamp: string
  readonly records: readonly {
    readonly key: Buffer | null
    readonly value: Buffer | null
    readonly timestamp: string
    readonly offset: string
    readonly headers: Record<string, unknown>
  }[]
}

const versions = [3, 4, 5, 6, 7]
const pathOf = (version: number): string => `src/protocol/requests/produce/v${version}/request.js`
const [plainRequests, mendedRequests] = [plainModule, mendedModule].map(module =>
  versions.map(version => module(pathOf(version)) as MakeRequest),
) as [MakeRequest[], MakeRequest[]]
const PlainDecoder = plainModule('src/protocol/decoder.js') as new (bytes: Buffer) => unknown
const decodeBatch = plainModule('src/protocol/recordBatch/v0/decoder.js') as DecodeBatch
const test = suite('produce request')

const bytes = fc.uint8Array({ maxLength: 200 }).map(array => Buffer.from(array))
const content = fc.oneof(bytes, fc.string({ unit: 'binary', maxLength: 30 }), fc.constant(null))
const headerValue = fc.oneof(bytes, fc.string({ maxLength: 8 }))
// The plain encoder sorts timestamps as text: of 13 digits that is their order.
const message = fc.record(
  {
    key: content,
    value: content,
    timestamp: fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }).map(String),
    headers: fc.dictionary(fc.string({ maxLength: 8 }), fc.oneof(headerValue, fc.array(headerValue, { maxLength: 3 })), { maxKeys: 4 }),
  },
  { requiredKeys: ['value', 'timestamp'] },
)
const partition = fc.record({
  partition: fc.nat(50),
  firstSequence: fc.nat(),
  messages: fc.array(message, { minLength: 1, maxLength: 20 }),
})
const request = fc.record(
  {
    acks: fc.constantFrom(-1, 0, 1),
    timeout: fc.nat(60_000),
    transactionalId: fc.oneof(fc.constant(null), fc.string({ minLength: 1, maxLength: 20 })),
    producerId: fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 62n }).map(String)),
    producerEpoch: fc.nat(32_767),
    compression: fc.constantFrom(0, 1),
    topicData: fc.array(
      fc.record({ topic: fc.string({ minLength: 1, maxLength: 20 }), partitions: fc.array(partition, { maxLength: 3 }) }),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['acks', 'timeout', 'topicData'] },
)

test('byte for byte the output of the encoder of kafkajs, in every version', () =>
  fc.assert(
    fc.asyncProperty(request, fc.nat(versions.length - 1), async (options, which) => {
      const plain = (plainRequests[which] as MakeRequest)(options)
      const mended = (mendedRequests[which] as MakeRequest)(options)
      assert.equal([mended.apiKey, mended.apiVersion, mended.apiName], [plain.apiKey, plain.apiVersion, plain.apiName])
      assert.is(mended.expectResponse(), plain.expectResponse())
      const [expected, actual] = [await plain.encode(), await mended.encode()]
      assert.ok(actual.buffer.equals(expected.buffer))
      const whole = { correlationId: 7, clientId: 'client-é' }
      const [plainWhole, mendedWhole] = [
        plainModule('src/protocol/request.js') as Encode,
        mendedModule('src/protocol/request.js') as Encode,
      ]
      assert.ok((await mendedWhole({ ...whole, request: mended })).buffer.equals((await plainWhole({ ...whole, request: plain })).buffer))
    }),
    { numRuns: 60 },
  ))

test('the decoder of kafkajs reads the output', () =>
  fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 300 }), fc.constantFrom(0, 1), async (messages, compression) => {
      const batch = await decode(mendedRequests[4] as MakeRequest, messages, compression)
      const offsets = batch.records.map(({ offset }) => offset)
      assert.equal(offsets, [...messages.keys()].map(String))
      for (const [index, { key = null, value, timestamp }] of messages.entries()) {
        const record = batch.records[index] as (typeof batch.records)[number]
        assert.equal(record.key, key === null ? null : Buffer.from(key as string))
        assert.equal(record.value, value === null ? null : Buffer.from(value as string))
        assert.is(record.timestamp, timestamp)
      }
    }),
    { numRuns: 60 },
  ))

test('timestamps are compared as numbers; kafkajs compares text', async () => {
  const messages = [9, 10, 100].map(timestamp => ({ value: 'v', timestamp: String(timestamp) }))
  const mended = await decode(mendedRequests[4] as MakeRequest, messages, 0)
  assert.equal([mended.firstTimestamp, mended.maxTimestamp], ['9', '100'])
  const plain = await decode(plainRequests[4] as MakeRequest, messages, 0)
  assert.equal([plain.firstTimestamp, plain.maxTimestamp], ['10', '9'])
})

test('timestamp 0 is 0; kafkajs replaces it by the present time', async () => {
  const messages = [{ value: 'v', timestamp: 0 }]
  const of = async (make: MakeRequest): Promise<string | undefined> => (await decode(make, messages, 0)).records[0]?.timestamp
  assert.is(await of(mendedRequests[4] as MakeRequest), '0')
  assert.is.not(await of(plainRequests[4] as MakeRequest), '0')
})

test('bytes that are no Buffer stay bytes; kafkajs takes them for text', async () => {
  const messages = [{ value: new Uint8Array([1, 2, 3]), timestamp: '1' }]
  const of = async (make: MakeRequest): Promise<Buffer | null | undefined> => (await decode(make, messages, 0)).records[0]?.value
  assert.equal(await of(mendedRequests[4] as MakeRequest), Buffer.from([1, 2, 3]))
  assert.not.equal(await of(plainRequests[4] as MakeRequest), Buffer.from([1, 2, 3]))
})

test('invalid timestamps and compressions are refused', async () => {
  for (const [timestamp, compression] of [
    ['', 0],
    ['today', 0],
    ['1', 6],
  ] as const) {
    const error = await decode(mendedRequests[4] as MakeRequest, [{ value: 'v', timestamp }], compression).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    assert.instance(error, TypeError)
  }
})

test('gzip compresses only the records', async () => {
  const encoded = await encodeOne(mendedRequests[4] as MakeRequest, [{ value: 'v'.repeat(1000), timestamp: '1' }], 1)
  assert.ok(encoded.length < 200)
  assert.ok(gunzipSync(encoded.subarray(61)).length > 1000)
})

/** The one record batch of a request with one partition. */
async function encodeOne(make: MakeRequest, messages: readonly ProducedMessage[], compression: number): Promise<Buffer> {
  const topicData = [{ topic: 't', partitions: [{ partition: 0, firstSequence: 0, messages }] }]
  const { buffer } = await make({ acks: -1, timeout: 1000, compression, topicData }).encode()
  // Transactional id, acks, timeout, number of topics, topic, number of partitions, partition, size.
  return buffer.subarray(2 + 2 + 4 + 4 + 3 + 4 + 4 + 4)
}

async function decode(make: MakeRequest, messages: readonly ProducedMessage[], compression: number): Promise<Decoded> {
  return decodeBatch(new PlainDecoder(await encodeOne(make, messages, compression)))
}

test.run()
