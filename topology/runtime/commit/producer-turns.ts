import { SluiceError } from '../../../base/index.ts'
import type { TaskProducer } from './task-producer.ts'

/** One use of a producer: what it writes and commits. It returns the producer for the next use. */
export type ProducerStep = (producer: TaskProducer) => Promise<TaskProducer>

/**
 * The producer of one task, for one commit at a time. While a commit uses the producer, none is kept, and only a successful commit returns one: leftovers
 * of a failed commit can never be committed.
 */
export class ProducerTurns {
  readonly #task: string
  #producer: TaskProducer | undefined
  #turn: Promise<void> | undefined
  /** The closing of a producer whose commit failed. */
  #closing: Promise<void> | undefined

  constructor(task: string) {
    this.#task = task
  }

  /** The current use; undefined if there is none. */
  get underWay(): Promise<void> | undefined {
    return this.#turn
  }

  /** Closes the present producer and opens the next one; closes that one too if `wanted` returns false by then. */
  async replace(open: () => Promise<TaskProducer>, wanted: () => boolean): Promise<void> {
    await this.#producer?.close()
    this.#producer = undefined
    const producer = await open()
    if (!wanted()) return producer.close()
    this.#producer = producer
  }

  /**
   * Runs a step with the producer; returns the current use instead if there is one. Throws what the step throws, and COMMIT_FAILED if there
   * is no producer.
   */
  use(step: ProducerStep): Promise<void> {
    this.#turn ??= this.#use(step).finally(() => (this.#turn = undefined))
    return this.#turn
  }

  async #use(step: ProducerStep): Promise<void> {
    const producer = this.#producer
    this.#producer = undefined
    if (producer === undefined)
      throw new SluiceError('COMMIT_FAILED', `task ${this.#task} cannot commit: one of its commits has failed, or it has no producer yet`)
    try {
      this.#producer = await step(producer)
    } catch (error) {
      this.#closing = producer.close().catch(() => undefined)
      throw error
    }
  }

  /** Closes the producer, also that of a failed commit. */
  async close(): Promise<void> {
    await this.#producer?.close()
    await this.#closing
  }
}
