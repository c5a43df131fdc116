import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { orderedHeaders } from '../../../../topology/record-headers.ts'
import { encodeRecordBatch } from '../../../../topology/runtime/kafka/kafkajs-mends/record-batch.ts'
import { RecordCollector } from '../../../../topology/runtime/commit/record-collector.ts'
import { sendBatch } from '../../../../topology/runtime/topics/send-batch.ts'
import { batchHeadBytes, TopicGate } from '../../../../topology/output/topic-gate.ts'
import { topicLimits } from '../../../../topology/output/topic-limits.ts'

const test = suite('record collector')
const fields = { compression: 0, transactional: true, producerId: 5n, producerEpoch: 1, firstSequence: 0 }

const bytes = fc.uint8Array({ maxLength: 300 })
const record = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  timestamp: fc.oneof(fc.nat(), fc.integer({ min: 0, max: 1_700_000_000_000 })),
  headers: fc.option(
    fc.array(fc.tuple(fc.string({ maxLength: 8 }), fc.option(bytes)), { maxLength: 3 }).map(entries => orderedHeaders(entries)),
    { nil: undefined },
  ),
})

test('the size of a record is its size in a batch', async () => {
  const gate = new TopicGate('t', topicLimits())
  await fc.assert(
    fc.asyncProperty(record, async given => {
      gate.check(given)
      const batch = await encodeRecordBatch([{ ...given, headers: gate.headers }], fields)
      assert.is(batch.length, batchHeadBytes + gate.size)
    }),
  )
})

test('no request is larger than its topic accepts, and several requests are filled', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1300, max: 4000 }), async (records, limit) => {
      const collector = new RecordCollector(new Map([['t', 1]]), 0, new Map([['t', topicLimits({ 'max.message.bytes': limit })]]))
      for (const each of records) collector.send('t', undefined, each)
      const sizes: number[] = []
      let offset = 0
      await sendBatch(collector.drain(), async ({ messages }) => {
        const batch = await encodeRecordBatch(messages, fields)
        sizes.push(batch.length)
        offset += messages.length
        return [{ topicName: 't', partition: 0, errorCode: 0, baseOffset: String(offset - messages.length) }]
      })
      assert.is(offset, records.length)
      for (const size of sizes) assert.ok(size <= limit, `${size} of ${limit}`)
      for (const [at, size] of sizes.entries()) if (at > 0) assert.ok(size + (sizes[at - 1] as number) > limit / 2, 'two would have fitted')
    }),
    { numRuns: 50 },
  )
})

test('records that are rolled back are no longer counted', () => {
  const collector = new RecordCollector(new Map([['t', 3]]), 1)
  const send = (key: string, header: string): void =>
    collector.send('t', undefined, { key: Buffer.from(key), value: Buffer.from('v'), timestamp: 1, headers: { h: header } })
  send('a', 'x')
  const [records, size] = [collector.pendingRecords, collector.pendingBytes]
  const mark = collector.mark()
  for (const key of ['a', 'b', 'c', 'd']) send(key, 'x'.repeat(1000))
  assert.ok(collector.pendingBytes > 4 * 1000, 'headers count')
  collector.rollback(mark)
  assert.equal([collector.pendingRecords, collector.pendingBytes], [records, size])
  collector.drain()
  assert.equal([collector.pendingRecords, collector.pendingBytes], [0, 0])
})

test('a missing right is reported with the topic', async () => {
  const collector = new RecordCollector(new Map([['secret', 1]]), 0)
  collector.send('secret', 0, { key: null, value: Buffer.from('v'), timestamp: 1, headers: undefined })
  const refusal = Object.assign(new Error('Not authorized to access topics'), { type: 'TOPIC_AUTHORIZATION_FAILED' })
  try {
    await sendBatch(collector.drain(), () => Promise.reject(refusal))
    assert.unreachable()
  } catch (error) {
    assert.is((error as { code?: string }).code, 'SEND_FAILED')
    assert.match((error as Error).message, /right WRITE on topic "secret"/)
  }
})

test.run()
