import { rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, pause, SluiceError } from '../../../base/index.ts'
import type { ChangelogStanding, ManagedStore, Row, StateStore, StoreBuilder } from '../../../stores/index.ts'
import { waitForCommittedOffsets } from '../group/index.ts'
import type { Kafka, KafkaLog } from '../kafka/index.ts'
import { partitionOffsets, type PartitionOffsets, readTopic, type TopicBatch } from '../topics/index.ts'

/** Pause after a failure before the next attempt, ms. */
const retryMs = 1000

export interface GlobalStoreParts {
  readonly kafka: Kafka
  readonly builder: StoreBuilder
  /** Where the rows are kept until the store is closed; undefined: in memory. */
  readonly directory?: string | undefined
  readonly changelog: string
  /** For how long Kafka keeps the changelog's deletions, ms. Default: 0, deletions are not relied on. */
  readonly tombstonesMs?: number
  readonly groupId: string
  /** The bootstrap inputs of the store's own tasks: until the group has processed them, the changelog does not reflect all of their records. */
  readonly inputs: readonly string[]
  /** How long the group may make no progress on these inputs before they are no longer waited for; default 20 s. */
  readonly patienceMs?: number
  /** Called if the changelog cannot be continued: the global store must be opened again. */
  onFailure(error: unknown): void
  /** Called for any other failure, before the next attempt. */
  onRetry(error: unknown): void
  readonly log: KafkaLog | undefined
}

interface Waiting {
  readonly ranges: ReadonlyMap<number, PartitionOffsets>
  resolve(): void
}

/**
 * A copy of all partitions of a store, for tasks that only read it. It follows the changelog until it is closed and shows only committed records.
 * Failures are logged and retried.
 */
export class GlobalStore {
  readonly name: string
  readonly #parts: GlobalStoreParts
  readonly #managed: ManagedStore
  readonly #closing = new AbortController()
  /** The next offset of each partition. */
  readonly #positions = new Map<number, number>()
  /** The standing of the rows of each partition. */
  readonly #standings = new Map<number, ChangelogStanding>()
  /** The partitions that hold a key; the key is removed when none does. Several may hold the same key (content-addressed bytes). */
  readonly #holders = new Map<string, Set<number>>()
  /** Callers that wait until all partitions have been read up to given ends. */
  readonly #waiting = new Set<Waiting>()
  /** Resolves once the group has committed what the inputs held when the global store was opened; see `waitForCommittedOffsets`. */
  readonly #inputsRead: Promise<void>
  readonly #following: Promise<void>
  #catchingUp: Promise<void> | undefined

  private constructor(parts: GlobalStoreParts, managed: ManagedStore) {
    this.name = parts.builder.name
    this.#parts = parts
    this.#managed = managed
    const { kafka, groupId, inputs, patienceMs = 20_000 } = parts
    this.#inputsRead = this.#retry(() =>
      waitForCommittedOffsets(kafka, { groupId, topics: inputs, patienceMs, signal: this.#closing.signal }),
    )
    this.#following = this.#retry(() => this.#follow())
  }

  static async open(parts: GlobalStoreParts): Promise<GlobalStore> {
    return new GlobalStore(parts, await parts.builder.open(parts.directory))
  }

  get store(): StateStore {
    return this.#managed.store
  }

  /**
   * Resolves once the store reflects the inputs' records from before it was opened (except if the group makes no progress on them), and everything that any
   * other copy of the store has shown before the call: a task that moves from another instance must not see an older state. May never resolve after `close`.
   */
  caughtUp(): Promise<void> {
    this.#catchingUp ??= this.#catchUp()
    return this.#catchingUp
  }

  /** The store, after writes of this instance (the use of its values) were made visible to queries. */
  async current(): Promise<StateStore> {
    this.#managed.settle()
    if (this.#managed.dirty) {
      this.#managed.prepareCommit()
      await this.#managed.postCommit({ changelogOffset: 0 })
    }
    return this.store
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([this.#inputsRead, this.#following])
    await this.#managed.close()
    const { directory } = this.#parts
    if (directory === undefined) return
    // What cannot be removed now is removed at the next start; the folder around it may hold other stores.
    await rm(directory, { recursive: true, force: true }).catch(() => undefined)
    await rmdir(dirname(directory)).catch(() => undefined)
  }

  /** Repeats a step until it succeeds, the global store is closed, or the changelog cannot be continued. */
  async #retry(step: () => Promise<void>): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      try {
        await step()
        return
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof SluiceError && error.code === 'OFFSET_OUT_OF_RANGE') return this.#parts.onFailure(error)
        this.#parts.onRetry(error)
        this.#parts.log?.('warn', 'a global store failed to follow its changelog: it tries again', {
          store: this.name,
          error: messageOf(error),
        })
        await pause(retryMs, signal)
      }
    }
  }

  async #follow(): Promise<void> {
    const { kafka, changelog, tombstonesMs = 0 } = this.#parts
    // Continue after the rows that are held: reading again from the beginning could miss deletions of them.
    const from = this.#positions.size > 0 ? new Map(this.#positions) : 'beginning'
    const kept = { tombstonesMs, standings: this.#standings }
    for await (const batch of readTopic(kafka, { topic: changelog, from, kept, signal: this.#closing.signal })) {
      await this.#managed.restore(this.#rowsOf(batch), { changelogOffset: 0 })
      if (batch.standing !== undefined) this.#standings.set(batch.partition, batch.standing)
      this.#positions.set(batch.partition, Math.max(batch.nextOffset, this.#position(batch.partition)))
      this.#tell()
    }
  }

  /** The new rows of a batch, without deletions of keys that another partition still holds. */
  #rowsOf({ partition, records }: TopicBatch): Row[] {
    const rows: Row[] = []
    for (const { key, value, offset } of records) {
      if (key === null || offset < this.#position(partition)) continue
      const name = Buffer.from(key).toString('latin1')
      const holders = this.#holders.get(name) ?? new Set()
      if (value !== null) {
        this.#holders.set(name, holders.add(partition))
      } else {
        holders.delete(partition)
        if (holders.size > 0) continue
        this.#holders.delete(name)
      }
      rows.push({ key, value })
    }
    return rows
  }

  /** Waits up to ends that include open transactions: the marker of a transaction that was just committed may not be in the changelog yet. */
  async #catchUp(): Promise<void> {
    const { kafka, changelog } = this.#parts
    await this.#inputsRead
    // A later caller may have seen records beyond the ends that are read now, so it must start another wait.
    this.#catchingUp = undefined
    let ranges: ReadonlyMap<number, PartitionOffsets> | undefined
    await this.#retry(async () => {
      ranges = await partitionOffsets(kafka, { topic: changelog, readUncommitted: true, signal: this.#closing.signal })
    })
    await new Promise<void>(resolve => {
      this.#waiting.add({ ranges: ranges ?? new Map(), resolve })
      this.#tell()
    })
  }

  #tell(): void {
    for (const waiting of this.#waiting) {
      const behind = [...waiting.ranges].some(([partition, { start, end }]) => end > start && this.#position(partition) < end)
      if (!behind && this.#waiting.delete(waiting)) waiting.resolve()
    }
  }

  #position(partition: number): number {
    return this.#positions.get(partition) ?? 0
  }
}
