import { messageOf, SluiceError } from '../../../base/index.ts'
import type { ChangelogStanding, ManagedStore, Row, StateStore, StoreBuilder } from '../../../stores/index.ts'
import { waitForCommittedOffsets } from '../group/index.ts'
import { pause, type Kafka, type KafkaLog } from '../kafka/index.ts'
import { partitionOffsets, type PartitionOffsets, readTopic, type TopicBatch } from '../topics/index.ts'

/** After a failure, until it is tried again. */
const retryMs = 1000

export interface GlobalStoreParts {
  readonly kafka: Kafka
  readonly builder: StoreBuilder
  readonly changelog: string
  /** For how long Kafka keeps the changelog's deletions. Default: none is relied on. */
  readonly tombstonesMs?: number
  readonly groupId: string
  /** The inputs that the store's own tasks read first: until the group has read them, the changelog does not tell all of them. */
  readonly inputs: readonly string[]
  /** How long the group may get on with nothing of them; default 20 s. */
  readonly patienceMs?: number
  /** The changelog cannot be read on from where the global store stands: the global store has to be made anew. */
  onFailure(error: unknown): void
  /** Anything else failed, and will be tried again. */
  onRetry(error: unknown): void
  readonly log: KafkaLog | undefined
}

interface Waiting {
  readonly ranges: ReadonlyMap<number, PartitionOffsets>
  resolve(): void
}

/**
 * A whole store in memory, all partitions of its changelog in one, for tasks that only read it. It follows the changelog until it is closed;
 * each change shows as its transaction is read, never half of one key's. What fails is logged and tried again.
 */
export class GlobalStore {
  readonly name: string
  readonly #parts: GlobalStoreParts
  readonly #managed: ManagedStore
  readonly #closing = new AbortController()
  /** Where each partition goes on. */
  readonly #positions = new Map<number, number>()
  /** How its rows stand, of each partition. */
  readonly #standings = new Map<number, ChangelogStanding>()
  /** Which partitions hold a key: it is gone when none does. Two may hold the same (content-addressed bytes). */
  readonly #holders = new Map<string, Set<number>>()
  /** Those who wait until it has read so much. */
  readonly #waiting = new Set<Waiting>()
  /** The group has read what the inputs held when the global store was opened. */
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
    return new GlobalStore(parts, await parts.builder.open(undefined))
  }

  get store(): StateStore {
    return this.#managed.store
  }

  /**
   * Resolves once it holds all that the store's inputs told before it was opened, as far as that is not being processed for long, and all that any other global store has shown before the call:
   * a task that comes from another instance must not fall behind what it saw there. It may never resolve once the global store is closed.
   */
  caughtUp(): Promise<void> {
    this.#catchingUp ??= this.#catchUp()
    return this.#catchingUp
  }

  /** The store, with what it keeps of its use in this instance made visible to queries. */
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
  }

  /** Does a step until it ends without a failure, or the global store is closed. */
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
    // The first batches tell where all partitions stand: rows that are held are never read from the head again, which may have forgotten them.
    const from = this.#positions.size > 0 ? new Map(this.#positions) : 'beginning'
    const kept = { tombstonesMs, standings: this.#standings }
    for await (const batch of readTopic(kafka, { topic: changelog, from, kept, signal: this.#closing.signal })) {
      await this.#managed.restore(this.#rowsOf(batch), { changelogOffset: 0 })
      if (batch.standing !== undefined) this.#standings.set(batch.partition, batch.standing)
      this.#positions.set(batch.partition, Math.max(batch.nextOffset, this.#position(batch.partition)))
      this.#tell()
    }
  }

  /** The rows that are new, without the end of keys that another partition still holds. */
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

  /** Ends count open transactions: one that has just been committed may not be marked so in the changelog yet. */
  async #catchUp(): Promise<void> {
    const { kafka, changelog } = this.#parts
    await this.#inputsRead
    // Who calls from here on may have seen more than is found now.
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
