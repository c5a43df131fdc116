import { messageOf, SluiceError } from '../../../base/index.ts'
import { deadLetterHeaders } from '../../output/index.ts'
import type { StreamsConfig } from '../config/index.ts'
import type { Kafka } from '../kafka/index.ts'
import { partitionForKey } from './default-partitioner.ts'
import { partitionOffsets } from './partition-offsets.ts'
import { readTopic, type TopicRecord } from './topic-reader.ts'
import { topicSetting } from './topic-setting.ts'
import { TopicWriter, type TopicWriterOptions, type WriterRecord } from './topic-writer.ts'
import type { Wait } from './wait-teller.ts'

/** The position of a record in its topic. */
export interface RecordPlace {
  readonly partition: number
  readonly offset: number
}

/** How long a write goes on without an answer of Kafka, s; it is looked every ten seconds. */
const mostWaitSeconds = 20

/** The cause of a dead letter. */
export interface DeadLetterCause {
  readonly code: string
  readonly message: string
}

export interface InputTopicParts {
  readonly kafka: Kafka
  readonly topic: string
  /** Names the group of the application, and its topic of dead letters. */
  readonly config: Pick<StreamsConfig, 'applicationId' | 'deadLetterTopic'>
}

/** An input topic of the application, for occasional writes whose outcome matters to the caller. It keeps no connection between calls. */
export class InputTopic {
  readonly #parts: InputTopicParts

  constructor(parts: InputTopicParts) {
    this.#parts = parts
  }

  get name(): string {
    return this.#parts.topic
  }

  /** The largest record batch that the topic accepts, in bytes; Infinity if the broker reports no limit. */
  async maxRecordBytes(): Promise<number> {
    const admin = this.#parts.kafka.admin()
    await admin.connect()
    try {
      return Number((await topicSetting(admin, this.name, 'max.message.bytes')) ?? Infinity)
    } finally {
      await admin.disconnect()
    }
  }

  /**
   * Writes all records, in order, to the partition of the last record's key; returns the position of the last one. Throws what
   * `TopicWriter` throws, and BROKER_UNREACHABLE while Kafka does not answer: what was to be written may still be written later then.
   */
  write(records: readonly WriterRecord[]): Promise<RecordPlace> {
    return new Promise((resolve, reject) => {
      const onWait = ({ what, seconds, over }: Wait): void => {
        if (over || seconds < mostWaitSeconds) return
        const message = `Kafka has not answered for ${seconds} s: ${what} may still come, so look whether it was written before you send it again`
        reject(new SluiceError('BROKER_UNREACHABLE', message))
      }
      writeTogether(this.#parts.kafka, this.name, records, { onWait }).then(resolve, reject)
    })
  }

  /** What the application has committed of a partition: it has processed all records before this offset. -1: nothing yet. Throws BROKER_UNREACHABLE. */
  async committedOffset(partition: number): Promise<number> {
    const {
      kafka,
      config: { applicationId: groupId },
    } = this.#parts
    const admin = kafka.admin()
    try {
      await admin.connect()
      const [of] = await admin.fetchOffsets({ groupId, topics: [this.name] })
      return Number(of?.partitions.find(each => each.partition === partition)?.offset ?? -1)
    } catch (error) {
      throw new SluiceError('BROKER_UNREACHABLE', `what group ${groupId} has processed cannot be read: ${messageOf(error)}`, {
        cause: error,
      })
    } finally {
      await admin.disconnect().catch(() => undefined)
    }
  }

  /** The current end offsets of the dead-letter topic, by partition: later dead letters come after them. */
  async deadLetterEnds(signal: AbortSignal): Promise<ReadonlyMap<number, number>> {
    const ranges = await partitionOffsets(this.#parts.kafka, { topic: this.#parts.config.deadLetterTopic, signal })
    return new Map([...(ranges ?? [])].map(([partition, { end }]) => [partition, end]))
  }

  /** Waits for the record's dead letter and returns its cause; undefined once the signal aborts. `from`: the first offsets to read, by partition. */
  async causeOf(record: RecordPlace, from: ReadonlyMap<number, number>, signal: AbortSignal): Promise<DeadLetterCause | undefined> {
    const { kafka, topic, config } = this.#parts
    for await (const batch of readTopic(kafka, { topic: config.deadLetterTopic, from, signal })) {
      const found = batch.records.find(letter => isAbout(letter, topic, record))
      if (found !== undefined) return { code: header(found, 'code'), message: header(found, 'message') }
    }
    return undefined
  }
}

/** Writes records, in order, to the partition of the last record's key; returns the position of the last one. Throws what `TopicWriter` throws. */
export async function writeTogether(
  kafka: Kafka,
  topic: string,
  records: readonly WriterRecord[],
  options?: TopicWriterOptions,
): Promise<RecordPlace> {
  const writer = await TopicWriter.open(kafka, topic, options)
  try {
    const partition = partitionForKey(records.at(-1)?.key ?? Buffer.alloc(0), writer.partitions)
    for (const { key, value } of records) await writer.write({ key, value, partition })
    const last = (await writer.flush()).at(-1)
    if (!last) throw new SluiceError('SEND_FAILED', `topic ${topic} acknowledged nothing`)
    return { partition, offset: last.offset + last.count - 1 }
  } finally {
    await writer.close()
  }
}

function isAbout(letter: TopicRecord, topic: string, { partition, offset }: RecordPlace): boolean {
  const said = [header(letter, 'topic'), header(letter, 'partition'), header(letter, 'offset')]
  return said.join('\n') === [topic, partition, offset].join('\n')
}

function header(letter: TopicRecord, name: keyof typeof deadLetterHeaders): string {
  return letter.headers?.[deadLetterHeaders[name]]?.toString('utf8') ?? ''
}
