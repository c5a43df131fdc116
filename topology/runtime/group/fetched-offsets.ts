import { topicPartition } from '../../../base/index.ts'
import type { Cluster } from '../kafka/index.ts'
import { canRequireStable, fetchStableOffsets, protocolError, unstableOffset, type WireBroker } from '../kafka/wire/index.ts'
import type { TopicPartitions } from './group-protocol.ts'

export interface OffsetsAsked {
  readonly cluster: Cluster
  readonly groupId: string
  /**
   * Whether offsets are taken only once no open transaction can change them any more (KIP-447): so under exactly_once, whatever protocol the transactions have. Brokers before
   * Kafka 2.5 cannot be asked for that.
   */
  readonly requireStable: boolean
}

/** An offset that is committed, and the metadata that were committed with it. */
export interface FetchedOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly metadata: string
}

/** A method of kafkajs' broker that its types do not declare. */
interface Coordinator extends WireBroker {
  offsetFetch(request: object): Promise<{
    readonly responses: readonly {
      readonly topic: string
      readonly partitions: readonly { readonly partition: number; readonly offset: string; readonly metadata?: string | null }[]
    }[]
  }>
}

/**
 * The committed offsets of the partitions, of those that have one. Throws UNSTABLE_OFFSET_COMMIT while an open transaction will change one of them and that matters;
 * and what kafkajs throws.
 */
export async function fetchedOffsets(
  { cluster, groupId, requireStable }: OffsetsAsked,
  partitions: TopicPartitions,
): Promise<readonly FetchedOffset[]> {
  if (Object.keys(partitions).length === 0) return []
  const coordinator = (await cluster.findGroupCoordinator({ groupId })) as unknown as Coordinator
  const found =
    requireStable && canRequireStable(coordinator)
      ? await stable(coordinator, groupId, partitions)
      : await any(coordinator, groupId, partitions)
  return found.filter(({ offset }) => offset >= 0)
}

async function stable(broker: WireBroker, groupId: string, partitions: TopicPartitions): Promise<readonly FetchedOffset[]> {
  const found = await fetchStableOffsets(broker, groupId, partitions)
  return [...found].flatMap(([topic, offsets]) =>
    [...offsets].map(([partition, committed]) => {
      if (committed !== undefined) return { topic, partition, ...committed }
      throw protocolError(unstableOffset, {
        broker,
        method: 'offsetFetch',
        what: `OffsetFetch of ${topicPartition(topic, partition)}`,
        groupId,
      })
    }),
  )
}

async function any(broker: Coordinator, groupId: string, partitions: TopicPartitions): Promise<readonly FetchedOffset[]> {
  const topics = Object.entries(partitions).map(([topic, list]) => ({ topic, partitions: list.map(partition => ({ partition })) }))
  const { responses } = await broker.offsetFetch({ groupId, topics })
  return responses.flatMap(({ topic, partitions: answered }) =>
    answered.map(({ partition, offset, metadata }) => ({ topic, partition, offset: Number(offset), metadata: metadata ?? '' })),
  )
}
