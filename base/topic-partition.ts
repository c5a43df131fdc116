/** One partition of a topic. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** A partition's name in Kafka's notation, `topic-partition`. Also used as a key of maps. */
export function topicPartition(topic: string, partition: number): string {
  return `${topic}-${partition}`
}
