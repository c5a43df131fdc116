import { env, topicPartition } from '../../../base/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import { pendingOf } from '../../nodes/index.ts'
import type { SourceDefinition, SubTopology, TopologyDefinition } from '../../topology-definition.ts'
import { type CommittedInput, fetchedOffsets, type TopicPartitions, inputTopics, type ReplacedInput } from '../group/index.ts'
import type { Cluster, KafkaLog } from '../kafka/index.ts'
import { askAgain, type JoinedGroup } from '../kafka/kafkajs-mends/index.ts'
import { RecordQueue } from './record-queue.ts'

interface Joined {
  readonly assignment: TopicPartitions
  readonly group: JoinedGroup['group']
  /**
   * The queues of tasks that may continue without new ones. A queue is not used if its topic was created again, or its committed offset is not what
   * the task has processed (Kafka deletes the offsets of a deleted topic).
   */
  readonly kept: ReadonlyMap<TaskId, readonly RecordQueue[]>
  /** See `OffsetsAsked`. */
  readonly requireStable: boolean
}

/**
 * How long the brokers may be unavailable while positions are read, ms: well below a session timeout, because the member sends no heartbeats in the
 * meantime.
 */
const patienceMs = 5000

/**
 * Returns the queues for the input partitions of each task: the kept ones, or new ones at the committed offsets, or at the beginning of a topic that
 * was created again since its offset was committed.
 */
export async function taskInputs(
  { subTopologies }: TopologyDefinition,
  ids: readonly TaskId[],
  { assignment, group, kept, requireStable }: Joined,
  log: KafkaLog | undefined,
): Promise<Map<TaskId, readonly RecordQueue[]>> {
  const now = (): number => env.monotonic()
  const bootstrap = topicsOf(subTopologies, node => node.bootstrap)
  const replayed = topicsOf(subTopologies, node => node.replay)
  const {
    ids: topicIds,
    found,
    ends,
    heads,
    beginnings,
  } = await askAgain(() => positionsOf({ assignment, group, replayed, requireStable }, log), {
    deadline: now() + patienceMs,
    now,
    onMoved: () => void group.cluster.refreshMetadata().catch(() => undefined),
  })
  const committed = (topic: string, partition: number): number => Number(group.offsetManager.nextOffset(topic, partition).toString())
  return new Map(
    ids.map(id => {
      const [sub, partition] = id.split('_').map(Number) as [number, number]
      const going = kept.get(id)
      if (going?.every(queue => !heads.has(topicPartition(queue.topic, partition)) && queue.consumed === committed(queue.topic, partition)))
        return [id, goOn(group, going)]
      const own = subTopologies.find(each => each.id === sub)
      const queues = (own?.sourceTopics ?? []).map(topic => {
        const name = topicPartition(topic, partition)
        const next = heads.get(name) ?? committed(topic, partition)
        const first = replayed.has(topic) ? (beginnings.get(name) ?? 0) : undefined
        if (first !== undefined) group.seek({ topic, partition, offset: String(first) })
        const position = first ?? next
        const replayUntil = first === undefined ? undefined : next
        const pending = pendingIn(own as SubTopology, topic)
        const parts = { topic, partition, bootstrap: bootstrap.has(topic), position, end: ends.get(name) ?? 0, replayUntil, pending }
        return new RecordQueue({ ...parts, topicId: topicIds.get(topic), committed: heads.has(name) ? undefined : found.get(name) })
      })
      return [id, queues]
    }),
  )
}

/** The topics of the sources for which `is` holds. */
function topicsOf(subTopologies: TopologyDefinition['subTopologies'], is: (node: SourceDefinition) => boolean): ReadonlySet<string> {
  const sources = subTopologies.flatMap(({ nodes }) => nodes.filter(node => node.kind === 'source'))
  return new Set(sources.filter(is).flatMap(({ topics }) => topics))
}

function pendingIn({ nodes }: SubTopology, topic: string) {
  const source = nodes.find(node => node.kind === 'source' && node.topics.includes(topic))
  return source?.kind === 'source' ? pendingOf(source) : undefined
}

