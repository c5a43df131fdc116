import { env, messageOf, pause } from '../../../base/index.ts'
import type { KafkaLog } from '../kafka/index.ts'
import { TransactionLostError } from '../kafka/kafkajs-mends/index.ts'

export interface AgainOptions {
  readonly transactionalId: string
  /** No attempt begins after this, by `env.monotonic`. */
  readonly deadline: number
  readonly log?: KafkaLog | undefined
}

const retryMs = 50
/** After this time without an end it is told what is waited for, and then as often, ms: one line for all ids that share a log. */
const tellMs = 5000
const toldAt = new WeakMap<KafkaLog, number>()

/** When whoever takes tasks over gives up, by `env.monotonic`: a transaction that is open then is aborted after its time, and may take as long again to end everywhere. */
export function takeoverDeadline(timeoutMs: number): number {
  return env.monotonic() + 2 * timeoutMs
}

/**
 * Repeats work that takes a transactional id over and ends what its last transaction may have left open, each time from its beginning, while the connection to the
 * coordinator is lost in the middle of it: each of its steps is in the coordinator's log. Throws other errors, and TransactionLostError once the deadline has passed. Says in
 * the log what it waits for, wherever in the work that is.
 */
export async function againWhenLost<T>(work: () => Promise<T>, options: AgainOptions): Promise<T> {
  const waiting = new Waiting(options)
  try {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof TransactionLostError) || env.monotonic() >= options.deadline) throw error
        waiting.lost = error
        await pause(retryMs)
      }
    }
  } finally {
    waiting.end()
  }
}

class Waiting {
  readonly #options: AgainOptions
  readonly #since = env.monotonic()
  #next = env.timer(tellMs, () => this.#tell())
  /** Why the last attempt ended. */
  lost: unknown

  constructor(options: AgainOptions) {
    this.#options = options
  }

  end(): void {
    this.#next.cancel()
  }

  #tell(): void {
    this.#next = env.timer(tellMs, () => this.#tell())
    const { log, transactionalId } = this.#options
    const now = env.monotonic()
    if (log === undefined || now - (toldAt.get(log) ?? -Infinity) < tellMs) return
    toldAt.set(log, now)
    log('warn', 'waiting for the coordinator of a transactional id, to make sure of the end of its last transaction', {
      transactionalId,
      seconds: Math.round((now - this.#since) / 1000),
      ...(this.lost === undefined ? {} : { error: messageOf(this.lost) }),
    })
  }
}
