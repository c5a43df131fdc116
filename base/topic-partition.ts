/** One partition of a topic. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** A partition's name, as Kafka writes it: `topic-partition`. Also the key of maps by partition. */
export function topicPartition(topic: string, partition: number): string {
  return `${topic}-${partition}`
}
