import { SluiceError } from '../../../base/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import type { KafkaLog } from '../kafka/index.ts'
import type { TopicPartitions } from './group-protocol.ts'
import { changelogTopic, resetSteps, taskOf, type TopicLayout } from '../topics/index.ts'

export interface AddedPartitionsOptions {
  readonly topology: TopologyDefinition
  readonly layout: TopicLayout
  readonly applicationId: string
  /** The number of partitions that a topic has now, as far as this member knows. */
  countOf(topic: string): number
  readonly log: KafkaLog | undefined
}

/**
 * Checks whether partitions were added to inputs while the application runs. For sub-topologies with logged stores it throws TOPIC_MISMATCH, which is
 * fatal for the thread, as in Kafka Streams: keys now map to other partitions, away from their state, and the changelogs have no partition for a new
 * task. Without logged stores, new tasks are accepted. If inputs that are read together then have different numbers of partitions, a warning is
 * logged: only partitions that all of them have are read.
 */
export function refuseAddedPartitions(ids: readonly TaskId[], assignment: TopicPartitions, options: AddedPartitionsOptions): void {
  const { topology, layout, applicationId } = options
  for (const sub of topology.subTopologies) {
    // The group's leader, which assigned the tasks, may know newer metadata than this member.
    const given = (topic: string): number => Math.max(0, ...(assignment[topic] ?? []).map(partition => partition + 1))
    const counts = sub.sourceTopics.map(topic => ({
      topic,
      had: layout.partitionCounts.get(topic) ?? 0,
      has: Math.max(options.countOf(topic), ids.some(id => taskOf(topology, id).sub === sub) ? given(topic) : 0),
    }))
    const grown = counts.filter(({ had, has }) => has > had)
    if (grown.length === 0) continue
    const changelogs = sub.stores.filter(({ builder }) => builder.logged).map(({ builder }) => changelogTopic(applicationId, builder.name))
    if (changelogs.length === 0) tellUneven(counts, options.log)
    else refuse(grown, changelogs, options)
  }
}

interface Counted {
  readonly topic: string
  /** The number of partitions at the start, and now. */
  readonly had: number
  readonly has: number
}

function refuse(grown: readonly Counted[], changelogs: readonly string[], options: AddedPartitionsOptions): never {
  const told = grown.map(({ topic, had, has }) => `"${topic}" had ${had} partitions and has ${has} now`)
  throw new SluiceError(
    'TOPIC_MISMATCH',
    `partitions were added to an input while the application ran: ${told.join(', ')}. The state (${changelogs.join(', ')}) is partitioned by the former ` +
      'number of partitions, and keys now lie on other ones. Give every joined input the same number of partitions, and begin anew: ' +
      resetSteps(options.applicationId, allChangelogs(options)),
  )
}

function tellUneven(counts: readonly Counted[], log: KafkaLog | undefined): void {
  if (counts.every(({ has }) => has === counts[0]?.has)) return
  log?.(
    'warn',
    'partitions were added to some of the inputs that are read together: nobody reads those that not all have. Add them to the others',
    {
      code: 'TOPIC_MISMATCH',
      partitions: counts.map(({ topic, has }) => `${topic} has ${has}`).join(', '),
    },
  )
}

function allChangelogs({ topology, applicationId }: AddedPartitionsOptions): readonly string[] {
  const logged = topology.subTopologies.flatMap(({ stores }) => stores.filter(({ builder }) => builder.logged))
  return logged.map(({ builder }) => changelogTopic(applicationId, builder.name))
}
