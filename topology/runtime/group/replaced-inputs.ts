import type { Cluster } from '../kafka/index.ts'
import type { TopicPartitions } from './group-protocol.ts'
import { type JoinedGroup, topicIds } from '../kafka/kafkajs-mends/index.ts'

type Group = Pick<JoinedGroup['group'], 'cluster' | 'groupId'>

/** A partition whose offset was committed for a former topic of the same name. */
export interface ReplacedInput {
  readonly topic: string
  readonly partition: number
  /** The topic's id when the offset was committed (`was`), and now (`is`). */
  readonly was: string
  readonly is: string
}

export interface InputTopics {
  /** The metadata to commit with the offsets of each topic; no entry if the brokers do not return topic ids. */
  readonly metadata: ReadonlyMap<string, string>
  readonly replaced: readonly ReplacedInput[]
}

/** A method of kafkajs' broker that its types do not declare. */
interface Coordinator {
  offsetFetch(request: object): Promise<{ readonly responses: readonly FetchedOffsets[] }>
}

interface FetchedOffsets {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number; readonly offset: string; readonly metadata?: string | null }[]
}

const prefix = 'topic-id:'

/**
 * Finds inputs that were deleted and created again. An offset is valid only in its own topic: in a new topic of the same name it is beyond the end, or
 * within it by chance. So offsets are committed with their topic's id. Kafka deletes the offsets of a deleted topic, but not those that a member commits
 * while the topic is being created again. Offsets without an id, from former builds or other tools, are accepted.
 */
export async function inputTopics({ cluster, groupId }: Group, assignment: TopicPartitions): Promise<InputTopics> {
  const topics = Object.keys(assignment)
  const none: InputTopics = { metadata: new Map(), replaced: [] }
  if (topics.length === 0) return none
  const [ids, committed] = await Promise.all([topicIds(cluster, topics), committedOffsets(cluster, groupId, assignment)])
  if (ids === undefined) return none
  const replaced = committed.flatMap(({ topic, partitions }) =>
    partitions.flatMap(({ partition, offset, metadata }) => {
      const is = ids.get(topic)
      const was = metadata?.startsWith(prefix) === true ? metadata.slice(prefix.length) : undefined
      return Number(offset) < 0 || was === undefined || is === undefined || was === is ? [] : [{ topic, partition, was, is }]
    }),
  )
  return { metadata: new Map([...ids].map(([topic, id]) => [topic, prefix + id])), replaced }
}

async function committedOffsets(cluster: Cluster, groupId: string, assignment: TopicPartitions): Promise<readonly FetchedOffsets[]> {
  const coordinator = (await cluster.findGroupCoordinator({ groupId })) as unknown as Coordinator
  const topics = Object.entries(assignment).map(([topic, list]) => ({ topic, partitions: list.map(partition => ({ partition })) }))
  return (await coordinator.offsetFetch({ groupId, topics })).responses
}
