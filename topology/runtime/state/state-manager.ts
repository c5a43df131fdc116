import type { Checkpoint, ManagedStore } from '../../../stores/index.ts'
import { type Collector, taskBinding, type TopicGate, type WorkBinding } from '../../output/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { SubTopology } from '../../topology-definition.ts'
import type { RebuildReason } from '../metrics/index.ts'
import { followChangelog } from './follow-changelog.ts'
import type { Kafka } from '../kafka/index.ts'
import { ChangelogLost, changelogTopic } from '../topics/index.ts'
import type { RestoreProgress } from '../config/index.ts'

const progressEveryMs = 500
/** A store that does not change while its task commits says so often that its rows are of now. */
const standingEveryMs = 3_600_000

export interface StateManagerParts {
  readonly applicationId: string
  readonly task: TaskId
  readonly partition: number
  readonly sub: SubTopology
  /** For how long Kafka keeps the deletions of each changelog; one that is missing here is relied on for none. */
  readonly tombstonesMs?: ReadonlyMap<string, number>
  /** Where a store keeps its files; undefined: in memory. */
  directoryOf(store: string): string | undefined
  onRestore(progress: RestoreProgress): void
  /** What the store held could not be trusted, or not be continued, and was wiped; the changelog rebuilds it. `message`: in one line. */
  onRebuild(store: string, reason: RebuildReason, message: string): void
  /** The store has dropped so many writes, which came too late for its history. */
  onDropped(store: string, writes: number): void
}

interface Opened {
  readonly managed: ManagedStore
  /** undefined: not logged. */
  readonly changelog: string | undefined
  /** Whether rows were frozen that are not applied yet. */
  frozen: boolean
  /** Writes dropped that were told of. */
  dropped: number
}

/** A task's stores: opened, restored from their changelogs, and committed with the task. */
export class StateManager {
  readonly #parts: StateManagerParts
  readonly #opened = new Map<string, Opened>()
  /** When the commit under way was begun, epoch ms. */
  #frozenAt = 0
  /** Of all restores since the task was made. */
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

  /** Lets the stores note their writes, and refuse what their changelogs will never take. */
  bind(work: WorkBinding, gateOf: (topic: string) => TopicGate): void {
    for (const { managed, changelog } of this.#opened.values())
      managed.bind(taskBinding(work, changelog === undefined ? undefined : gateOf(changelog)))
  }

  get dirty(): boolean {
    for (const { managed } of this.#opened.values()) if (managed.dirty) return true
    return false
  }

  /** The next commit is the last: nothing may be put off. */
  settle(): void {
    for (const { managed } of this.#opened.values()) managed.settle()
  }

  /** Brings every store to its changelog's end. Reads nothing that the store's checkpoint already stands for. */
  async restore(kafka: Kafka, signal: AbortSignal): Promise<void> {
    const started = Date.now()
    for (const [name, opened] of this.#opened) {
      if (opened.changelog === undefined) continue
      try {
        await this.#restoreStore(kafka, name, opened, signal)
      } catch (error) {
        if (!(error instanceof ChangelogLost)) throw error
        await this.wipe(name, error)
        await this.#restoreStore(kafka, name, opened, signal)
      }
    }
    this.restored = { records: this.restored.records, milliseconds: this.restored.milliseconds + Date.now() - started }
  }

  /** The changelog cannot be read on from where the rows stand: they stand for nothing. */
  async wipe(store: string, lost: ChangelogLost): Promise<void> {
    await this.#opened.get(store)?.managed.wipe()
    this.#parts.onRebuild(store, lost.reason, lost.message)
  }

  tombstonesMs(changelog: string): number {
    return this.#parts.tombstonesMs?.get(changelog) ?? 0
  }

  /** Takes what changed since the last commit and sends it to the changelogs. */
  prepareCommit(collector: Collector, timestamp: number): void {
    this.#frozenAt = timestamp
    for (const [name, opened] of this.#opened) {
      this.#tellDropped(name, opened)
      if (!opened.managed.dirty) continue
      opened.frozen = true
      const rows = opened.managed.prepareCommit()
      if (opened.changelog === undefined) continue
      for (const row of rows)
        collector.send(opened.changelog, this.#parts.partition, { key: row.key, value: row.value, timestamp, headers: undefined })
    }
  }

  /**
   * Writes what was frozen. `sent` tells the offset after the last changelog record, by topic-partition. Throws ChangelogLost when a changelog
   * was made anew while its task wrote to it.
   */
  async postCommit(sent: ReadonlyMap<string, number>): Promise<void> {
    for (const opened of this.#opened.values()) {
      const { managed, changelog, frozen } = opened
      if (frozen) await managed.postCommit(this.#checkpointOf(opened, sent))
      else if (changelog !== undefined && this.#frozenAt - (managed.checkpoint?.standing?.asOf ?? Infinity) > standingEveryMs)
        await managed.restore([], this.#checkpointOf(opened, sent))
      opened.frozen = false
    }
  }

  /** What was not applied is dropped: the changelog has it, or nobody has. */
  async close(): Promise<void> {
    const results = await Promise.allSettled([...this.#opened.values()].map(({ managed }) => managed.close()))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  #tellDropped(name: string, opened: Opened): void {
    const { droppedWrites } = opened.managed
    if (droppedWrites === opened.dropped) return
    this.#parts.onDropped(name, droppedWrites - opened.dropped)
    opened.dropped = droppedWrites
  }

  /** The task is the only writer: once its commit has succeeded, its rows are all that the changelog told when it began. */
  #checkpointOf({ managed, changelog }: Opened, sent: ReadonlyMap<string, number>): Checkpoint {
    const before = managed.checkpoint
    if (changelog === undefined) return { changelogOffset: 0 }
    const { partition } = this.#parts
    const changelogOffset = sent.get(`${changelog}-${partition}`) ?? before?.changelogOffset ?? 0
    if (before !== undefined && changelogOffset < before.changelogOffset)
      throw new ChangelogLost(
        'replaced',
        `changelog ${changelog}, partition ${partition}, went back from offset ${before.changelogOffset} to ${changelogOffset}: the topic was deleted and created again while the application ran`,
      )
    return { changelogOffset, standing: { topicId: before?.standing?.topicId, asOf: this.#frozenAt } }
  }

  async #restoreStore(kafka: Kafka, store: string, { managed, changelog }: Opened, signal: AbortSignal): Promise<void> {
    const { partition, task } = this.#parts
    const topic = changelog as string
    const started = Date.now()
    let records = 0
    let last = started
    const tell = (share: number, done = false): void =>
      this.#parts.onRestore({ task, store, records, milliseconds: Date.now() - started, share, done })
    const followed = { topic, partition, tombstonesMs: this.tombstonesMs(topic), until: 'end', signal } as const
    for await (const batch of followChangelog(kafka, managed, followed)) {
      records += batch.records.length
      if (Date.now() - last > progressEveryMs) {
        last = Date.now()
        tell(batch.share ?? 0)
      }
    }
    this.restored = { records: this.restored.records + records, milliseconds: this.restored.milliseconds }
    tell(1, true)
  }
}