/** Moves the consumer to the positions behind the records that the queues already have. */
function goOn(group: Joined['group'], queues: readonly RecordQueue[]): readonly RecordQueue[] {
  for (const { topic, partition, position } of queues) group.seek({ topic, partition, offset: String(position) })
  return queues
}

interface Positions {
  /** The ids of the topics. */
  readonly ids: ReadonlyMap<string, string>
  /** By topic-partition: what the group has committed. */
  readonly found: ReadonlyMap<string, CommittedInput>
  /** By topic-partition: the end offsets, and the first ones where a topic was created again. */
  readonly ends: ReadonlyMap<string, number>
  readonly heads: ReadonlyMap<string, number>
  /** By topic-partition: the first offsets of inputs that are replayed. */
  readonly beginnings: ReadonlyMap<string, number>
}

interface Asked extends Pick<Joined, 'assignment' | 'group' | 'requireStable'> {
  /** The topics that are read from their beginnings. */
  readonly replayed: ReadonlySet<string>
}

/** Reads the positions of the inputs, and moves the consumer to the beginning of topics that were created again. May be repeated. */
async function positionsOf({ assignment, group, replayed, requireStable }: Asked, log: KafkaLog | undefined): Promise<Positions> {
  const again = Object.fromEntries(Object.entries(assignment).filter(([topic]) => replayed.has(topic)))
  const asked = { cluster: group.cluster, groupId: group.groupId, requireStable }
  const [{ ids, committed: found, replaced }, ends, beginnings] = await Promise.all([
    inputTopics(asked, assignment),
    offsetsOf(group.cluster, assignment, false),
    offsetsOf(group.cluster, again, true),
  ])
  // Resolve the offsets only now: if Kafka deletes the offset of a deleted topic meanwhile, either the check above saw the offset, or this
  // lookup finds none. kafkajs itself asks only for what was not found: its request cannot require stable offsets.
  const resolved = group.offsetManager.committedOffsets()
  for (const { topic, partition, offset } of await fetchedOffsets(asked, assignment)) (resolved[topic] ??= {})[partition] = String(offset)
  await group.offsetManager.resolveOffsets()
  return { ids, found, ends, beginnings, heads: await seekHeads(group, replaced, log) }
}

/** The first offsets (`fromBeginning`) or the end offsets of the assigned partitions, by topic-partition. */
async function offsetsOf(cluster: Cluster, assignment: TopicPartitions, fromBeginning: boolean): Promise<ReadonlyMap<string, number>> {
  const asked = Object.entries(assignment).map(([topic, list]) => ({
    topic,
    partitions: list.map(partition => ({ partition })),
    fromBeginning,
  }))
  const offsets = new Map<string, number>()
  if (asked.length === 0) return offsets
  for (const { topic, partitions } of await cluster.fetchTopicsOffset(asked))
    for (const { partition, offset } of partitions) offsets.set(topicPartition(topic, partition), Number(offset))
  return offsets
}

/** Moves the consumer to the beginning of the partitions whose topics were created again; returns these offsets by topic-partition. */
async function seekHeads(
  group: Joined['group'],
  replaced: readonly ReplacedInput[],
  log: KafkaLog | undefined,
): Promise<ReadonlyMap<string, number>> {
  const assignment: Record<string, number[]> = {}
  for (const { topic, partition } of replaced) (assignment[topic] ??= []).push(partition)
  const heads = replaced.length === 0 ? new Map<string, number>() : await offsetsOf(group.cluster, assignment, true)
  for (const { topic, partition, was, is } of replaced) {
    const offset = String(heads.get(topicPartition(topic, partition)) ?? 0)
    group.seek({ topic, partition, offset })
    log?.('warn', 'an input topic was deleted and created again after its offset was committed: it is read from its beginning', {
      topic,
      partition,
      offset,
      was,
      is,
    })
  }
  return heads
}
