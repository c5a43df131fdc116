import type { StreamsCounters } from '../queryable-streams.ts'
import { pause } from './kafka-clients.ts'
import type { StreamThread } from './stream-thread.ts'

/** Failures in a row, without a commit between them, after which it gives up. */
const maxFailures = 10
/** A thread that failed is followed by another after this long; twice as long after each further failure. */
const restartDelayMs = 100
const maxRestartDelayMs = 5000
/** What a failed thread still holds may not come back: a consumer that hangs is left behind. */
const closeWithinMs = 5000

export interface SupervisorParts {
  makeThread(onFailure: (error: unknown) => void): StreamThread
  /** Resolves when a new thread has a chance. Throws when the signal aborts. */
  untilReachable(signal: AbortSignal): Promise<void>
  /** Something failed; another thread follows, unless it is fatal. */
  onError(error: unknown, fatal: boolean): void
  /** The thread came, went, or gave up. */
  onChange(): void
}

/** Keeps a stream thread running: one that fails is closed without a commit, and another takes its place. */
export class ThreadSupervisor {
  readonly #parts: SupervisorParts
  readonly #stopping = new AbortController()
  #thread: StreamThread | undefined
  #failures = 0
  #commitsAtFailure = 0
  #restarting: Promise<void> | undefined
  #failure: unknown
  /** Of threads that are gone. */
  #past = noCounts

  constructor(parts: SupervisorParts) {
    this.#parts = parts
  }

  /** The thread; undefined while the next one is not there yet. */
  get thread(): StreamThread | undefined {
    return this.#thread
  }

  /** What made it give up; undefined while it has not. */
  get failure(): unknown {
    return this.#failure
  }

  counters(): StreamsCounters {
    const thread = this.#thread
    return thread === undefined ? this.#past : addCounts(this.#past, { ...thread.tasks.counts(), rebalances: thread.rebalances })
  }

  /** Resolves once the thread has joined the group. */
  async start(): Promise<void> {
    this.#thread = this.#parts.makeThread(error => this.#onFailure(error))
    await this.#thread.start()
  }

  /** Commits, leaves the group. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#restarting?.catch(() => undefined)
    await this.#thread?.close()
  }

  #onFailure(error: unknown): void {
    if (this.#stopping.signal.aborted) return
    const { commits } = this.counters()
    this.#failures = commits > this.#commitsAtFailure ? 1 : this.#failures + 1
    this.#commitsAtFailure = commits
    const fatal = this.#failures > maxFailures
    this.#parts.onError(error, fatal)
    this.#restarting = fatal ? this.#giveUp(error) : this.#restart()
  }

  async #restart(): Promise<void> {
    await this.#closeThread()
    const { signal } = this.#stopping
    await pause(Math.min(restartDelayMs * 2 ** (this.#failures - 1), maxRestartDelayMs), signal)
    if (signal.aborted) return
    try {
      await this.#parts.untilReachable(signal)
      await this.start()
    } catch (error) {
      this.#onFailure(error)
    }
  }

  async #giveUp(error: unknown): Promise<void> {
    await this.#closeThread()
    this.#failure = error
    this.#parts.onChange()
  }

  async #closeThread(): Promise<void> {
    const thread = this.#thread
    this.#past = this.counters()
    this.#thread = undefined
    this.#parts.onChange()
    const closed = thread?.close().catch(error => this.#parts.onError(error, false))
    await Promise.race([closed, pause(closeWithinMs)])
  }
}

const noCounts: StreamsCounters = { recordsIn: 0, recordsOut: 0, deadLetters: 0, commits: 0, restoredRecords: 0, rebalances: 0 }

function addCounts(a: StreamsCounters, b: StreamsCounters): StreamsCounters {
  const names = Object.keys(noCounts) as (keyof StreamsCounters)[]
  return Object.fromEntries(names.map(name => [name, a[name] + b[name]])) as unknown as StreamsCounters
}
