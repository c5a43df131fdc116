import { newCluster, orAborted, type Cluster, type Kafka } from '../kafka/index.ts'

/** The offsets that a partition holds: from `start` on, before `end`. */
export interface PartitionOffsets {
  readonly start: number
  readonly end: number
}

export interface PartitionOffsetsOptions {
  readonly topic: string
  /** Whether ends include records of open transactions. Default: false. */
  readonly readUncommitted?: boolean
  readonly signal: AbortSignal
}

/** The current offsets of a topic's partitions; undefined once the signal aborts. Throws what kafkajs throws. */
export async function partitionOffsets(
  kafka: Kafka,
  { topic, readUncommitted = false, signal }: PartitionOffsetsOptions,
): Promise<ReadonlyMap<number, PartitionOffsets> | undefined> {
  const cluster = newCluster(kafka, { readUncommitted })
  try {
    return await orAborted(rangesOf(cluster, topic), signal)
  } finally {
    cluster.disconnect().catch(() => undefined)
  }
}

async function rangesOf(cluster: Cluster, topic: string): Promise<ReadonlyMap<number, PartitionOffsets>> {
  await cluster.connect()
  await cluster.addTargetTopic(topic)
  const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ partition: partitionId }))
  const ask = async (fromBeginning: boolean): Promise<ReadonlyMap<number, number>> => {
    const [found] = await cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning }])
    return new Map((found?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)]))
  }
  const starts = await ask(true)
  const ends = await ask(false)
  return new Map(partitions.map(({ partition }) => [partition, { start: starts.get(partition) ?? 0, end: ends.get(partition) ?? 0 }]))
}
