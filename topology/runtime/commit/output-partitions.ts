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

/** Beyond them, only what most tasks write alone is named. */
const most = 64

/**
 * The partitions that a task may write: those of its number first (its changelogs, and its outputs as long as they keep their keys), then the
 * others of its outputs, as far as they are few.
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
