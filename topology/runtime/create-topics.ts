import { SluiceError } from '../../proto/sluice-error.ts'
import { pause, type Admin } from './kafka-clients.ts'

export interface TopicToCreate {
  readonly topic: string
  readonly numPartitions: number
  readonly configEntries?: readonly { readonly name: string; readonly value: string }[]
}

const askEveryMs = 50
const waitMs = 30_000
/** What a broker answers that has not heard of a new topic yet: the controller has made it, and tells the brokers a moment later. */
const notYet: ReadonlySet<string | undefined> = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'])

/**
 * Makes topics; resolves when every partition of each has a leader. False when all of them were there already.
 * kafkajs' own wait fails on a broker that does not know the topic yet.
 */
export async function createTopics(admin: Admin, topics: readonly TopicToCreate[]): Promise<boolean> {
  const wanted = topics.map(({ configEntries = [], ...topic }) => ({ ...topic, configEntries: [...configEntries] }))
  const created = await admin.createTopics({ topics: wanted, waitForLeaders: false })
  await waitForLeaders(
    admin,
    topics.map(({ topic }) => topic),
  )
  return created
}

/** Resolves when every partition of each topic has a leader. Throws BROKER_FAILED when that takes too long: a topic may not exist. */
export async function waitForLeaders(admin: Admin, names: string[]): Promise<void> {
  for (const started = Date.now(); Date.now() - started < waitMs; await pause(askEveryMs)) if (await haveLeaders(admin, names)) return
  throw new SluiceError('BROKER_FAILED', `topics ${names.join(', ')} have no leaders after ${waitMs / 1000} s`)
}

async function haveLeaders(admin: Admin, names: string[]): Promise<boolean> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: names })
    return topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0))
  } catch (error) {
    if (notYet.has((error as { type?: string }).type)) return false
    throw error
  }
}
