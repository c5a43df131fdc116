import type { Mend } from './mend.ts'

interface Grouping<M> {
  readonly topic: string
  readonly partitionMetadata: readonly unknown[]
  readonly messages: readonly M[]
  readonly partitioner: (choice: { topic: string; partitionMetadata: readonly unknown[]; message: M }) => number
}

/** The messages by partition, in their order. */
export function groupMessagesPerPartition<M>({ topic, partitionMetadata, messages, partitioner }: Grouping<M>): Record<string, M[]> {
  const groups: Record<string, M[]> = {}
  if (partitionMetadata.length === 0) return groups
  for (const message of messages) {
    const partition = partitioner({ topic, partitionMetadata, message })
    const group = groups[partition]
    if (group) group.push(message)
    else groups[partition] = [message]
  }
  return groups
}

/** kafkajs copies the partition's array for every message, which takes time quadratic in the size of a send (upstream pull request 1576). */
export const groupMessagesMend: Mend = {
  defect: 'quadratic grouping of produced messages',
  apply: modules => modules.replace('src/producer/groupMessagesPerPartition.js', groupMessagesPerPartition),
}
