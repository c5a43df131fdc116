import { env, pause, topicPartition } from '../../../base/index.ts'
import { orAborted, type Admin, type Kafka } from '../kafka/index.ts'
import { partitionOffsets, type PartitionOffsets } from '../topics/index.ts'

const askEveryMs = 100

export interface CommittedOffsetsOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  /** How long, in ms, the group may make no progress on these topics before the wait ends: a record may take long to be processed. */
  readonly patienceMs: number
  readonly signal: AbortSignal
}

type Held = ReadonlyMap<number, PartitionOffsets>

/**
 * Resolves once the group has committed all records that the topics hold at the time of the call, has made no progress for `patienceMs`, or the signal
 * aborts. Throws what kafkajs throws.
 */
export async function waitForCommittedOffsets(
  kafka: Kafka,
  { groupId, topics, patienceMs, signal }: CommittedOffsetsOptions,
): Promise<void> {
  const held = new Map<string, Held>()
  for (const topic of topics) held.set(topic, (await partitionOffsets(kafka, { topic, signal })) ?? new Map())
  const admin = kafka.admin()
  try {
    await orAborted(admin.connect(), signal)
    let behind = Infinity
    let since = env.monotonic()
    for (;;) {
      const now = await orAborted(recordsBehind(admin, groupId, held), signal)
      if (signal.aborted || now === undefined || now === 0) return
      if (now < behind) since = env.monotonic()
      behind = now
      if (env.monotonic() - since >= patienceMs) return
      await pause(askEveryMs, signal)
    }
  } finally {
    admin.disconnect().catch(() => undefined)
  }
}

/** The number of offsets up to the given ends that the group has not committed. */
async function recordsBehind(admin: Admin, groupId: string, held: ReadonlyMap<string, Held>): Promise<number> {
  const waited = [...held].filter(([, ranges]) => [...ranges.values()].some(({ start, end }) => end > start)).map(([topic]) => topic)
  // kafkajs treats an empty list as all topics.
  if (waited.length === 0) return 0
  const committed = new Map<string, number>()
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics: waited })) {
    for (const { partition, offset } of partitions) committed.set(topicPartition(topic, partition), Number(offset))
  }
  const open = waited.flatMap(topic =>
    [...(held.get(topic) as Held)].map(
      ([partition, { start, end }]) => end - Math.max(start, committed.get(topicPartition(topic, partition)) ?? -1),
    ),
  )
  return open.reduce((sum, count) => sum + Math.max(0, count), 0)
}
