import { askBroker, type WireBroker } from './ask-broker.ts'
import { FlexibleWriter } from './flexible-writer.ts'
import { protocolError } from './protocol-error.ts'

/** An encoded record batch (format v2) for one partition. */
export interface ProducedBatch {
  readonly topic: string
  readonly partition: number
  readonly batch: Buffer
}

/** The result for the batch of one partition. */
export interface ProducedPartition {
  readonly topic: string
  readonly partition: number
  /** Kafka's error code; 0 if the batch is written. */
  readonly code: number
  /** The error for the code; undefined if the batch is written. */
  readonly error: Error | undefined
  /** The offset of the first record; for a repeated batch, which is written only once, the same as before. */
  readonly baseOffset: number
}

const head = { apiKey: 0, apiVersion: 12, apiName: 'Produce', replicated: true } as const
/** How long the leader waits for the replicas, ms; less than the time limit of the request. */
const replicasWithinMs = 4000

/**
 * Writes one batch to each partition, acknowledged by all in-sync replicas. `broker` is the leader of the partitions. The partitions are added to the
 * transaction without a further request (KIP-890).
 */
export async function produceBatches(
  broker: WireBroker,
  transactionalId: string,
  batches: readonly ProducedBatch[],
): Promise<readonly ProducedPartition[]> {
  const topics = new Map<string, ProducedBatch[]>()
  for (const each of batches) topics.set(each.topic, [...(topics.get(each.topic) ?? []), each])
  const body = new FlexibleWriter().text(transactionalId).int16(-1).int32(replicasWithinMs)
  body.array([...topics], ([topic, parts]) => {
    body.text(topic)
    body.array(parts, ({ partition, batch }) => body.int32(partition).compactBytes(batch).tags())
    body.tags()
  })
  body.tags()
  return askBroker(broker, head, body, reader => {
    const answered = reader.array(() => {
      const topic = reader.text()
      const partitions = reader.array(() => {
        const partition = reader.int32()
        const code = reader.int16()
        const baseOffset = Number(reader.int64())
        reader.skip(16)
        const refused = reader.array(() => {
          reader.int32()
          const text = reader.text()
          reader.tags()
          return text
        })
        const words = reader.text() || (refused[0] ?? '')
        reader.tags()
        const refusal = {
          broker,
          method: 'produce',
          what: `Produce to partition ${partition} of topic ${topic}`,
          transactionalId,
          topic,
          words,
        }
        return { topic, partition, code, baseOffset, error: code === 0 ? undefined : protocolError(code, refusal) }
      })
      reader.tags()
      return partitions
    })
    return answered.flat()
  })
}
