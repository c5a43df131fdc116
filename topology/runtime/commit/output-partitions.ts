import type { TopicPartition } from '../../../base/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import { changelogTopic, taskOf, type TopicLayout } from '../topics/index.ts'

export interface OutputPartitionsOptions {
  readonly topology: TopologyDefinition
  readonly layout: TopicLayout
  readonly task: TaskId
  readonly applicationId: string
  readonly deadLetterTopic: string
}

/** If the list would be longer than this, only the partitions with the task's own number are listed. */
const most = 64

/**
 * The partitions that a task may write: first those with the task's own partition number (its changelogs, and its outputs if they keep their keys), then,
 * if all together are at most 64, the other partitions of its outputs.
 */
export function outputPartitions(options: OutputPartitionsOptions): readonly TopicPartition[] {
  const { topology, layout, task, applicationId, deadLetterTopic } = options
  const { sub, partition } = taskOf(topology, task)
  const outputs = [...sub.nodes.flatMap(node => (node.kind === 'sink' ? [node.topic] : [])), deadLetterTopic].map(topic => ({
    topic,
    count: layout.partitionCounts.get(topic) ?? 0,
  }))
  const own = [
    ...sub.stores.filter(({ builder }) => builder.logged).map(({ builder }) => changelogTopic(applicationId, builder.name)),
    ...outputs.filter(({ count }) => partition < count).map(({ topic }) => topic),
  ].map(topic => ({ topic, partition }))
  const others = outputs.flatMap(({ topic, count }) =>
    Array.from({ length: count }, (_, other) => ({ topic, partition: other })).filter(({ partition: other }) => other !== partition),
  )
  return own.length + others.length <= most ? [...own, ...others] : own
}
