import { mergeMetrics, pastMetrics, type MetricFamily } from '../../metrics/index.ts'
import type { StreamsCounters } from '../../queryable-streams.ts'
import { type InstanceMetrics, addCounts, noCounts } from '../metrics/index.ts'
import { isPassing } from '../kafka/index.ts'
import { env, type ErrorCode, pause, SluiceError } from '../../../base/index.ts'
import type { ThreadHandle } from './thread-handle.ts'

/** The number of failures in a row that are followed by another thread; the next failure is fatal. */
const maxFailures = 10
/**
 * A failure after a commit resets the count only if the brokers caused it, or if the thread has run for at least this long, ms: otherwise one
 * poisoned partition could restart the thread for ever while other partitions commit.
 */
const proven = 60_000
/** Pause before a failed thread is replaced, ms; it doubles with each failure in a row, up to `maxRestartDelays` times the first pause. */
const restartDelay = 100
const maxRestartDelays = 50
/** How long closing a failed thread may take, ms; then a worker is terminated, and an inline thread is abandoned. */
const closeWithinMs = 5000

export interface SupervisorParts {
  /** Counts the failures; it outlives the threads. */
  readonly metrics: Pick<InstanceMetrics, 'threadFailed'>
  makeThread(onFailure: (error: unknown) => void): ThreadHandle
  /** Resolves once a broker answers, so that a new thread can join. Throws when the signal aborts. */
  untilReachable(signal: AbortSignal): Promise<void>
  /** Called for a failure; another thread follows, unless it is fatal. */
  onError(error: unknown, fatal: boolean): void
  /** Called when the thread was made or closed, or when the supervisor gave up. */
  onChange(): void
  /** Pause before a failed thread is replaced, default 100 ms; it doubles with each failure in a row, up to fifty times as long. */
  readonly restartDelayMs?: number
  /** How long a thread must run before a failure that the brokers did not cause can reset the count of failures, default 60 s. */
  readonly provenMs?: number
}

/** Keeps a stream thread running: a thread that fails is closed without a commit, and another takes its place. */
export class ThreadSupervisor {
  readonly #parts: SupervisorParts
  readonly #stopping = new AbortController()
  #thread: ThreadHandle | undefined
  #failures = 0
  #commitsAtFailure = 0
  #madeAt = 0
  #restarting: Promise<void> | undefined
  #failure: unknown
  /** A failure of the instance's configuration: another thread would fail in the same way. */
  #final: SluiceError | undefined
  /** The counts and metrics of closed threads. */
  #past = noCounts
  #pastMetrics: readonly MetricFamily[] = []
  /** The thread that is being closed: what it counted is not yet in `#past` and `#pastMetrics`. */
  #leaving: ThreadHandle | undefined

  constructor(parts: SupervisorParts) {
    this.#parts = parts
  }

  /** The current thread; undefined while it is being replaced. */
  get thread(): ThreadHandle | undefined {
    return this.#thread
  }

  /** The error for which the supervisor gave up; undefined if it has not. */
  get failure(): unknown {
    return this.#failure
  }

  counters(): StreamsCounters {
    const thread = this.#thread ?? this.#leaving
    return thread === undefined ? this.#past : addCounts(this.#past, thread.status.counters)
  }

  /** The metrics of the current and all former threads, added up. */
  async metrics(): Promise<readonly MetricFamily[]> {
    const past = this.#pastMetrics
    const threads = [this.#leaving, this.#thread].filter(thread => thread !== undefined)
    return mergeMetrics([past, ...(await Promise.all(threads.map(thread => thread.metrics())))])
  }

  /**
   * Resolves once the thread has joined the group. If it failed after that or because no broker answered, resolves after the attempt to replace it.
   * Throws any other error of the start, and configuration errors.
   */
  async start(): Promise<void> {
    const thread = this.#make()
    try {
      await thread.start()
    } catch (error) {
      if (thread === this.#thread) {
        if (!isPassing(error)) {
          this.#parts.metrics.threadFailed(error)
          // Ignore what the thread reports after this: it is the same failure.
          this.#stopping.abort()
          throw error
        }
        this.#onFailure(thread, error)
      }
      await this.#restarting
    }
    if (this.#final !== undefined) throw this.#final
  }

  /** Stops the thread: it commits and leaves the group. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#restarting?.catch(() => undefined)
    await this.#thread?.close()
  }

  #make(): ThreadHandle {
    const thread = this.#parts.makeThread(error => this.#onFailure(thread, error))
    this.#thread = thread
    this.#madeAt = env.monotonic()
    return thread
  }

  /** `thread`: the one that failed; undefined if the wait for a broker failed. Failures of a thread that was already replaced are ignored. */
  #onFailure(thread: ThreadHandle | undefined, error: unknown): void {
    if (this.#stopping.signal.aborted || thread !== this.#thread) return
    this.#parts.metrics.threadFailed(error)
    const { commits } = this.counters()
    const { provenMs = proven } = this.#parts
    const recovered = commits > this.#commitsAtFailure && (isPassing(error) || env.monotonic() - this.#madeAt >= provenMs)
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
    this.#leaving = thread
    this.#thread = undefined
    this.#parts.onChange()
    const closed = thread?.close().catch(error => this.#parts.onError(error, false))
    const waited = new AbortController()
    await Promise.race([closed, pause(closeWithinMs, waited.signal)])
    waited.abort()
    await thread?.discard()
    const families = (await thread?.metrics()) ?? []
    this.#pastMetrics = mergeMetrics([this.#pastMetrics, pastMetrics(families)])
    this.#past = this.counters()
    this.#leaving = undefined
  }
}

/** Failures that somebody has to clear up: another thread would fail in the same way. */
const final: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['CONFIG_INVALID', 'TOPIC_MISMATCH', 'OFFSETS_LOST', 'STATE_UNCERTAIN'])

/** The configuration error among an error and its causes; undefined if there is none. */
function misconfigured(error: unknown): SluiceError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof SluiceError && final.has(cause.code)) return cause
    if (cause.cause === cause) break
  }
  return undefined
}
