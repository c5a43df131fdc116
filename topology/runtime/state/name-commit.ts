import type { ManagedStore, Row } from '../../../stores/index.ts'
import { type CommitNote, encodeCommitNote } from '../group/index.ts'

/** The rows of one store that a commit writes into its changelog. */
export interface CommittedRows {
  readonly store: string
  readonly topic: string
  /** The topic id of the changelog; undefined: the brokers return none. */
  readonly topicId: string | undefined
  readonly rows: readonly Row[]
  readonly mayPrecede: ManagedStore['mayPrecede']
  /** The largest record that the changelog takes; 0: not known. */
  readonly maxRecordBytes: number
}

/** How a commit is named in the changelogs. */
export interface NamedCommit {
  readonly text: string
  /** By store: the row whose record has the name; no entry: no record has room for it. */
  readonly rows: ReadonlyMap<string, Row>
  /** The stores whose changelogs name the commit in a record that compaction keeps. */
  readonly stores: readonly Pick<CommittedRows, 'store' | 'topicId'>[]
}

/** Most bytes of a record beside its key, its value and the name of its commit. */
const nameOverhead = 256
/** Most characters of the names of stores in the name of a commit. With more, it says nothing of stores. */
const mostNames = 1900

/** Chooses the row of each store whose record names the commit, and composes the name, which says where else it stands. */
export function nameCommit(rows: readonly CommittedRows[], note: Omit<CommitNote, 'stores'>): NamedCommit {
  const all = rows.map(({ store, topicId }) => ({ store, topicId }))
  const fit = JSON.stringify(all).length <= mostNames
  const longest = encodeCommitNote({ ...note, stores: fit ? all : undefined })
  const found = new Map<string, Row>()
  for (const each of rows) {
    const row = namingRow(each, each.maxRecordBytes - nameOverhead - longest.length)
    if (row !== undefined) found.set(each.store, row)
  }
  const stores = all.filter(({ store }) => (found.get(store)?.value ?? null) !== null)
  const text = !fit || stores.length === all.length ? longest : encodeCommitNote({ ...note, stores })
  return { text, rows: found, stores }
}

/**
 * The row whose record names its commit: one that nothing but a later commit replaces, and a deletion only if there is nothing else, for compaction removes
 * those. undefined: all are larger than what the changelog takes beside the name.
 */
function namingRow({ rows, mayPrecede }: CommittedRows, room: number): Row | undefined {
  const apt = rows.filter(row => row.key.length + (row.value?.length ?? 0) <= room && mayPrecede?.(row) !== true)
  return apt.findLast(({ value }) => value !== null) ?? apt.at(-1)
}
