import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ConsumerBatch } from '../../../../../topology/runtime/kafka/kafkajs-mends/consumer-batch.ts'
import { decodeRecordBatches, type FetchedRecords } from '../../../../../topology/runtime/kafka/kafkajs-mends/fetch-decode.ts'
import type { FetchedRecord } from '../../../../../topology/runtime/kafka/kafkajs-mends/fetched-record.ts'
import {
  encodeRecordBatch,
  type BatchFields,
  type ProducedMessage,
} from '../../../../../topology/runtime/kafka/kafkajs-mends/record-batch.ts'
import { mendedModule } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { plainModule } from './plain-module.ts'

type Decode = (decoder: unknown) => Promise<FetchedRecords>
type MakeDecoder = new (bytes: Buffer) => { readonly offset: number }
type MakeBatch = new (topic: string, fetchedOffset: string, data: unknown) => ConsumerBatch<FetchedRecord>
type LookupCodec = (
  attributes: number,
) => { compress(encoder: { buffer: Buffer }): Promise<Buffer>; decompress(bytes: Buffer): Promise<Buffer> } | null

const path = 'src/protocol/requests/fetch/v4/decodeMessages.js'
const decoders = { plain: plainModule(path) as Decode, mended: mendedModule(path) as Decode }
const batches = { plain: plainModule('src/consumer/batch.js') as MakeBatch, mended: mendedModule('src/consumer/batch.js') as MakeBatch }
const Decoder = plainModule('src/protocol/decoder.js') as MakeDecoder
const { lookupCodec } = plainModule('src/protocol/message/compression/index.js') as { lookupCodec: LookupCodec }
const test = suite('fetch decode')

const fields: BatchFields = { compression: 0, transactional: false, producerId: -1n, producerEpoch: -1, firstSequence: -1 }
const appendTimeBit = 0x08
const controlBit = 0x20

interface Written {
  readonly messages: readonly ProducedMessage[]
  readonly baseOffset?: number
  readonly attributes?: number
  readonly compression?: number
  readonly transactional?: boolean
}

/** A record batch as a broker hands it out. */
async function written({ messages, baseOffset = 0, attributes = 0, compression = 0, transactional = false }: Written): Promise<Buffer> {
  const codec = lookupCodec(compression)
  const batch = await encodeRecordBatch(
    messages,
    { ...fields, compression, transactional },
    codec ? encoder => codec.compress(encoder) : undefined,
  )
  batch.writeBigInt64BE(BigInt(baseOffset), 0)
  batch.writeInt16BE(batch.readInt16BE(21) | attributes, 21)
  return batch
}

async function decode(which: keyof typeof decoders, bytes: Buffer): Promise<FetchedRecords> {
  const size = Buffer.alloc(4)
  size.writeInt32BE(bytes.length)
  const decoder = new Decoder(Buffer.concat([size, bytes]))
  const records = await decoders[which](decoder)
  assert.is(decoder.offset, bytes.length + 4)
  return records
}

const plainFields = (record: FetchedRecord): unknown => {
  const { offset, timestamp, key, value, headers, isControlRecord, magicByte, attributes, batchContext } = record
  return { offset, timestamp, key, value, headers, isControlRecord, magicByte, attributes, batchContext }
}

const bytes = fc.uint8Array({ maxLength: 300 }).map(array => Buffer.from(array))
const message = fc.record(
  {
    key: fc.option(bytes),
    value: fc.option(bytes),
    timestamp: fc.nat(9_999_999_999_999).map(String),
    headers: fc.dictionary(fc.string({ maxLength: 5 }), fc.oneof(bytes, fc.array(bytes, { minLength: 1, maxLength: 3 })), { maxKeys: 3 }),
  },
  { requiredKeys: ['value', 'timestamp'] },
)
const batch = fc.record({
  messages: fc.array(message, { minLength: 1, maxLength: 150 }),
  baseOffset: fc.nat(2 ** 40),
  attributes: fc.constantFrom(0, appendTimeBit, controlBit),
  compression: fc.constantFrom(0, 1),
  transactional: fc.boolean(),
})

