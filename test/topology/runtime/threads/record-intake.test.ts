import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { heapBytes } from '../../../heap.ts'
import { streamsConfig } from '../../../../topology/runtime/config/streams-config.ts'
import type { StreamsOptions } from '../../../../topology/runtime/config/streams-options.ts'
import type { Batch } from '../../../../topology/runtime/kafka/index.ts'
import { ConsumerBatch } from '../../../../topology/runtime/kafka/kafkajs-mends/consumer-batch.ts'
import type { FetchedRecords } from '../../../../topology/runtime/kafka/kafkajs-mends/fetch-decode.ts'
import { mendedModule } from '../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { encodeRecordBatch, type ProducedMessage } from '../../../../topology/runtime/kafka/kafkajs-mends/record-batch.ts'
import { RecordQueue } from '../../../../topology/runtime/tasks/record-queue.ts'
import { RecordIntake } from '../../../../topology/runtime/threads/record-intake.ts'

const fields = { compression: 0, transactional: false, producerId: -1n, producerEpoch: -1, firstSequence: -1 }
const decode = mendedModule('src/protocol/requests/fetch/v4/decodeMessages.js') as (decoder: unknown) => Promise<FetchedRecords>
const Decoder = mendedModule('src/protocol/decoder.js') as new (bytes: Buffer, at?: number) => { offset: number }

/** What a broker answers a fetch of some partitions of topic `t`, in one buffer as it came from the socket. */
async function answer(parts: readonly (readonly ProducedMessage[])[], offset = 0): Promise<Batch[]> {
  const encoded: Buffer[] = []
  for (const messages of parts) {
    const bytes = await encodeRecordBatch(messages, fields)
    bytes.writeBigInt64BE(BigInt(offset), 0)
    encoded.push(sized(bytes), bytes)
  }
  const whole = Buffer.allocUnsafeSlow(encoded.reduce((sum, { length }) => sum + length, 0))
  encoded.reduce((at, bytes) => at + bytes.copy(whole, at), 0)
  const batches: Batch[] = []
  const decoder = new Decoder(whole)
  for (let partition = 0; partition < parts.length; partition++) {
    const data = { partition, highWatermark: '1000000000', messages: await decode(decoder) }
    batches.push(new ConsumerBatch('t', String(offset), data) as unknown as Batch)
  }
  return batches
}

function sized({ length }: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeInt32BE(length)
  return size
}

class Rig {
  readonly queues: readonly RecordQueue[]
  readonly moves: string[] = []
  readonly intake: RecordIntake

  constructor(partitions: number, options: Partial<StreamsOptions> = {}) {
    this.queues = Array.from(
      { length: partitions },
      (_, partition) => new RecordQueue({ topic: 't', partition, bootstrap: false, position: 0, end: 0 }),
    )
    const tell = (how: string, moved: readonly { readonly partitions: number[] }[]): void =>
      void this.moves.push(...moved.map(each => `${how} ${each.partitions.join()}`))
    this.intake = new RecordIntake({
      config: streamsConfig({ applicationId: 'test', brokers: ['b:1'], ...options }),
      pause: moved => tell('pause', moved),
      resume: moved => tell('resume', moved),
      onUnreadable: ({ partition, first, last }, policy) => this.moves.push(`unreadable ${partition} ${first}-${last} ${policy}`),
    })
    this.intake.assign(this.queues)
  }

  get bytes(): number {
    return this.queues.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  async fetch(parts: readonly (readonly ProducedMessage[])[], offset = 0): Promise<void> {
    for (const batch of await answer(parts, offset)) void this.intake.addRecords(batch)
  }
}

const some = (count: number, message: ProducedMessage): ProducedMessage[] => Array.from({ length: count }, () => message)
const bytes = (length: number): Buffer => Buffer.alloc(length, 'x')

const test = suite('record intake')

const headers = (count: number, length: number): Record<string, Buffer> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`header-${at}`, bytes(length)]))

const shapes: Readonly<Record<string, ProducedMessage>> = {
  'a single record a fetch': { value: bytes(4) },
  'a value of 4 bytes': { value: bytes(4) },
  'a key and a value of 4 bytes': { key: bytes(4), value: bytes(4) },
  'neither key nor value': { value: null },
  'a value of 1 kB': { key: bytes(10), value: bytes(1000) },
  'a header of 1 kB': { value: bytes(4), headers: headers(1, 1000) },
  'ten headers': { value: bytes(4), headers: headers(10, 4) },
  'a hundred headers': { value: bytes(4), headers: headers(100, 1) },
}

for (const [shape, message] of Object.entries(shapes)) {
  test(`buffered bytes are the memory that the records use: ${shape}`, async () => {
    const rig = new Rig(1)
    const [fetches, count] = shape.includes('single') ? [2000, 1] : shape.includes('hundred') ? [10, 100] : [20, 2000]
    await rig.fetch([some(10, message)])
    const before = (await heapBytes()) - rig.bytes
    for (let at = 0; at < fetches; at++) await rig.fetch([some(count, message)], 10 + at * count)
    const taken = (await heapBytes()) - before
    const ratio = rig.bytes / taken
    assert.ok(ratio > 0.8 && ratio < 1.2, `counted ${rig.bytes}, took ${taken}: ${ratio}`)
  })
}

