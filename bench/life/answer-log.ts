import { SluiceError } from '../../base/index.ts'
import { sluice } from '../../proto/messages.js'
import { wholeOf } from '../../serving/index.ts'
import { type Kafka, readTopic } from '../../topology/runtime/index.ts'

/** A result, and when it was seen. */
export interface Answer {
  readonly dataType: string
  /** Of the input. */
  readonly key: string
  /** Place of the input. */
  readonly partition: number
  readonly offset: number
  readonly version: number
  /** The number of the policy. */
  readonly policy: number
  /** By name: CHAMPION, … */
  readonly role: string
  readonly status: string
  /** SHA-256 of the model, in hex. */
  readonly hash: string
  readonly score: number
  /** The input's timestamp, and when the committed result was read; epoch ms. */
  readonly sentAt: number
  readonly seenAt: number
}

interface Waiter {
  readonly done: () => boolean
  resolve(): void
}

const patienceMs = 120_000

/** Reads committed results as they come. */
export class AnswerLog {
  readonly all: Answer[] = []
  /** The latest input of each partition that has an answer, epoch ms. */
  readonly #newest = new Map<number, number>()
  readonly #waiters = new Set<Waiter>()
  #failure: unknown

  /** Reads the topic until the signal aborts. */
  async follow(kafka: Kafka, topic: string, signal: AbortSignal): Promise<void> {
    try {
      for await (const { records } of readTopic(kafka, { topic, from: 'beginning', signal })) {
        const now = Date.now()
        for (const { key, value } of records) if (value !== null) this.#see(String(key ?? ''), value, now)
        for (const waiter of this.#waiters) if (waiter.done()) waiter.resolve()
      }
    } catch (error) {
      if (!signal.aborted) this.#failure = error
    }
  }

  /** Resolves when so many answers were read. */
  count(answers: number): Promise<void> {
    return this.#until(
      () => this.all.length >= answers,
      () => `${this.all.length} of ${answers} records have a result`,
    )
  }

  /** Resolves when each partition has an answer to an input that was sent at that time, epoch ms, or later. */
  reached(partitions: readonly number[], since: number): Promise<void> {
    const missing = (): readonly number[] => partitions.filter(partition => (this.#newest.get(partition) ?? 0) < since)
    return this.#until(
      () => missing().length === 0,
      () => `the records of the partitions ${missing().join(', ')} have no results`,
    )
  }

  async #until(done: () => boolean, what: () => string): Promise<void> {
    if (done()) return
    let timer: NodeJS.Timeout | undefined
    let waiter: Waiter | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiters.add((waiter = { done, resolve }))
        timer = setTimeout(
          () => reject(new SluiceError('CHECK_FAILED', `after ${patienceMs / 1000} s ${what()}`, { cause: this.#failure })),
          patienceMs,
        )
      })
    } finally {
      clearTimeout(timer)
      if (waiter !== undefined) this.#waiters.delete(waiter)
    }
  }

  #see(key: string, value: Uint8Array, seenAt: number): void {
    const result = sluice.ScoreResult.decode(value)
    const answer: Answer = {
      dataType: result.dataType,
      key,
      partition: result.inputPartition,
      offset: wholeOf(result.inputOffset),
      version: wholeOf(result.modelVersion),
      policy: wholeOf(result.policy),
      role: sluice.ModelRole[result.role] ?? String(result.role),
      status: sluice.ScoreResult.Status[result.status] ?? String(result.status),
      hash: Buffer.from(result.modelHash).toString('hex'),
      score: result.score,
      sentAt: wholeOf(result.timestamp),
      seenAt,
    }
    this.all.push(answer)
    this.#newest.set(answer.partition, Math.max(answer.sentAt, this.#newest.get(answer.partition) ?? 0))
  }
}
