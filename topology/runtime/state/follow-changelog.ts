import type { ManagedStore, Row } from '../../../stores/index.ts'
import type { Kafka } from '../kafka/index.ts'
import { commitHeader, readTopic, type TopicBatch, type TopicConnection } from '../topics/index.ts'

export interface FollowedChangelog {
  readonly topic: string
  readonly partition: number
  /** For how long Kafka keeps the changelog's deletions, ms. */
  readonly tombstonesMs: number
  /** 'end', 'logEnd': see `TopicReaderOptions`. Default: follows until the signal aborts. */
  readonly until?: 'end' | 'logEnd'
  readonly signal: AbortSignal
}

/**
 * Reads a changelog partition into a store, from the store's checkpoint on, and yields each batch after its rows are written. Throws what `readTopic`
 * throws; after a ChangelogLost, the store must be wiped.
 */
export async function* followChangelog(
  through: Kafka | TopicConnection,
  store: ManagedStore,
  followed: FollowedChangelog,
): AsyncGenerator<TopicBatch> {
  const { topic, partition, tombstonesMs, until, signal } = followed
  const { checkpoint } = store
  const from = checkpoint === undefined ? 'beginning' : new Map([[partition, checkpoint.changelogOffset]])
  const standings = new Map(checkpoint?.standing === undefined ? [] : [[partition, checkpoint.standing]])
  const commits = new Map(checkpoint?.commit === undefined ? [] : [[partition, checkpoint.commit]])
  const kept = { tombstonesMs, standings, commits }
  let commit = checkpoint?.commit
  for await (const batch of readTopic(through, { topic, partitions: [partition], from, until, kept, signal })) {
    const rows: Row[] = []
    for (const { key, value, offset, headers } of batch.records) {
      if (key !== null) rows.push({ key, value })
      const note = headers?.[commitHeader]
      if (note !== undefined) commit = { offset, note: String(note) }
    }
    await store.restore(rows, { changelogOffset: batch.nextOffset, standing: batch.standing, commit })
    yield batch
  }
}
