import { sluice } from '../../proto/messages.js'
import { type Kafka, readTopic } from '../../topology/runtime/index.ts'

interface Waiter {
  /** Only inputs sent at or after this time count; epoch ms. */
  readonly since: number
  readonly partitions: Set<number>
  done(): void
}

interface SeenResult {
  readonly inputPartition: number
  readonly inputOffset: number
  /** Timestamp of the input, epoch ms. */
  readonly timestamp: number
}

/** Reads committed results: records which inputs have one, and when a partition works again after a fault. */
export class ResultWatch {
  readonly #answered = new Map<number, Set<number>>()
  readonly #waiters = new Set<Waiter>()
  /** Longest time from an input to its result since `longestWait` was called, ms. */
  #longestWait = 0

  /** Number of inputs that have a result. */
  get count(): number {
    let count = 0
    for (const offsets of this.#answered.values()) count += offsets.size
    return count
  }

  has(partition: number, offset: number): boolean {
    return this.#answered.get(partition)?.has(offset) === true
  }

  /** Longest time from an input to its result, of the results read while `work` ran, ms. */
  async longestWait(work: () => Promise<unknown>): Promise<number> {
    this.#longestWait = 0
    await work()
    return this.#longestWait
  }

  /** Reads the topic until the signal aborts; starts again from the beginning if reading fails. */
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

  /** Resolves, with the elapsed ms, when each of the partitions has a result for an input that was sent after the call. */
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
