import { orAborted, pause, type Admin, type Kafka } from './kafka-clients.ts'
import { partitionRanges, type PartitionRange } from './partition-ranges.ts'

const askEveryMs = 100

export interface GroupProgressOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  readonly signal: AbortSignal
}

type Held = ReadonlyMap<number, PartitionRange>

/** Resolves once the group has committed all that the topics hold at the call, or the signal aborts. Throws what kafkajs throws. */
export async function untilGroupReached(kafka: Kafka, { groupId, topics, signal }: GroupProgressOptions): Promise<void> {
  const held = new Map<string, Held>()
  for (const topic of topics) held.set(topic, (await partitionRanges(kafka, { topic, signal })) ?? new Map())
  const admin = kafka.admin()
  try {
    await orAborted(admin.connect(), signal)
    while (!signal.aborted && (await orAborted(isBehind(admin, groupId, held), signal)) === true) await pause(askEveryMs, signal)
  } finally {
    admin.disconnect().catch(() => undefined)
  }
}

async function isBehind(admin: Admin, groupId: string, held: ReadonlyMap<string, Held>): Promise<boolean> {
  const waited = [...held].filter(([, ranges]) => [...ranges.values()].some(({ start, end }) => end > start)).map(([topic]) => topic)
  // kafkajs takes an empty list for all topics.
  if (waited.length === 0) return false
  const committed = new Map<string, number>()
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics: waited })) {
    for (const { partition, offset } of partitions) committed.set(`${topic}-${partition}`, Number(offset))
  }
  return waited.some(topic =>
    [...(held.get(topic) as Held)].some(
      ([partition, { start, end }]) => end > start && (committed.get(`${topic}-${partition}`) ?? -1) < end,
    ),
  )
}
