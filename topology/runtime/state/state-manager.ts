import { env, topicPartition } from '../../../base/index.ts'
import type { Checkpoint, ManagedStore, Row } from '../../../stores/index.ts'
import { type Collector, type OutputRecord, taskBinding, type TopicGate, type WorkBinding } from '../../output/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { SubTopology } from '../../topology-definition.ts'
import type { RebuildReason } from '../metrics/index.ts'
import { followChangelog } from './follow-changelog.ts'
import type { ForeignRows } from './foreign-rows.ts'
import { inParts } from './in-parts.ts'
import { type CommittedRows, nameCommit } from './name-commit.ts'
import { type CommitNote, decodeCommitNote, type OffsetNote } from '../group/index.ts'
import { ChangelogLost, changelogTopic, commitHeader, type TopicConnection } from '../topics/index.ts'
import type { RestoreProgress } from '../config/index.ts'

const progressEveryMs = 500
/** How often the checkpoint of a store without changes is renewed while its task commits, ms. */
const standingEveryMs = 3_600_000

export interface PreparedCommit {
  /** In parts: what is to be written before the commit. */
  readonly ahead: readonly (readonly ChangelogRecord[])[]
  /** The stores whose changelogs name the commit in a record that compaction keeps, and the topic ids of these. */
  readonly named: Required<Pick<OffsetNote, 'stores' | 'changelogs'>>
}

/** A row on its way to its changelog. */
export interface ChangelogRecord {
  readonly topic: string
  readonly partition: number
  readonly record: OutputRecord
}

export interface StateManagerParts {
  readonly applicationId: string
  readonly task: TaskId
  readonly partition: number
  readonly sub: SubTopology
  /** For how long Kafka keeps the deletions of each changelog, ms; 0 for a changelog that is missing here. */
  readonly tombstonesMs?: ReadonlyMap<string, number>
  /** The directory of a store; undefined: the store is in memory. */
  directoryOf(store: string): string | undefined
  onRestore(progress: RestoreProgress): void
  /** Called after a store was wiped because its rows were damaged or cannot be continued; it is restored from the changelog. `message`: one line. */
  onRebuild(store: string, reason: RebuildReason, message: string): void
  /** Called with the number of writes that a versioned store has dropped because they were older than its history. */
  onDropped(store: string, writes: number): void
  /**
   * Called when a commit finds more in a changelog than its own rows; returns the keys in that part. undefined under exactly_once: there it is the end of
   * the transaction, and Kafka refuses the rows of others.
   */
  readonly readForeign?: ((rows: ForeignRows) => Promise<readonly Uint8Array[]>) | undefined
}

interface Opened {
  readonly managed: ManagedStore
  /** The changelog topic; undefined if the store is not logged. */
  readonly changelog: string | undefined
  /** Whether `prepareCommit` has taken rows that `postCommit` has not written yet. */
  frozen: boolean
  /** The number of rows that `prepareCommit` took. */
  taken: number
  /** The largest record that the changelog takes; 0: not known. */
  maxRecordBytes: number
  /** What the last record of the present commit in the changelog says; undefined: there is none. */
  note: string | undefined
  /** The number of dropped writes that was reported last. */
  dropped: number
}

/** Opens the stores of a task, restores them from their changelogs, and commits them with the task. */
export class StateManager {
  readonly #parts: StateManagerParts
  readonly #opened = new Map<string, Opened>()
  /** When the current commit began, epoch ms. */
  #frozenAt = 0
  /** Records and time of all restores since the stores were opened. */
  restored = { records: 0, milliseconds: 0 }

  private constructor(parts: StateManagerParts) {
    this.#parts = parts
  }

