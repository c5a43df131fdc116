import { sluice } from '../../proto/messages.js'
import { type Kafka, readTopic } from '../../topology/runtime/index.ts'

interface Waiter {
  /** Epoch ms: only inputs that were sent later count. */
  readonly since: number
  readonly partitions: Set<number>
  done(): void
}

interface SeenResult {
  readonly inputPartition: number
  readonly inputOffset: number
  /** The input's, epoch ms. */
  readonly timestamp: number
}

/** Sees committed results as they come: which inputs are answered, and when a partition works again after a fault. */
export class ResultWatch {
  readonly #answered = new Map<number, Set<number>>()
  readonly #waiters = new Set<Waiter>()
  /** The longest that a record waited for its result since it was asked for, ms. */
  #longestWait = 0

  /** How many inputs have a result. */
  get count(): number {
    let count = 0
    for (const offsets of this.#answered.values()) count += offsets.size
    return count
  }

  has(partition: number, offset: number): boolean {
    return this.#answered.get(partition)?.has(offset) === true
  }

  /** The longest that an input waited for its result, of the results that came while `work` ran. */
  async longestWait(work: () => Promise<unknown>): Promise<number> {
    this.#longestWait = 0
    await work()
    return this.#longestWait
  }

  /** Reads the topic until the signal aborts; begins again when reading fails. */
  async follow(kafka: Kafka, topic: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const { records } of readTopic(kafka, { topic, from: 'beginning', signal })) {
          for (const { value } of records) if (value !== null) this.#see(value)
        }
      } catch (error) {
        if (!signal.aborted) process.stderr.write(`the results could not be read; reading again from the beginning: ${String(error)}\n`)
      }
    }
  }

  /** Resolves with the ms until each of the partitions has a result for an input that was sent from now on. */
  async recovery(partitions: readonly number[]): Promise<number> {
    const started = performance.now()
    if (partitions.length === 0) return 0
    await new Promise<void>(resolve => {
      const waiter = { since: Date.now(), partitions: new Set(partitions), done: resolve }
      this.#waiters.add(waiter)
    })
    return performance.now() - started
  }

  #see(value: Uint8Array): void {
    const result = sluice.ScoreResult.toObject(sluice.ScoreResult.decode(value), { defaults: true, longs: Number })
    const { inputPartition, inputOffset, timestamp } = result as SeenResult
    let offsets = this.#answered.get(inputPartition)
    if (offsets === undefined) this.#answered.set(inputPartition, (offsets = new Set()))
    offsets.add(inputOffset)
    this.#longestWait = Math.max(this.#longestWait, Date.now() - timestamp)
    for (const waiter of this.#waiters) {
      if (timestamp < waiter.since || !waiter.partitions.delete(inputPartition) || waiter.partitions.size > 0) continue
      this.#waiters.delete(waiter)
      waiter.done()
    }
  }
}
