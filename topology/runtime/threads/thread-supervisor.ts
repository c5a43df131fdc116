import { mergeMetrics, pastMetrics, type MetricFamily } from '../../metrics/index.ts'
import type { StreamsCounters } from '../../queryable-streams.ts'
import { type InstanceMetrics, addCounts, noCounts } from '../metrics/index.ts'
import { isPassing, pause } from '../kafka/index.ts'
import { SluiceError } from '../../../base/index.ts'
import type { ThreadHandle } from './thread-handle.ts'

/** Failures in a row after which it gives up. */
const maxFailures = 10
/**
 * A failure after a commit begins a new row, but not where the thread ran for less than this, ms, and the brokers' state was not the cause: other
 * partitions may go on beside one that never will.
 */
const proven = 60_000
/** A thread that failed is followed by another after this long, ms; twice as long after each further failure, up to so many times. */
const restartDelay = 100
const maxRestartDelays = 50
/** What a failed thread still holds may not come back: one that hangs is ended where it can be, else left behind. */
const closeWithinMs = 5000

export interface SupervisorParts {
  /** Counts the failures, whatever becomes of the threads. */
  readonly metrics: Pick<InstanceMetrics, 'threadFailed'>
  makeThread(onFailure: (error: unknown) => void): ThreadHandle
  /** Resolves when a new thread has a chance. Throws when the signal aborts. */
  untilReachable(signal: AbortSignal): Promise<void>
  /** Something failed; another thread follows, unless it is fatal. */
  onError(error: unknown, fatal: boolean): void
  /** The thread came, went, or gave up. */
  onChange(): void
  /** From the first failure to the next thread, default 100 ms; twice as long after each further failure, up to fifty times. */
  readonly restartDelayMs?: number
  /** How long a thread runs until it counts as one that could go on, default 60 s. */
  readonly provenMs?: number
}

/** Keeps a stream thread running: one that fails is closed without a commit, and another takes its place. */
export class ThreadSupervisor {
  readonly #parts: SupervisorParts
  readonly #stopping = new AbortController()
  #thread: ThreadHandle | undefined
  #failures = 0
  #commitsAtFailure = 0
  #madeAt = 0
  #restarting: Promise<void> | undefined
  #failure: unknown
  /** A failure that is this instance's own: another thread would meet it again. */
  #final: SluiceError | undefined
  /** Of threads that are gone. */
  #past = noCounts
  #pastMetrics: readonly MetricFamily[] = []
  /** A thread that is being closed: its figures are not yet among the past ones. */
  #leaving: ThreadHandle | undefined

  constructor(parts: SupervisorParts) {
    this.#parts = parts
  }

  /** The thread; undefined while the next one is not there yet. */
  get thread(): ThreadHandle | undefined {
    return this.#thread
  }

  /** What made it give up; undefined while it has not. */
  get failure(): unknown {
    return this.#failure
  }

  counters(): StreamsCounters {
    const thread = this.#thread
    return thread === undefined ? this.#past : addCounts(this.#past, thread.status.counters)
  }

  /** Of all threads that there were, one after the other. */
  async metrics(): Promise<readonly MetricFamily[]> {
    const past = this.#pastMetrics
    const threads = [this.#leaving, this.#thread].filter(thread => thread !== undefined)
    return mergeMetrics([past, ...(await Promise.all(threads.map(thread => thread.metrics())))])
  }

  /**
   * Resolves once the thread has joined the group; where it failed after that, or only the broker was away, another follows. Throws what no other
   * thread would mend.
   */
  async start(): Promise<void> {
    const thread = this.#make()
    try {
      await thread.start()
    } catch (error) {
      if (thread === this.#thread) {
        if (!isPassing(error)) {
          this.#parts.metrics.threadFailed(error)
          // What it tells after this is no other failure.
          this.#stopping.abort()
          throw error
        }
        this.#onFailure(thread, error)
      }
      await this.#restarting
    }
    if (this.#final !== undefined) throw this.#final
  }

  /** Commits, leaves the group. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#restarting?.catch(() => undefined)
    await this.#thread?.close()
  }

  #make(): ThreadHandle {
    const thread = this.#parts.makeThread(error => this.#onFailure(thread, error))
    this.#thread = thread
    this.#madeAt = performance.now()
    return thread
  }

  /** `thread`: the one that failed; undefined: another could not even be made. Of one that was given up already, nothing matters any more. */
  #onFailure(thread: ThreadHandle | undefined, error: unknown): void {
    if (this.#stopping.signal.aborted || thread !== this.#thread) return
    this.#parts.metrics.threadFailed(error)
    const { commits } = this.counters()
    const { provenMs = proven } = this.#parts
    const recovered = commits > this.#commitsAtFailure && (isPassing(error) || performance.now() - this.#madeAt >= provenMs)
    this.#failures = recovered ? 1 : this.#failures + 1
    this.#commitsAtFailure = commits
    this.#final = misconfigured(error)
    const fatal = this.#failures > maxFailures || this.#final !== undefined
    this.#parts.onError(this.#final ?? error, fatal)
    this.#restarting = fatal ? this.#giveUp(this.#final ?? error) : this.#restart()
  }

  async #restart(): Promise<void> {
    await this.#closeThread()
    const { signal } = this.#stopping
    const { restartDelayMs = restartDelay } = this.#parts
    await pause(restartDelayMs * Math.min(2 ** (this.#failures - 1), maxRestartDelays), signal)
    if (signal.aborted) return
    try {
      await this.#parts.untilReachable(signal)
    } catch (error) {
      return this.#onFailure(undefined, error)
    }
    const thread = this.#make()
    await thread.start().catch(error => this.#onFailure(thread, error))
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
    this.#leaving = thread
    this.#parts.onChange()
    const closed = thread?.close().catch(error => this.#parts.onError(error, false))
    const waited = new AbortController()
    await Promise.race([closed, pause(closeWithinMs, waited.signal)])
    waited.abort()
    await thread?.discard()
    const families = (await thread?.metrics()) ?? []
    this.#pastMetrics = mergeMetrics([this.#pastMetrics, pastMetrics(families)])
    this.#leaving = undefined
  }
}

/** What says that this instance is set up wrongly, among an error's causes. */
function misconfigured(error: unknown): SluiceError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof SluiceError && (cause.code === 'CONFIG_INVALID' || cause.code === 'TOPIC_MISMATCH')) return cause
    if (cause.cause === cause) break
  }
  return undefined
}
