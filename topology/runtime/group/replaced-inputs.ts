import type { Cluster } from '../kafka/index.ts'
import type { TopicPartitions } from './group-protocol.ts'
import { type JoinedGroup, topicIds } from '../kafka/kafkajs-mends/index.ts'

type Group = Pick<JoinedGroup['group'], 'cluster' | 'groupId'>

/** A partition whose committed offset is not this topic's. */
export interface ReplacedInput {
  readonly topic: string
  readonly partition: number
  /** The topic's id when the offset was committed, and now. */
  readonly was: string
  readonly is: string
}

export interface InputTopics {
  /** What is to be committed with each topic's offsets; nothing where the brokers do not tell. */
  readonly metadata: ReadonlyMap<string, string>
  readonly replaced: readonly ReplacedInput[]
}

/** What kafkajs' broker offers and its types do not name. */
interface Coordinator {
  offsetFetch(request: object): Promise<{ readonly responses: readonly FetchedOffsets[] }>
}

interface FetchedOffsets {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number; readonly offset: string; readonly metadata?: string | null }[]
}

const prefix = 'topic-id:'

/**
 * An offset means something in its own topic alone: in one that was deleted and made anew it is beyond the end, or, worse, within it by chance. So
 * each is committed with its topic's id. Kafka forgets a deleted topic's offsets; not those that a member commits while the topic is made
 * anew. What was committed without an id, by former builds and other tools, is taken as it is.
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
