/** The place of a commit in the order of a task's commits. */
export interface CommitMark {
  /** When the task was assigned that committed, epoch ms; later than that of every commit that was known then. */
  readonly since: number
  /** The number of the commit in that assignment. */
  readonly number: number
}

/** What is committed with the offset of an input, in its metadata. */
export interface OffsetNote {
  /** undefined: of a build that marks no commits. */
  readonly mark: CommitMark | undefined
  /** The topic's id; undefined: the brokers return none. */
  readonly topicId: string | undefined
  /** The stores whose changelogs hold a record that names this commit. */
  readonly stores: readonly string[]
  /** The topic ids of these changelogs, in the order of `stores`; undefined where the brokers return none, or an older build has committed. */
  readonly changelogs?: readonly (string | undefined)[] | undefined
}

/** What a commit writes into the changelogs, with the last row of each. */
export interface CommitNote {
  readonly mark: CommitMark
  /** Whether the rows were committed in one transaction with the offsets of `inputs`; if not, these offsets were committed before. */
  readonly exact: boolean
  readonly inputs: readonly { readonly topic: string; readonly topicId: string | undefined; readonly offset: number }[]
  /**
   * The stores whose changelogs name this commit in a record that compaction keeps; undefined: an older build has written it, or they are too
   * many. `topicId`: of the changelog.
   */
  readonly stores?: readonly { readonly store: string; readonly topicId: string | undefined }[] | undefined
}

/** Most characters of the names of stores, and of the ids of their changelogs: brokers take 4096 bytes of metadata (`offset.metadata.max.bytes`). */
const mostNames = 1900

/** Above 0 if the first commit came later. */
export function compareMarks(one: CommitMark, other: CommitMark): number {
  return one.since - other.since || one.number - other.number
}

/** Builds that mark no commits know metadata that begin with the topic's id alone, and take other metadata for those of no topic. */
export function encodeOffsetNote({ mark, topicId, stores, changelogs = [] }: OffsetNote): string | undefined {
  const [names, ids] = [stores.join(','), changelogs.map(id => id ?? '').join(',')]
  const named = mark !== undefined && names !== '' && names.length <= mostNames
  const fields = [
    ...(mark === undefined ? [] : [`commit:${mark.since}.${mark.number}`]),
    ...(named ? [`stores:${names}`] : []),
    ...(named && ids.length <= mostNames && changelogs.some(id => id !== undefined) ? [`changelogs:${ids}`] : []),
    ...(topicId === undefined ? [] : [`topic-id:${topicId}`]),
  ]
  return fields.length === 0 ? undefined : fields.join(' ')
}

/** undefined: whoever committed the offset was no member of the application. */
export function decodeOffsetNote(metadata: string | null | undefined): OffsetNote | undefined {
  const fields = new Map(
    (metadata ?? '').split(' ').map(field => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 1)]),
  )
  const [, since, number] = /^(\d+)\.(\d+)$/.exec(fields.get('commit') ?? '') ?? []
  const mark = since === undefined ? undefined : { since: Number(since), number: Number(number) }
  const topicId = fields.get('topic-id')
  if (mark === undefined && topicId === undefined) return undefined
  const changelogs = fields
    .get('changelogs')
    ?.split(',')
    .map(id => (id === '' ? undefined : id))
  return { mark, topicId, stores: fields.get('stores')?.split(',') ?? [], ...(changelogs && { changelogs }) }
}

/** Builds that name no stores pass `stores` over. */
export function encodeCommitNote({ mark, exact, inputs, stores }: CommitNote): string {
  const positions = inputs.map(({ topic, topicId, offset }) => [topic, offset, topicId ?? null])
  const named = stores?.map(({ store, topicId }) => [store, topicId ?? null])
  return JSON.stringify({ commit: [mark.since, mark.number], exact, inputs: positions, ...(named && { stores: named }) })
}

/** undefined: the text is nothing that this build knows. */
export function decodeCommitNote(text: string): CommitNote | undefined {
  try {
    const { commit, exact, inputs, stores } = JSON.parse(text) as {
      readonly commit: readonly [number, number]
      readonly exact: boolean
      readonly inputs: readonly (readonly [string, number, string | null])[]
      readonly stores?: readonly (readonly [string, string | null])[]
    }
    const positions = inputs.map(([topic, offset, topicId]) => ({ topic, offset, topicId: topicId ?? undefined }))
    const named = stores?.map(([store, topicId]) => ({ store, topicId: topicId ?? undefined }))
    return { mark: { since: commit[0], number: commit[1] }, exact, inputs: positions, ...(named && { stores: named }) }
  } catch {
    return undefined
  }
}
