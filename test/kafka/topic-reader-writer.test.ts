import { randomUUID } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import { createKafka, waitForBroker, type Admin, type Kafka } from '../../topology/runtime/kafka/kafka-client.ts'
import { partitionForKey } from '../../topology/runtime/topics/default-partitioner.ts'
import { readTopic, type TopicReaderOptions, type TopicRecord } from '../../topology/runtime/topics/topic-reader.ts'
import { TopicWriter } from '../../topology/runtime/topics/topic-writer.ts'
import { holds } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']

if (!brokers) {
  console.log('skipped: no KAFKA_BROKERS')
} else {
  run(createKafka({ brokers: brokers.split(','), clientId: 'test' }))
}

interface Context {
  admin: Admin
  topic: string
}

function run(kafka: Kafka): void {
  const test = suite<Context>('topic reader and writer')
  test.before(async context => {
    await waitForBroker(kafka, { onWait: () => undefined })
    context.admin = kafka.admin()
    await context.admin.connect()
  })
  test.before.each(async context => {
    context.topic = `reader-writer-${randomUUID()}`
    await createTopics(context.admin, [{ topic: context.topic, numPartitions: 3 }])
  })
  test.after.each(context => context.admin.deleteTopics({ topics: [context.topic] }))
  test.after(context => context.admin.disconnect())

  const read = async (options: TopicReaderOptions): Promise<{ records: TopicRecord[]; next: Map<number, number> }> => {
    const records: TopicRecord[] = []
    const next = new Map<number, number>()
    for await (const batch of readTopic(kafka, options)) {
      records.push(...batch.records)
      next.set(batch.partition, batch.nextOffset)
    }
    return { records, next }
  }

  test('written records are read back: keys, nulls, headers, timestamps, order', async ({ topic }) => {
    const writer = await TopicWriter.open(kafka, topic)
    assert.is(writer.partitions, 3)
    const records = Array.from({ length: 5000 }, (_, i) => ({
      key: i % 7 === 0 ? null : Buffer.from(`key-${i % 50}`),
      value: i % 11 === 0 ? null : Buffer.from(`value ${i}`),
      timestamp: 1000 + i,
      headers: { n: String(i) },
    }))
    for (const record of records) await writer.write(record)
    const written = await writer.flush()
    assert.is(
      written.reduce((sum, range) => sum + range.count, 0),
      5000,
    )
    assert.equal(await writer.flush(), [])
    await writer.close()

    const { records: found, next } = await read({ topic, from: 'beginning', until: 'end' })
    assert.is(found.length, 5000)
    const last = [-1, -1, -1]
    for (const record of found) {
      const i = Number(record.headers?.['n'])
      const sent = records[i] as (typeof records)[number]
      assert.equal(record.key, sent.key)
      assert.equal(record.value, sent.value)
      assert.is(record.timestamp, sent.timestamp)
      if (record.key) assert.is(record.partition, partitionForKey(record.key, 3))
      assert.ok(i > (last[record.partition] as number), 'order within the partition')
      last[record.partition] = i
    }
    for (const range of written) assert.ok(range.offset + range.count <= (next.get(range.partition) as number))
  })

  test('a topic without records ends at once', async ({ topic }) => {
    assert.equal((await read({ topic, from: 'beginning', until: 'end' })).records, [])
    assert.equal((await read({ topic, from: 'end', until: 'end' })).records, [])
    assert.equal((await read({ topic, from: new Map([[1, 0]]), partitions: [1], until: 'end' })).records, [])
  })

  test('chosen partitions from chosen offsets', async ({ topic }) => {
    const writer = await TopicWriter.open(kafka, topic)
    for (let i = 0; i < 30; i++) await writer.write({ value: Buffer.from(String(i)), partition: i % 3 })
    await writer.close()
    const { records, next } = await read({
      topic,
      partitions: [0, 2],
      from: new Map([
        [0, 4],
        [2, 10],
      ]),
      until: 'end',
    })
    assert.equal(
      records.map(({ partition, offset }) => [partition, offset]),
      [4, 5, 6, 7, 8, 9].map(offset => [0, offset]),
    )
    assert.is(next.get(0), 10)
  })

  test('an offset that is not in the log is an error with its own code', async ({ topic, admin }) => {
    const writer = await TopicWriter.open(kafka, topic)
    for (let i = 0; i < 10; i++) await writer.write({ value: Buffer.from('x'), partition: 0 })
    await writer.close()
    await failsWith('OFFSET_OUT_OF_RANGE', read({ topic, partitions: [0], from: new Map([[0, 11]]), until: 'end' }))
    await failsWith('OFFSET_OUT_OF_RANGE', read({ topic, partitions: [0], from: new Map([[0, 11]]) }))
    await admin.fetchTopicOffsets(topic) // deleteTopicRecords looks for leaders in metadata that it does not load itself
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '5' }] })
    await failsWith('OFFSET_OUT_OF_RANGE', read({ topic, partitions: [0], from: new Map([[0, 4]]), until: 'end' }))
    assert.is((await read({ topic, partitions: [0], from: 'beginning', until: 'end' })).records.length, 5)
  })

  test('a missing topic, a missing partition', async ({ topic }) => {
    await failsWith('TOPIC_MISSING', read({ topic: `${topic}-missing`, from: 'beginning', until: 'end' }))
    await failsWith('TOPIC_MISSING', read({ topic, partitions: [3], from: 'beginning', until: 'end' }))
    await failsWith('TOPIC_MISSING', TopicWriter.open(kafka, `${topic}-missing`))
  })

  test('aborted transactions are skipped, and the position includes their offsets', async ({ topic }) => {
    const producer = kafka.producer({ transactionalId: `${topic}-writer`, idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    for (const [name, commit] of [
      ['a', true],
      ['b', false],
      ['c', true],
      ['d', false],
    ] as const) {
      const transaction = await producer.transaction()
      // A key of four zero bytes looks like an abort marker's.
      const messages = [Buffer.alloc(4), Buffer.from('k')].map((key, i) => ({ key, value: name + i, partition: 0 }))
      await transaction.send({ topic, messages })
      await (commit ? transaction.commit() : transaction.abort())
    }
    await producer.disconnect()
    // The end was answered; its marker is written in a moment.
    await holds(async () => {
      const { records, next } = await read({ topic, partitions: [0], from: 'beginning', until: 'end' })
      assert.equal(
        records.map(({ value }) => String(value)),
        ['a0', 'a1', 'c0', 'c1'],
      )
      assert.is(next.get(0), 12)
    })
  })

  test('without an end the reader follows the topic until its signal', async ({ topic }) => {
    const controller = new AbortController()
    const found: string[] = []
    const writer = await TopicWriter.open(kafka, topic)
    await writer.write({ value: Buffer.from('before'), partition: 1 })
    await writer.flush()
    const reading = (async () => {
      for await (const { records } of readTopic(kafka, { topic, from: 'beginning', signal: controller.signal })) {
        for (const { value } of records) found.push(String(value))
        if (found.length === 1)
          for (const partition of [0, 1, 2]) await writer.write({ value: Buffer.from(`later ${partition}`), partition })
        if (found.length === 4) controller.abort()
      }
    })()
    await reading
    await writer.close()
    assert.equal(found.sort(), ['before', 'later 0', 'later 1', 'later 2'])
  })

  test('records far beyond the size of the buffer are written with back-pressure', async ({ topic }) => {
    const writer = await TopicWriter.open(kafka, topic)
    const value = Buffer.alloc(10_000, 1)
    let waited = 0
    for (let i = 0; i < 2000; i++) {
      const room = writer.write({ value })
      if (room) waited++
      await room
    }
    const written = await writer.flush()
    await writer.close()
    assert.ok(waited > 0)
    assert.equal(
      [0, 1, 2].map(partition => written.filter(range => range.partition === partition).reduce((sum, { count }) => sum + count, 0)),
      [667, 667, 666],
    )
    assert.is((await read({ topic, from: 'beginning', until: 'end' })).records.length, 2000)
  })

  test('a record that the topic does not take is refused alone', async ({ topic }) => {
    const writer = await TopicWriter.open(kafka, topic)
    const now = Date.now()
    for (const [record, code] of [
      [{ value: Buffer.alloc(2_000_000) }, 'RECORD_TOO_LARGE'],
      [{ value: null, timestamp: now + 86_400_000 }, 'TIMESTAMP_INVALID'],
      [{ value: null, timestamp: -1 }, 'TIMESTAMP_INVALID'],
    ] as const) {
      await writer.write({ value: Buffer.from(code) })
      assert.throws(
        () => writer.write(record),
        (error: unknown) => error instanceof SluiceError && error.code === code && error.message.includes(topic),
      )
    }
    await writer.close()
    assert.is(writer.acknowledged, 3)
    assert.is((await read({ topic, from: 'beginning', until: 'end' })).records.length, 3)
  })

  test('a record that only the broker refuses fails the writer', async ({ topic, admin }) => {
    const writer = await TopicWriter.open(kafka, topic)
    const configEntries = [{ name: 'max.message.bytes', value: '1000' }]
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: topic, configEntries }] })
    // The broker may take a while to go by it.
    const untilRefused = async (): Promise<void> => {
      for (;;) {
        await writer.write({ value: Buffer.alloc(2000) })
        await writer.flush()
      }
    }
    await failsWith('SEND_FAILED', untilRefused())
    assert.throws(
      () => writer.write({ value: null }),
      (error: unknown) => error instanceof SluiceError && error.code === 'SEND_FAILED',
    )
    await failsWith('SEND_FAILED', writer.close())
    assert.is(writer.acknowledged, (await read({ topic, from: 'beginning', until: 'end' })).records.length)
  })

  test.run()
}

async function failsWith(code: SluiceError['code'], work: Promise<unknown>): Promise<void> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.instance(error, SluiceError)
  assert.is((error as SluiceError).code, code, String(error))
}
