import { once } from 'node:events'
import { createGzip } from 'node:zlib'
import * as fc from 'fast-check'
import { compress as packRaw } from 'snappy'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { codecTypes, makeCodec, UnreadableBatch, type CodecName } from '../../../../../topology/runtime/kafka/codecs/index.ts'
import { ConsumerBatch } from '../../../../../topology/runtime/kafka/kafkajs-mends/consumer-batch.ts'
import { decodeRecordBatches, type FetchedRecords } from '../../../../../topology/runtime/kafka/kafkajs-mends/fetch-decode.ts'
import { loadMendedKafkajs, mendedModule } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { encodeRecordBatch, type ProducedMessage } from '../../../../../topology/runtime/kafka/kafkajs-mends/record-batch.ts'
import { committedBatch } from '../../../../../topology/runtime/topics/topic-batch.ts'
import { plainModule } from '../kafkajs-mends/plain-module.ts'

interface Registered {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>
  decompress(bytes: Buffer): Promise<Buffer>
}
type LookupCodec = (type: number) => Registered
type MakeRequest = (request: object) => { encode(): Promise<{ readonly buffer: Buffer }> }

const names = Object.keys(codecTypes) as CodecName[]
const compression = 'src/protocol/message/compression/index.js'
const { lookupCodec } = mendedModule(compression) as { lookupCodec: LookupCodec }
const makeRequest = mendedModule('src/protocol/requests/produce/v7/request.js') as MakeRequest
const decodeMessages = mendedModule('src/protocol/requests/fetch/v4/decodeMessages.js') as (decoder: unknown) => Promise<FetchedRecords>
const Decoder = mendedModule('src/protocol/decoder.js') as new (bytes: Buffer) => object
const megabyte = 1024 * 1024
const test = suite('codecs')

async function unreadable(work: Promise<unknown>): Promise<UnreadableBatch> {
  const error = await work.then(
    value => value,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof UnreadableBatch)) throw error instanceof Error ? error : new Error('it was read')
  assert.equal([error.code, error.retriable], ['BATCH_UNREADABLE', false])
  return error
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 500 }).map(array => Buffer.from(array)),
  fc.tuple(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 20_000 })).map(([text, count]) => Buffer.from(text.repeat(count))),
)
const message = fc.record(
  { key: fc.option(bytes), value: fc.option(bytes), timestamp: fc.nat(9_999_999_999).map(String) },
  { noNullPrototype: true },
)

/** The record batch alone, as the mended producer puts it into its request, with its size before it. */
async function produced(messages: readonly ProducedMessage[], type: number): Promise<Buffer> {
  const topicData = [{ topic: 't', partitions: [{ partition: 0, messages }] }]
  const { buffer } = await makeRequest({ acks: -1, timeout: 1000, compression: type, topicData }).encode()
  return buffer.subarray(2 + 2 + 4 + 4 + 3 + 4 + 4)
}

for (const name of names) {
  test(`${name}: the consumer reads the output of the producer`, () =>
    fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 20 }), async messages => {
        const batch = await produced(messages, codecTypes[name])
        assert.is(batch.readInt16BE(4 + 21) & 7, codecTypes[name])
        const records = await decodeMessages(new Decoder(batch))
        assert.equal(
          records.map(({ key, value, timestamp }) => ({ key, value, timestamp })),
          messages,
        )
      }),
      { numRuns: 40 },
    ))

  test(`${name}: packs a megabyte into less, and unpacks it into memory of its own`, async () => {
    const codec = makeCodec[name]()
    const buffer = Buffer.from('records '.repeat(megabyte / 8))
    const packed = await codec.compress({ buffer })
    assert.ok(packed.length < megabyte / 10)
    const unpacked = await codec.decompress(packed)
    packed.fill(0)
    assert.ok(unpacked.equals(buffer))
  })

  test(`${name}: exactly the limit is unpacked, one byte more is not`, () =>
    fc.assert(
      fc.asyncProperty(bytes, async buffer => {
        fc.pre(buffer.length > 1)
        const packed = await makeCodec[name]().compress({ buffer })
        assert.equal(await makeCodec[name](buffer.length).decompress(packed), buffer)
        const error = await unreadable(makeCodec[name](buffer.length - 1).decompress(packed))
        assert.is(error.message, `its ${name} content unpacks to more than the limit of ${buffer.length - 1} bytes`)
      }),
      { numRuns: 40 },
    ))

  test(`${name}: truncated bytes are an error`, async () => {
    const codec = makeCodec[name]()
    const packed = await codec.compress({ buffer: Buffer.from('records and records and more '.repeat(10)) })
    for (let length = 0; length < packed.length; length++) {
      // Snappy's frame does not tell how many blocks it has: then the records themselves end too early.
      if (name === 'snappy' && length === 16) continue
      assert.match((await unreadable(codec.decompress(packed.subarray(0, length)))).message, `its ${name} content is damaged: `)
    }
  })

  test(`${name}: damaged bytes are an error or other bytes within the limit`, () =>
    fc.assert(
      fc.asyncProperty(bytes, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }), async (buffer, damages) => {
        const codec = makeCodec[name](megabyte)
        const packed = Buffer.from(await codec.compress({ buffer }))
        for (const [at, byte] of damages) packed[at % packed.length] = byte
        const result = await codec.decompress(packed).catch((error: unknown) => error)
        assert.ok(result instanceof UnreadableBatch || (Buffer.isBuffer(result) && result.length <= megabyte))
      }),
      { numRuns: 200 },
    ))
}

