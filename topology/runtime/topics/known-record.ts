import type { NamedCommit } from '../../../stores/index.ts'
import { headerEntries } from '../../record-headers.ts'
import { commitHeader } from './commit-header.ts'
import { ChangelogLost } from './partition-standing.ts'
import type { FetchedPartition } from './topic-batch.ts'

/**
 * Looks whether a record that kept rows contain is still what it was. An election of a replica that lacked the end of the partition (`unclean.leader.election.enable`) cuts it off; what is written
 * then has the same offsets. A record that compaction has removed tells nothing. Throws ChangelogLost.
 */
export function checkKnown(name: string, { offset, note }: NamedCommit, { messages }: FetchedPartition): void {
  const found = messages.find(({ offsetNumber }) => offsetNumber === offset)
  if (found === undefined) return
  const said = found.isControlRecord ? undefined : headerEntries(found.headers).find(([header]) => header === commitHeader)?.[1]
  if (said !== undefined && said !== null && String(said) === note) return
  throw new ChangelogLost(
    'cut',
    `${name} has another record at offset ${offset} than before: its end was lost, as by an unclean election of a leader, and was written anew`,
  )
}
