import { topicPartition } from '../../../base/index.ts'
import { decodeOffsetNote, type OffsetNote } from './commit-mark.ts'
import { fetchedOffsets, type OffsetsAsked } from './fetched-offsets.ts'
import type { TopicPartitions } from './group-protocol.ts'
import { type JoinedGroup, topicIds } from '../kafka/kafkajs-mends/index.ts'

type Group = Pick<JoinedGroup['group'], 'cluster' | 'groupId'> & Pick<OffsetsAsked, 'requireStable'>

/** A partition whose offset was committed for a former topic of the same name. */
export interface ReplacedInput {
  readonly topic: string
  readonly partition: number
  /** The topic's id when the offset was committed (`was`), and now (`is`). */
  readonly was: string
  readonly is: string
}

/** What the group has committed of an input. */
export interface CommittedInput {
  readonly offset: number
  /** undefined: it was not committed by a member, but set by somebody. */
  readonly note: OffsetNote | undefined
}

export interface InputTopics {
  /** The id of each topic; no entry if the brokers do not return ids. */
  readonly ids: ReadonlyMap<string, string>
  /** By topic-partition; no entry where none is committed. */
  readonly committed: ReadonlyMap<string, CommittedInput>
  readonly replaced: readonly ReplacedInput[]
}

/**
 * Finds inputs that were deleted and created again. An offset is valid only in its own topic: in a new topic of the same name it is beyond the end,
 * or within it by chance. So offsets are committed with their topic's id. Kafka deletes the offsets of a deleted topic, but not those that a member
 * commits while the topic is being created again. Offsets without an id, from older builds or other tools, are accepted. Throws what `fetchedOffsets` does.
 */
export async function inputTopics(group: Group, assignment: TopicPartitions): Promise<InputTopics> {
  const topics = Object.keys(assignment)
  if (topics.length === 0) return { ids: new Map(), committed: new Map(), replaced: [] }
  const [ids = new Map<string, string>(), fetched] = await Promise.all([topicIds(group.cluster, topics), fetchedOffsets(group, assignment)])
  const found = fetched.map(({ metadata, ...each }) => ({ ...each, note: decodeOffsetNote(metadata) }))
  const replaced = found.flatMap(({ topic, partition, note }) => {
    const [was, is] = [note?.topicId, ids.get(topic)]
    return was === undefined || is === undefined || was === is ? [] : [{ topic, partition, was, is }]
  })
  const committed = new Map(found.map(({ topic, partition, offset, note }) => [topicPartition(topic, partition), { offset, note }]))
  return { ids, committed, replaced }
}
