import { SluiceError } from '../../../base/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import type { TopicPartitions } from './group-protocol.ts'
import { changelogTopic, resetSteps, taskOf, type TopicLayout } from '../topics/index.ts'

export interface AddedPartitionsOptions {
  readonly topology: TopologyDefinition
  readonly layout: TopicLayout
  readonly applicationId: string
}

/**
 * Refuses new tasks with state after partitions were added to an input while the application runs: keys map to other partitions then, and the changelogs
 * have no partition for the new task. A new task without logged stores is accepted. Throws TOPIC_MISMATCH, which is fatal for the thread, as in Kafka
 * Streams.
 */
export function refuseAddedPartitions(ids: readonly TaskId[], assignment: TopicPartitions, options: AddedPartitionsOptions): void {
  const { topology, layout, applicationId } = options
  for (const id of ids) {
    if (layout.tasks.includes(id)) continue
    const { sub, partition } = taskOf(topology, id)
    const changelogs = sub.stores.filter(({ builder }) => builder.logged).map(({ builder }) => changelogTopic(applicationId, builder.name))
    if (changelogs.length === 0) continue
    const grown = sub.sourceTopics
      .filter(topic => assignment[topic]?.includes(partition) === true)
      .map(topic => `"${topic}" had ${layout.partitionCounts.get(topic) ?? 0} partitions and has ${partition + 1} or more now`)
    throw new SluiceError(
      'TOPIC_MISMATCH',
      `partitions were added to an input while the application ran: ${grown.join(', ')}. The state (${changelogs.join(', ')}) is partitioned by the former ` +
        'number of partitions, and keys now lie on other ones. Give every joined input the same number of partitions, and begin anew: ' +
        resetSteps(applicationId, allChangelogs(options)),
    )
  }
}

function allChangelogs({ topology, applicationId }: AddedPartitionsOptions): readonly string[] {
  const logged = topology.subTopologies.flatMap(({ stores }) => stores.filter(({ builder }) => builder.logged))
  return logged.map(({ builder }) => changelogTopic(applicationId, builder.name))
}
