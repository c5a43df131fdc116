import { env, pause, SluiceError } from '../../../base/index.ts'
import { describeTopics, type Admin, type DescribedTopic } from '../kafka/index.ts'

export interface TopicToCreate {
  readonly topic: string
  readonly numPartitions: number
  readonly configEntries?: readonly { readonly name: string; readonly value: string }[]
}

const askEveryMs = 50
const waitMs = 30_000
/** How long brokers may take to learn of a new topic from the controller, ms. */
const learnMs = 500
/** Kafka's error code UNKNOWN_TOPIC_OR_PARTITION. */
const missing = 3

/** The error that kafkajs throws if topics could not be created. */
interface TopicErrors extends Error {
  readonly errors: readonly (Error & { readonly topic: string; readonly type: string })[]
}

/**
 * Creates topics; resolves when every partition of each has a leader, with false if topics existed already. Throws NOT_AUTHORIZED, and BROKER_FAILED with
 * the broker's reason for each topic that it did not create. kafkajs' own wait for leaders fails if a broker does not know the topic yet.
 */
export async function createTopics(admin: Admin, topics: readonly TopicToCreate[]): Promise<boolean> {
  const wanted = topics.map(({ configEntries = [], ...topic }) => ({ ...topic, configEntries: [...configEntries] }))
  const created = await admin.createTopics({ topics: wanted, waitForLeaders: false }).catch(refused)
  await waitForLeaders(
    admin,
    topics.map(({ topic }) => topic),
  )
  return created
}

function refused(error: unknown): never {
  if (!(error instanceof Error) || error.name !== 'KafkaJSAggregateError') throw error
  const errors = (error as TopicErrors).errors.filter(({ type }) => type !== 'TOPIC_ALREADY_EXISTS')
  const forbidden = errors.filter(({ type }) => type === 'TOPIC_AUTHORIZATION_FAILED').map(({ topic }) => topic)
  if (forbidden.length > 0) {
    const rights = `the right CREATE on ${forbidden.length > 1 ? 'topics' : 'topic'} ${forbidden.join(', ')}, or on the cluster`
    throw new SluiceError(
      'NOT_AUTHORIZED',
      `not authorized: to create the missing topics, this client needs ${rights}; or create them beforehand`,
      {
        cause: error,
      },
    )
  }
  const reasons = errors.map(({ topic, message }) => `${topic}: ${message}`).join('; ')
  throw new SluiceError('BROKER_FAILED', `the broker did not create the missing topics: ${reasons}`, { cause: error })
}

/**
 * Partition counts of the given topics that exist. Each broker learns of a new topic in its own time, so a topic that one broker does not know is requested
 * again for `patienceMs` before it counts as missing.
 */
export async function existingTopics(admin: Admin, names: readonly string[], patienceMs = learnMs): Promise<Map<string, number>> {
  const wanted = [...new Set(names)]
  const found = new Map<string, number>()
  for (const started = env.monotonic(); ; await pause(askEveryMs)) {
    for (const [topic, count] of countsOf(await describeTopics(admin, wanted))) found.set(topic, count)
    if (found.size === wanted.length || env.monotonic() - started >= patienceMs) return found
  }
}

/**
 * Resolves with the partition count of each topic once one answer shows a leader for every partition; another answer may come from a broker that does not
 * know the topics yet. Throws BROKER_FAILED after 30 s, naming the partitions without a leader.
 */
export async function waitForLeaders(admin: Admin, names: readonly string[]): Promise<Map<string, number>> {
  let lacking: readonly string[] = []
  for (const started = env.monotonic(); env.monotonic() - started < waitMs; await pause(askEveryMs)) {
    const described = await describeTopics(admin, [...new Set(names)])
    lacking = described.flatMap(leaderless)
    if (lacking.length === 0) return countsOf(described)
  }
  throw new SluiceError(
    'BROKER_FAILED',
    `after ${waitMs / 1000} s ${lacking.join(', ')}: check the brokers that hold these partitions, and their logs`,
  )
}

function countsOf(described: readonly DescribedTopic[]): Map<string, number> {
  return new Map(
    described.flatMap(({ topic, topicErrorCode, partitionMetadata }) =>
      topicErrorCode === missing ? [] : [[topic, partitionMetadata.length] as const],
    ),
  )
}

/** What a topic lacks; empty if every partition has a leader. Brokers learn of a new topic shortly after the controller has created it. */
function leaderless({ topic, topicErrorCode, partitionMetadata }: DescribedTopic): readonly string[] {
  if (topicErrorCode === missing) return [`topic ${topic} does not exist`]
  if (topicErrorCode !== 0 || partitionMetadata.length === 0) return [`topic ${topic} has no leaders`]
  return partitionMetadata
    .filter(({ leader }) => leader < 0)
    .map(({ partitionId }) => `partition ${partitionId} of topic ${topic} has no leader`)
}
