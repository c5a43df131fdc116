import { randomBytes, randomUUID } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { codecTypes, makeCodec, type CodecName } from '../../topology/runtime/kafka/codecs/index.ts'
import { createKafka, waitForBroker, type Admin, type Kafka, type Message } from '../../topology/runtime/kafka/kafka-client.ts'
import { loadMendedKafkajs } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { readTopic } from '../../topology/runtime/topics/topic-reader.ts'

const brokers = process.env['KAFKA_BROKERS']

if (!brokers) {
  console.log('skipped: no KAFKA_BROKERS')
} else {
  run(createKafka({ brokers: brokers.split(','), clientId: 'test' }))
}

interface Read {
  readonly key: string | undefined
  readonly value: Buffer | null
}

/** About 400 kB: more than one block of any format, and in part incompressible. */
const records: readonly Read[] = Array.from({ length: 400 }, (_, index) => ({
  key: `key ${index}`,
  value: index % 4 === 0 ? randomBytes(1500) : index % 50 === 1 ? null : Buffer.from(`row ${index};`.repeat(100)),
}))

function run(kafka: Kafka): void {
  const names = Object.keys(codecTypes) as CodecName[]
  const { CompressionCodecs } = loadMendedKafkajs()
  const test = suite<{ admin: Admin; topics: string[] }>('codecs on Kafka')
  test.before(async context => {
    await waitForBroker(kafka, { onWait: () => undefined })
    context.admin = kafka.admin()
    context.topics = []
    await context.admin.connect()
  })
  test.after(async ({ admin, topics }) => {
    await admin.deleteTopics({ topics })
    await admin.disconnect()
  })

  /** A topic for which the broker stores batches in the given format, whatever the producer used. */
  const newTopic = async (context: { admin: Admin; topics: string[] }, stored: CodecName | 'producer'): Promise<string> => {
    const topic = `codecs-${randomUUID()}`
    const configEntries = [{ name: 'compression.type', value: stored }]
    await createTopics(context.admin, [{ topic, numPartitions: 1, configEntries }])
    context.topics.push(topic)
    return topic
  }

  const send = async (topic: string, compression: number): Promise<void> => {
    const producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false })
    await producer.connect()
    try {
      const messages = records.map(({ key, value }): Message => ({ key: key ?? null, value }))
      await producer.send({ topic, acks: -1, compression, messages })
    } finally {
      await producer.disconnect()
    }
  }

  const readBack = async (topic: string): Promise<Read[]> => {
    const found: Read[] = []
    for await (const batch of readTopic(kafka, { topic, from: 'beginning', until: 'end' }))
      found.push(...batch.records.map(({ key, value }) => ({ key: key?.toString(), value })))
    return found
  }

  /** The error of the first batch that a consumer is given and that cannot be read. */
  const unreadable = async (topic: string): Promise<unknown> => {
    const consumer = kafka.consumer({ groupId: topic, allowAutoTopicCreation: false })
    await consumer.connect()
    try {
      await consumer.subscribe({ topic, fromBeginning: true })
      return await new Promise<unknown>((resolve, reject) => {
        const eachBatch = ({ batch }: { batch: object }): Promise<void> => {
          resolve((batch as { readonly failure?: { readonly error: unknown } }).failure?.error)
          return Promise.resolve()
        }
        consumer.run({ eachBatch }).catch(reject)
      })
    } finally {
      await consumer.disconnect()
    }
  }

  const consume = async (topic: string): Promise<Read[]> => {
    const found: Read[] = []
    const consumer = kafka.consumer({ groupId: topic, allowAutoTopicCreation: false })
    await consumer.connect()
    try {
      await consumer.subscribe({ topic, fromBeginning: true })
      await new Promise<void>((resolve, reject) => {
        consumer.on(consumer.events.CRASH, ({ payload }) => {
          // A broker that has just started still loads its first group, and kafkajs joins again.
          if (!payload.restart) reject(payload.error)
        })
        const eachMessage = ({ message }: { message: { key: Buffer | null; value: Buffer | null } }): Promise<void> => {
          found.push({ key: message.key?.toString(), value: message.value })
          if (found.length === records.length) resolve()
          return Promise.resolve()
        }
        consumer.run({ eachMessage }).catch(reject)
      })
      return found
    } finally {
      await consumer.disconnect()
    }
  }

  /** The number of batches that the work unpacks in each format. */
  const unpackedDuring = async (work: () => Promise<void>): Promise<Partial<Record<CodecName, number>>> => {
    const counts: Partial<Record<CodecName, number>> = {}
    const before = { ...CompressionCodecs }
    for (const name of names) {
      const codec = makeCodec[name]()
      const decompress = (bytes: Buffer): Promise<Buffer> => {
        counts[name] = (counts[name] ?? 0) + 1
        return codec.decompress(bytes)
      }
      CompressionCodecs[codecTypes[name] as 1] = () => ({ ...codec, decompress })
    }
    try {
      await work()
    } finally {
      Object.assign(CompressionCodecs, before)
    }
    return counts
  }

  for (const name of names) {
    test(`${name}: the reader and a consumer read batches that Kafka itself packed`, async context => {
      const topic = await newTopic(context, name)
      await send(topic, 0)
      const counts = await unpackedDuring(async () => {
        assert.equal(await readBack(topic), records)
        assert.equal(await consume(topic), records)
      })
      assert.equal(Object.keys(counts), [name])
    })

    test(`${name}: sent batches are stored as they were packed, and read`, async context => {
      const topic = await newTopic(context, 'producer')
      await send(topic, codecTypes[name])
      assert.equal(Object.keys(await unpackedDuring(async () => assert.equal(await readBack(topic), records))), [name])
    })

    test(`${name}: Kafka itself unpacks sent batches, and packs them again`, async context => {
      const stored = name === 'gzip' ? 'lz4' : 'gzip'
      const topic = await newTopic(context, stored)
      await send(topic, codecTypes[name])
      assert.equal(Object.keys(await unpackedDuring(async () => assert.equal(await readBack(topic), records))), [stored])
    })
  }

  test('a batch over the limit stops the reader at once, a consumer is given it as one that cannot be read, and both name it', async context => {
    const topic = await newTopic(context, 'producer')
    await send(topic, codecTypes.zstd)
    const before = { ...CompressionCodecs }
    CompressionCodecs[codecTypes.zstd as 1] = () => makeCodec.zstd(100_000)
    try {
      const said = `the record batch at offset 0 of ${topic}-0 cannot be read: its zstd content unpacks to more than the limit of 100000 bytes`
      for (const read of [readBack, unreadable]) {
        const error = await read(topic).catch((thrown: unknown) => thrown)
        if (!(error instanceof Error)) throw new Error('it was read')
        const { message, code } = error as Error & { readonly code?: string }
        assert.equal([message, code], [said, 'BATCH_UNREADABLE'])
      }
    } finally {
      Object.assign(CompressionCodecs, before)
    }
  })

  test.run()
}