test('zstd: batches above 4 MB are unpacked in another thread, in whatever order they come', async () => {
  const large = Buffer.from('records '.repeat((16 * megabyte) / 8))
  const other = Buffer.alloc(5 * megabyte, 7)
  const codec = makeCodec.zstd()
  const [packed, packedOther] = [await codec.compress({ buffer: large }), await codec.compress({ buffer: other })]
  let turns = 0
  const turning = setInterval(() => turns++)
  const unpacked = await codec.decompress(packed)
  clearInterval(turning)
  // The calling thread has other turns meanwhile: it would have none if it unpacked them itself.
  assert.ok(turns > 0)
  assert.ok(unpacked.equals(large))
  const damaged = Buffer.from(packed)
  damaged.fill(0xff, damaged.length >> 1)
  const results = await Promise.allSettled([
    codec.decompress(packed),
    makeCodec.zstd(large.length - 1).decompress(packed),
    codec.decompress(damaged),
    codec.decompress(packedOther),
  ])
  const told = results.map(result => (result.status === 'rejected' ? (result.reason as Error).message : result.value.length))
  assert.equal(
    [told[0], told[1], told[3]],
    [large.length, `its zstd content unpacks to more than the limit of ${large.length - 1} bytes`, other.length],
  )
  assert.match(String(told[2]), /^its zstd content is damaged: (?!its)/)
})

/** 512 MB in the fewest bytes that each format has for them, without ever holding the 512 MB. */
const bombs: readonly (readonly [codec: CodecName, what: string, make: () => Promise<Buffer>, mostMemory: number])[] = [
  ['lz4', 'blocks of 64 kB', async () => lz4Bomb(await makeCodec.lz4().compress({ buffer: Buffer.alloc(65_536) })), 64],
  ['snappy', 'blocks of 1 MB', snappyBomb, 64],
  ['snappy', 'without a frame', () => Promise.resolve(Buffer.from('8080808002fe', 'hex')), 64],
  ['zstd', 'without a content size', () => Promise.resolve(zstdBomb('0058')), 320],
  ['zstd', 'with its content size', () => Promise.resolve(zstdBomb('805800000020')), 64],
  ['gzip', 'a stream', () => gzipBomb(), 384],
]

function lz4Bomb(frame: Buffer): Buffer {
  const block = frame.subarray(7, frame.length - 4)
  return Buffer.concat([frame.subarray(0, 7), ...Array.from({ length: 512 * 16 }, () => block), Buffer.alloc(4)])
}

async function snappyBomb(): Promise<Buffer> {
  const block = await packRaw(Buffer.alloc(megabyte))
  const size = Buffer.alloc(4)
  size.writeInt32BE(block.length)
  return Buffer.concat([Buffer.from('82534e41505059000000000100000001', 'hex'), ...Array.from({ length: 512 }, () => [size, block]).flat()])
}

/** A frame of 4,096 blocks, each of which says: 128 kB of one byte. */
function zstdBomb(head: string): Buffer {
  const block = (last: boolean): Buffer => Buffer.from([Number(last) | 2, 0, 0x10, 7])
  return Buffer.concat([Buffer.from('28b52ffd' + head, 'hex'), ...Array.from({ length: 4096 }, (_, index) => block(index === 4095))])
}

async function gzipBomb(megabytes = 512): Promise<Buffer> {
  const stream = createGzip()
  const parts: Buffer[] = []
  stream.on('data', (part: Buffer) => parts.push(part))
  const zeros = Buffer.alloc(megabyte)
  for (let written = 0; written < megabytes; written++) if (!stream.write(zeros)) await once(stream, 'drain')
  stream.end()
  await once(stream, 'end')
  return Buffer.concat(parts)
}

for (const [name, what, make, mostMemory] of bombs) {
  test(`${name}: 512 MB are refused in less memory (${what})`, async () => {
    const bomb = await make()
    assert.ok(bomb.length < 32 * megabyte)
    const before = process.resourceUsage().maxRSS
    const error = await unreadable(lookupCodec(codecTypes[name]).decompress(bomb))
    assert.is(error.message, `its ${name} content unpacks to more than the limit of 268435456 bytes`)
    const grown = (process.resourceUsage().maxRSS - before) / 1024
    assert.ok(grown < mostMemory, `it took ${Math.round(grown)} MB`)
  })
}

