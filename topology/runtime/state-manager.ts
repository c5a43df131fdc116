import { SluiceError } from '../../proto/sluice-error.ts'
import type { ManagedStore, Row, UndoJournal } from '../../stores/index.ts'
import type { Collector } from '../collector.ts'
import type { TaskId } from '../queryable-streams.ts'
import { taskBinding, type TopicGate } from '../topic-gate.ts'
import type { SubTopology } from '../topology-definition.ts'
import type { RebuildReason } from './failure-metrics.ts'
import type { Kafka } from './kafka-clients.ts'
import type { RestoreProgress } from './streams-config.ts'
import { readTopic } from './topic-reader.ts'
import { changelogTopic } from './topic-layout.ts'

const progressEveryMs = 500

export interface StateManagerParts {
  readonly applicationId: string
  readonly task: TaskId
  readonly partition: number
  readonly sub: SubTopology
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
  bind(journal: UndoJournal, gateOf: (topic: string) => TopicGate): void {
    for (const { managed, changelog } of this.#opened.values())
      managed.bind(taskBinding(journal, changelog === undefined ? undefined : gateOf(changelog)))
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
        if (!(error instanceof SluiceError && error.code === 'OFFSET_OUT_OF_RANGE')) throw error
        await this.wipe(name, error)
        await this.#restoreStore(kafka, name, opened, signal)
      }
    }
    this.restored = { records: this.restored.records, milliseconds: this.restored.milliseconds + Date.now() - started }
  }

  /** The changelog no longer holds what follows the checkpoint, or ends before it: the rows stand for nothing. */
  async wipe(store: string, outOfRange: SluiceError): Promise<void> {
    await this.#opened.get(store)?.managed.wipe()
    this.#parts.onRebuild(store, 'changelog', outOfRange.message)
  }

  /** Takes what changed since the last commit and sends it to the changelogs. */
  freeze(collector: Collector, timestamp: number): void {
    for (const [name, opened] of this.#opened) {
      this.#tellDropped(name, opened)
      if (!opened.managed.dirty) continue
      opened.frozen = true
      const rows = opened.managed.freeze()
      if (opened.changelog === undefined) continue
      for (const row of rows)
        collector.send(opened.changelog, this.#parts.partition, { key: row.key, value: row.value, timestamp, headers: undefined })
    }
  }

  /** Writes what was frozen. `sent` tells the offset after the last changelog record, by topic-partition. */
  async apply(sent: ReadonlyMap<string, number>): Promise<void> {
    for (const opened of this.#opened.values()) {
      if (!opened.frozen) continue
      const changelogOffset = sent.get(`${opened.changelog}-${this.#parts.partition}`) ?? opened.managed.checkpoint?.changelogOffset ?? 0
      await opened.managed.apply({ changelogOffset })
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

  async #restoreStore(kafka: Kafka, store: string, { managed, changelog }: Opened, signal: AbortSignal): Promise<void> {
    const { partition, task } = this.#parts
    const started = Date.now()
    const checkpoint = managed.checkpoint?.changelogOffset
    const from = checkpoint === undefined ? 'beginning' : new Map([[partition, checkpoint]])
    let records = 0
    let last = started
    const tell = (share: number, done = false): void =>
      this.#parts.onRestore({ task, store, records, milliseconds: Date.now() - started, share, done })
    for await (const batch of readTopic(kafka, { topic: changelog as string, partitions: [partition], from, until: 'end', signal })) {
      const rows: Row[] = []
      for (const record of batch.records) if (record.key !== null) rows.push({ key: record.key, value: record.value })
      await managed.restore(rows, { changelogOffset: batch.nextOffset })
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