test('a few bytes of a partition do not keep the rest of the answer in memory', async () => {
  const rig = new Rig(2)
  const before = await heapBytes()
  for (let at = 0; at < 20; at++) {
    await rig.fetch([some(1, { value: bytes(4) }), some(1, { value: bytes(1_000_000) })], at)
    rig.queues[1]?.nextRecords(10, Infinity)
  }
  const taken = (await heapBytes()) - before
  assert.is(rig.queues[0]?.size, 20)
  assert.ok(taken < 2_000_000, `${taken} bytes`)
})

test('the memory of taken records is freed before the last record of their fetch; that of the buffer is not', async () => {
  const rig = new Rig(1)
  const before = await heapBytes()
  await rig.fetch([some(20_000, { key: bytes(4), value: bytes(40) })])
  const [queue] = rig.queues as [RecordQueue]
  while (queue.size > 1) queue.nextRecords(Math.min(100, queue.size - 1), Infinity)
  const taken = (await heapBytes()) - before
  assert.ok(queue.bytes > 1_000_000 && queue.bytes < 1_100_000, `${queue.bytes} bytes: those of the fetched buffer`)
  assert.ok(taken < 2 * queue.bytes, `counted ${queue.bytes}, took ${taken}`)
  queue.nextRecords(1, Infinity)
  assert.is(queue.bytes, 0)
})

test('a partition with small records pauses at the limit, and resumes at half of it', async () => {
  const rig = new Rig(1, { maxBufferedBytes: 1_000_000 })
  const [queue] = rig.queues as [RecordQueue]
  for (let at = 0; rig.moves.length === 0; at++) await rig.fetch([some(100, { value: bytes(4) })], at * 100)
  assert.equal(rig.moves, ['pause 0'])
  assert.ok(queue.bytes > 1_000_000 && queue.bytes < 1_030_000, `${queue.bytes} bytes`)
  assert.ok(queue.size < 5000, `${queue.size} records`)
  while (rig.moves.length === 1) {
    queue.nextRecords(10, Infinity)
    rig.intake.resumeWhereRoom()
  }
  assert.equal(rig.moves, ['pause 0', 'resume 0'])
  assert.ok(queue.bytes > 470_000 && queue.bytes <= 500_000, `${queue.bytes} bytes`)
})

test('the total covers all partitions; an empty partition is never paused; new queues start at zero', async () => {
  const rig = new Rig(3, { maxBufferedTotalBytes: 1_000_000 })
  await rig.fetch([some(2000, { value: bytes(4) }), [], []])
  assert.equal(rig.moves, [])
  await rig.fetch([[], some(3000, { value: bytes(4) }), []])
  assert.equal(rig.moves, ['pause 1'])
  const queues = rig.queues as [RecordQueue, RecordQueue, RecordQueue]
  while (rig.moves.length === 1 && queues[0].size > 0) {
    queues[0].nextRecords(100, Infinity)
    rig.intake.resumeWhereRoom()
  }
  assert.equal([rig.moves.length, queues[0].size], [1, 0], 'the second alone has more than half')
  while (rig.moves.length === 1) {
    queues[1].nextRecords(100, Infinity)
    rig.intake.resumeWhereRoom()
  }
  await rig.fetch([some(5000, { value: bytes(4) })], 2000)
  assert.equal(rig.moves, ['pause 1', 'resume 1', 'pause 0'])
  const next = new RecordQueue({ topic: 't', partition: 0, bootstrap: false, position: 7000, end: 0 })
  rig.intake.assign([next])
  assert.equal(rig.moves.slice(3), ['resume 0'])
  await rig.fetch([some(2000, { value: bytes(4) })], 7000)
  assert.equal([rig.moves.length, next.size], [4, 2000], 'the old queues count no more')
  assert.ok(queues[0].size === 5000, 'nothing is added to an old queue')
})

test('the total stays exact for any number of partitions and calls', async () => {
  const rig = new Rig(7)
  const total = { bytes: 0 }
  for (const queue of rig.queues) queue.countIn(total)
  for (let at = 0; at < 30; at++) {
    await rig.fetch(
      rig.queues.map((_, partition) => some((at * partition) % 11, { value: bytes(partition) })),
      at * 11,
    )
    for (const queue of rig.queues) queue.nextRecords((at * 3 + queue.partition) % 8, Infinity)
  }
  assert.ok(rig.bytes > 0)
  assert.ok(Math.abs(total.bytes - rig.bytes) < 1, `${total.bytes} of ${rig.bytes}`)
  for (const queue of rig.queues) while (queue.size > 0) queue.nextRecords(1000, Infinity)
  assert.is(rig.bytes, 0)
  assert.ok(Math.abs(total.bytes) < 1, `${total.bytes} are left`)
})

test.run()