const sluices = Buffer.from('sluice '.repeat(10_000))
/** 70,000 bytes as other writers pack them: the tools of each format, and bare snappy. */
const foreign: readonly (readonly [codec: CodecName, what: string, packed: string])[] = [
  ['lz4', 'dependent blocks', `BCJNGERAXhEBAAB/c2x1aWNlIAcA${'/'.repeat(341)}+FQY2Ugc2wbAAAAD/7${'/'.repeat(23)}9pUHVpY2UgAAAAAEEx0x4=`],
  ['zstd', 'content size and checksum', 'KLUv/aRwEQEAfQAAOHNsdWljZSABAGYRyosRUQxKzw=='],
  ['zstd', 'content size', 'KLUv/aBwEQEAfQAAOHNsdWljZSABAGYRyosR'],
  ['zstd', 'checksum', 'KLUv/QRYfQAAOHNsdWljZSABAGYRyosRUQxKzw=='],
]

for (const [name, what, packed] of foreign) {
  test(`${name}: reads the output of another writer (${what})`, async () =>
    assert.ok((await makeCodec[name]().decompress(Buffer.from(packed, 'base64'))).equals(sluices)))
}

test('snappy: reads a bare block, and consecutive streams', async () => {
  const codec = makeCodec.snappy()
  assert.ok((await codec.decompress(await packRaw(sluices))).equals(sluices))
  const stream = await codec.compress({ buffer: sluices })
  assert.is(stream.subarray(0, 16).toString('hex'), '82534e41505059000000000100000001')
  assert.ok((await codec.decompress(Buffer.concat([stream, stream]))).equals(Buffer.concat([sluices, sluices])))
})

test('zstd: consecutive frames, with a skippable one between them, share one limit', async () => {
  const frame = await makeCodec.zstd().compress({ buffer: sluices })
  const without = Buffer.from('KLUv/QRYfQAAOHNsdWljZSABAGYRyosRUQxKzw==', 'base64')
  const packed = Buffer.concat([without, Buffer.from('502a4d1803000000616263', 'hex'), frame, without])
  assert.ok((await makeCodec.zstd(210_000).decompress(packed)).equals(Buffer.concat([sluices, sluices, sluices])))
  assert.match((await unreadable(makeCodec.zstd(209_999).decompress(packed))).message, 'more than the limit of 209999 bytes')
})

/** A record batch at `offset` as a broker hands it out. */
async function packedBatch(offset: number, messages: readonly ProducedMessage[], name: CodecName): Promise<Buffer> {
  const fields = { transactional: false, producerId: -1n, producerEpoch: -1, firstSequence: -1 }
  const batch = await encodeRecordBatch(messages, { ...fields, compression: codecTypes[name] }, encoder =>
    makeCodec[name]().compress(encoder),
  )
  batch.writeBigInt64BE(BigInt(offset), 0)
  return batch
}

const decode = (batches: readonly Buffer[]): Promise<FetchedRecords> =>
  decodeRecordBatches(Buffer.concat(batches), type => (type === 0 ? null : lookupCodec(type)))

test('an unreadable batch is reported with its topic, partition and offset, after the batches before it', async () => {
  for (const name of names) {
    const good = await packedBatch(7, [{ value: 'a' }], name)
    const broken = await packedBatch(8, [{ value: 'b' }], name)
    broken.fill(0xff, 61)
    const first = await decode([good, broken, good])
    assert.equal([first.map(({ offset }) => offset), first.nextOffset, first.failure], [['7'], 8, undefined])
    const second = await decode([broken, good])
    assert.equal([second.length, second.nextOffset, second.failure?.offset], [0, 0, 8])
    const message = new RegExp(`^the record batch at offset 8 of wine-3 cannot be read: its ${name} content is damaged: `)
    const data = { partition: 3, highWatermark: '9', messages: second }
    const isTold = (error: unknown): boolean => error instanceof UnreadableBatch && message.test(error.message) && !error.retriable
    assert.throws(() => committedBatch('wine', { ...data, abortedTransactions: null }, 8), isTold)
    const batch = new ConsumerBatch('wine', '8', data)
    assert.ok(isTold(batch.failure?.error))
    assert.equal([batch.isEmpty(), batch.nextOffset, batch.lastOffset(), batch.failure?.first, batch.failure?.last], [false, 8, '7', 8, 8])
    batch.skip()
    assert.equal([batch.nextOffset, batch.lastOffset()], [9, '8'])
  }
})

test('the rest of an answer that unpacks to very much is left for the next fetch', async () => {
  const value = Buffer.alloc(40 * megabyte)
  const batches = await Promise.all([0, 1, 2].map(offset => packedBatch(offset, [{ value }], 'zstd')))
  const records = await decode(batches)
  assert.equal([records.length, records.nextOffset], [2, 2])
  assert.is((await decode(batches.slice(2))).nextOffset, 3)
})

test('plain kafkajs has only gzip, without a limit', async () => {
  const plain = plainModule(compression) as { lookupCodec: LookupCodec }
  for (const type of [codecTypes.snappy, codecTypes.lz4, codecTypes.zstd]) assert.throws(() => plain.lookupCodec(type), /not implemented/)
  const { CompressionCodecs } = loadMendedKafkajs()
  for (const type of Object.values(codecTypes)) assert.is(CompressionCodecs[type as 1](), lookupCodec(type))
  assert.is((await plain.lookupCodec(codecTypes.gzip).decompress(await gzipBomb(257))).length, 257 * megabyte)
})

test.run()