test('gives the same records as kafkajs', () =>
  fc.assert(
    fc.asyncProperty(fc.array(batch, { maxLength: 3 }), async parts => {
      const all = Buffer.concat(await Promise.all(parts.map(written)))
      const [plain, mended] = [await decode('plain', all), await decode('mended', all)]
      assert.equal(mended.map(plainFields), plain.map(plainFields))
      for (const record of mended)
        assert.equal([record.offsetNumber, record.timestampNumber].map(String), [record.offset, record.timestamp])
    }),
    { numRuns: 50 },
  ))

test('an incomplete batch at the end is left for the next fetch', async () => {
  const [first, second] = [await written({ messages: [{ value: 'a' }] }), await written({ messages: [{ value: 'b' }], baseOffset: 1 })]
  for (const cut of [1, 30, second.length - 1]) {
    const records = await decode('mended', Buffer.concat([first, second.subarray(0, second.length - cut)]))
    assert.equal(
      records.map(({ offset }) => offset),
      ['0'],
    )
    assert.is(records.nextOffset, 1)
  }
})

test('a batch with a record that ends beyond it cannot be read', async () => {
  const broken = await written({ messages: [{ value: 'a' }] })
  broken[61] = 120
  const { failure, nextOffset } = await decodeRecordBatches(broken, () => null)
  assert.is(failure?.error.message, 'its records are damaged: one of its records ends beyond it')
  assert.equal([failure?.offset, failure?.last, nextOffset], [0, 0, 0])
})

test('a batch of 200,000 records; the plain decoder overflows the stack', async () => {
  const large = await written({ messages: Array.from({ length: 200_000 }, () => ({ value: '' })) })
  assert.is((await decode('mended', large)).length, 200_000)
  const error = await decode('plain', large).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.instance(error, RangeError)
})

test('if compaction removed the last or all records, the position moves to the end of the batch', async () => {
  const some = await written({ messages: [{ value: 'a' }], baseOffset: 10 })
  some.writeInt32BE(4, 23) // records 10 to 14, of which 10 is left
  const none = await written({ messages: [], baseOffset: 10 })
  none.writeInt32BE(4, 23)
  for (const [bytesOfBatch, fetchedOffset, plainMoves] of [
    [some, '12', true],
    [none, '10', false],
  ] as const) {
    const mended = new batches.mended('t', fetchedOffset, {
      partition: 0,
      highWatermark: '20',
      messages: await decode('mended', bytesOfBatch),
    })
    assert.equal([mended.isEmpty(), mended.isEmptyDueToFiltering(), mended.lastOffset(), mended.nextOffset], [true, true, '14', 15])
    const plain = new batches.plain('t', fetchedOffset, {
      partition: 0,
      highWatermark: '20',
      messages: await decode('plain', bytesOfBatch),
    })
    // The plain batch moves the position by one at most, so the same bytes are fetched again and again.
    assert.is(plain.isEmptyDueToFiltering(), plainMoves)
    if (plainMoves) assert.is(plain.lastOffset(), fetchedOffset)
  }
})

test("a batch's methods answer as kafkajs' do", () =>
  fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 3 }), fc.nat(100), async (parts, skip) => {
      let offset = 50
      const buffers: Buffer[] = []
      for (const part of parts) {
        buffers.push(await written({ ...part, baseOffset: offset }))
        offset += part.messages.length
      }
      const all = Buffer.concat(buffers)
      const fetchedOffset = String(Math.min(50 + skip, offset - 1))
      const [plain, mended] = await Promise.all(
        (['plain', 'mended'] as const).map(async which => {
          const made = new batches[which]('t', fetchedOffset, {
            partition: 2,
            highWatermark: '5000',
            abortedTransactions: [],
            messages: await decode(which, all),
          })
          const methods = [
            made.isEmpty(),
            made.isEmptyDueToFiltering(),
            made.firstOffset(),
            made.lastOffset(),
            made.offsetLag(),
            made.offsetLagLow(),
          ]
          return [made.topic, made.partition, made.highWatermark, made.fetchedOffset, methods, made.messages.map(plainFields)]
        }),
      )
      assert.equal(mended, plain)
    }),
    { numRuns: 40 },
  ))

test('an answer without records does not move the position', async () => {
  for (const which of ['plain', 'mended'] as const) {
    const made = new batches[which]('t', '7', { partition: 0, highWatermark: '7', abortedTransactions: [], messages: [] })
    assert.equal([made.isEmpty(), made.isEmptyDueToFiltering(), made.firstOffset(), made.lastOffset()], [true, false, null, '6'])
  }
})

test.run()