  static async open(parts: StateManagerParts): Promise<StateManager> {
    const manager = new StateManager(parts)
    try {
      for (const { builder } of parts.sub.stores) {
        const managed = await builder.open(parts.directoryOf(builder.name), (message, kind) => parts.onRebuild(builder.name, kind, message))
        manager.#opened.set(builder.name, {
          managed,
          changelog: builder.logged ? changelogTopic(parts.applicationId, builder.name) : undefined,
          frozen: false,
          taken: 0,
          note: undefined,
          maxRecordBytes: 0,
          dropped: 0,
        })
      }
    } catch (error) {
      await manager.close()
      throw error
    }
    return manager
  }

  get stores(): ReadonlyMap<string, ManagedStore> {
    return new Map([...this.#opened].map(([name, { managed }]) => [name, managed]))
  }

  /** Binds the stores to the task's journal and to the limits of their changelogs, which then refuse rows that Kafka would refuse. */
  bind(work: WorkBinding, gateOf: (topic: string) => TopicGate): void {
    for (const opened of this.#opened.values()) {
      const { managed, changelog } = opened
      const gate = changelog === undefined ? undefined : gateOf(changelog)
      opened.maxRecordBytes = gate?.limits.maxMessageBytes ?? 0
      managed.bind(taskBinding(work, gate))
    }
  }

  /** The sum of the changelog offsets up to which the stores have been restored or committed. */
  get position(): number {
    return [...this.#opened.values()].reduce((sum, { managed }) => sum + (managed.checkpoint?.changelogOffset ?? 0), 0)
  }

  get dirty(): boolean {
    for (const { managed } of this.#opened.values()) if (managed.dirty) return true
    return false
  }

  /** Before the last commit: makes every store include changes that it would have left for a later commit. */
  settle(): void {
    for (const { managed } of this.#opened.values()) managed.settle()
  }

  /** Restores every logged store to the end of its changelog, which is of committed records or not as the connection has it, from its checkpoint on. */
  async restore(connection: TopicConnection, signal: AbortSignal): Promise<void> {
    const started = env.monotonic()
    for (const [name, opened] of this.#opened) {
      if (opened.changelog === undefined) continue
      try {
        await this.#restoreStore(connection, name, opened, signal)
      } catch (error) {
        if (!(error instanceof ChangelogLost)) throw error
        await this.wipe(name, error)
        await this.#restoreStore(connection, name, opened, signal)
      }
    }
    this.restored = { records: this.restored.records, milliseconds: this.restored.milliseconds + Math.round(env.monotonic() - started) }
  }

  /** Removes all rows of a store whose changelog cannot be continued. */
  async wipe(store: string, lost: ChangelogLost): Promise<void> {
    await this.#opened.get(store)?.managed.wipe()
    this.#parts.onRebuild(store, lost.reason, lost.message)
  }

  tombstonesMs(changelog: string): number {
    return this.#parts.tombstonesMs?.get(changelog) ?? 0
  }

  /**
   * Takes the rows that changed since the last commit, and adds them to the collector for the changelogs. Returns, in parts, those that are to be written
   * before: with them one commit would be too large. `note`: what the last record of each changelog is to say of the commit.
   */
  prepareCommit(collector: Collector, timestamp: number, note?: Omit<CommitNote, 'stores'>): PreparedCommit {
    this.#frozenAt = timestamp
    const { partition } = this.#parts
    const taken = this.#takeRows()
    const name = note === undefined ? undefined : nameCommit(taken, note)
    const ahead: ChangelogRecord[][] = []
    for (const { store, topic, rows, mayPrecede } of taken) {
      const parts = mayPrecede === undefined ? [] : inParts(rows.filter(mayPrecede))
      const last = parts.pop() ?? []
      ahead.push(...parts.map(part => part.map(row => ({ topic, partition, record: recordOf(row, timestamp) }))))
      for (const row of last) collector.send(topic, partition, recordOf(row, timestamp))
      const naming = name?.rows.get(store)
      for (const row of rows) if (row !== naming && mayPrecede?.(row) !== true) collector.send(topic, partition, recordOf(row, timestamp))
      if (name === undefined || naming === undefined) continue
      collector.send(topic, partition, { ...recordOf(naming, timestamp), headers: { [commitHeader]: name.text } })
      const opened = this.#opened.get(store) as Opened
      opened.note = name.text
    }
    const named = name?.stores ?? []
    return { ahead, named: { stores: named.map(({ store }) => store), changelogs: named.map(({ topicId }) => topicId) } }
  }

  /** What the changelogs of the stores say last of a commit, by store; only of those that say so. */
  get commits(): ReadonlyMap<string, CommitNote> {
    const notes = [...this.#opened].flatMap(([name, { managed, changelog }]) => {
      const text = changelog === undefined ? undefined : managed.checkpoint?.commit?.note
      const note = text === undefined ? undefined : decodeCommitNote(text)
      return note === undefined ? [] : [[name, note] as const]
    })
    return new Map(notes)
  }

  /** The topic ids of all changelogs, by store; undefined: the brokers return none. To be called after `restore`. */
  get changelogs(): ReadonlyMap<string, string | undefined> {
    const logged = [...this.#opened].filter(([, { changelog }]) => changelog !== undefined)
    return new Map(logged.map(([name, { managed }]) => [name, managed.checkpoint?.standing?.topicId]))
  }

  /** The topic ids of changelogs in which nothing was ever written, by store. To be called after `restore`. */
  get unwritten(): ReadonlyMap<string, string> {
    const found = [...this.#opened].flatMap(([name, { managed, changelog }]) => {
      const { changelogOffset, standing } = managed.checkpoint ?? {}
      return changelog === undefined || changelogOffset !== 0 || standing?.topicId === undefined ? [] : [[name, standing.topicId] as const]
    })
    return new Map(found)
  }

  /**
   * Writes the rows that `prepareCommit` took. `sent`: the offset after the last changelog record, by topic-partition. Where others have written beside
   * these rows, the next commit writes the rows of the same keys again. Throws ChangelogLost if a changelog was deleted and created again while its task
   * wrote to it, and what `readForeign` throws.
   */
  async postCommit(sent: ReadonlyMap<string, number>): Promise<void> {
    const foreign: ForeignRows[] = []
    for (const [store, opened] of this.#opened) {
      const { managed, changelog, frozen, taken } = opened
      if (frozen) {
        const checkpoint = this.#checkpointOf(opened, sent)
        const [from, to] = [managed.checkpoint?.changelogOffset ?? Infinity, checkpoint.changelogOffset]
        if (changelog !== undefined && to - from > taken)
          foreign.push({ store, topic: changelog, partition: this.#parts.partition, from, to, count: to - from - taken })
        await managed.postCommit(checkpoint)
      } else if (changelog !== undefined && this.#frozenAt - (managed.checkpoint?.standing?.asOf ?? Infinity) > standingEveryMs)
        await managed.restore([], this.#checkpointOf(opened, sent))
      opened.frozen = false
      opened.note = undefined
    }
    for (const rows of foreign) await this.#replace(rows)
  }

  /** Closes the stores. Rows that were not written are discarded: committed ones are in the changelog, and others must not survive. */
  async close(): Promise<void> {
    const results = await Promise.allSettled([...this.#opened.values()].map(({ managed }) => managed.close()))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async #replace(rows: ForeignRows): Promise<void> {
    const keys = await this.#parts.readForeign?.(rows)
    for (const key of keys ?? []) this.#opened.get(rows.store)?.managed.logAgain(key)
  }

  /** Takes the rows that changed since the last commit; returns those of stores with a changelog. */
  #takeRows(): readonly CommittedRows[] {
    const taken: CommittedRows[] = []
    for (const [store, opened] of this.#opened) {
      const { managed, changelog: topic, maxRecordBytes } = opened
      this.#tellDropped(store, opened)
      if (!managed.dirty) continue
      opened.frozen = true
      const rows = managed.prepareCommit()
      opened.taken = rows.length
      const { mayPrecede } = managed
      if (topic !== undefined)
        taken.push({ store, topic, topicId: managed.checkpoint?.standing?.topicId, rows, mayPrecede, maxRecordBytes })
    }
    return taken
  }

  #tellDropped(name: string, opened: Opened): void {
    const { droppedWrites } = opened.managed
    if (droppedWrites === opened.dropped) return
    this.#parts.onDropped(name, droppedWrites - opened.dropped)
    opened.dropped = droppedWrites
  }

  /**
   * The checkpoint after a commit. The task is the changelog's only writer: under exactly_once Kafka refuses others, under at_least_once rows of others
   * are replaced by the next commit (`postCommit`). So its rows include everything that the changelog held when the commit began.
   */
  #checkpointOf({ managed, changelog, note }: Opened, sent: ReadonlyMap<string, number>): Checkpoint {
    const before = managed.checkpoint
    if (changelog === undefined) return { changelogOffset: 0 }
    const { partition } = this.#parts
    const changelogOffset = sent.get(topicPartition(changelog, partition)) ?? before?.changelogOffset ?? 0
    if (before !== undefined && changelogOffset < before.changelogOffset)
      throw new ChangelogLost(
        'replaced',
        `changelog ${changelog}, partition ${partition}, went back from offset ${before.changelogOffset} to ${changelogOffset}: the topic was deleted and created again while the application ran`,
      )
    const commit = note === undefined ? before?.commit : { offset: changelogOffset - 1, note }
    return { changelogOffset, standing: { topicId: before?.standing?.topicId, asOf: this.#frozenAt }, commit }
  }

  async #restoreStore(connection: TopicConnection, store: string, { managed, changelog }: Opened, signal: AbortSignal): Promise<void> {
    const { partition, task } = this.#parts
    const topic = changelog as string
    const started = env.monotonic()
    let records = 0
    let last = started
    const tell = (share: number, done = false): void =>
      this.#parts.onRestore({ task, store, records, milliseconds: Math.round(env.monotonic() - started), share, done })
    const until = connection.readUncommitted ? 'logEnd' : 'end'
    const followed = { topic, partition, tombstonesMs: this.tombstonesMs(topic), until, signal } as const
    for await (const batch of followChangelog(connection, managed, followed)) {
      records += batch.records.length
      if (env.monotonic() - last > progressEveryMs) {
        last = env.monotonic()
        tell(batch.share ?? 0)
      }
    }
    this.restored = { records: this.restored.records + records, milliseconds: this.restored.milliseconds }
    tell(1, true)
  }
}

function recordOf({ key, value }: Row, timestamp: number): OutputRecord {
  return { key, value, timestamp, headers: undefined }
}
