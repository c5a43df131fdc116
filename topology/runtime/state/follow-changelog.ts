import type { ManagedStore, Row } from '../../../stores/index.ts'
import { compareMarks, decodeCommitNote } from '../group/index.ts'
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
      if (note !== undefined && isLater(String(note), commit?.note)) commit = { offset, note: String(note) }
    }
    await store.restore(rows, { changelogOffset: batch.nextOffset, standing: batch.standing, commit })
    yield batch
  }
}

/**
 * Under at_least_once a member that was frozen may write a commit when the next owner has already written its own: the last commit is that of the latest
 * mark, wherever it lies.
 */
function isLater(note: string, known: string | undefined): boolean {
  const [mark, before] = [decodeCommitNote(note)?.mark, known === undefined ? undefined : decodeCommitNote(known)?.mark]
  return mark === undefined || before === undefined || compareMarks(mark, before) >= 0
}
