export interface ConsumedOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** The metadata that are committed with the offset. */
  readonly metadata?: string | undefined
}

interface TopicOffsets {
  readonly topic: string
  readonly partitions: { readonly partition: number; readonly offset: string; readonly metadata?: string }[]
}

/** Groups offsets by topic, in the form of kafkajs' requests. */
export function offsetsByTopic(offsets: readonly ConsumedOffset[]): TopicOffsets[] {
  const topics = new Map<string, TopicOffsets>()
  for (const { topic, partition, offset, metadata } of offsets) {
    const known = topics.get(topic) ?? { topic, partitions: [] }
    topics.set(topic, known)
    const position = { partition, offset: String(offset) }
    known.partitions.push(metadata === undefined ? position : { ...position, metadata })
  }
  return [...topics.values()]
}
