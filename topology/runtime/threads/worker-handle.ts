import { rm } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { pause, SluiceError, workerEntry } from '../../../base/index.ts'
import type { MetricFamily } from '../../metrics/index.ts'
import type { KeyVersions, KeyVersionsQuery, PartitionQuery, PartitionShare, ReadOptions, StaleValue } from '../../queryable-streams.ts'
import type { StreamsListener } from '../config/index.ts'
import { noCounts } from '../metrics/index.ts'
import type { ThreadMembership } from '../group/index.ts'
import type { ThreadEvents, ThreadHandle, ThreadStatus } from './thread-handle.ts'
import type { HostMethods, WorkerMethods, WorkerThreadData } from './thread-messages.ts'
import { errorOf, ThreadRpc } from './thread-rpc.ts'

/** How long to wait for the metrics of a worker, ms: it may be in the middle of a batch. */
const metricsWithinMs = 500

export interface WorkerHandleParts extends ThreadEvents {
  readonly data: WorkerThreadData
  readonly listener: StreamsListener
  readonly membership: ThreadMembership
}

/**
 * A stream thread in a worker thread. If the worker ends for any reason (an uncaught error, `process.exit`, out of memory), only this stream thread
 * fails.
 */
export class WorkerHandle implements ThreadHandle {
  readonly #parts: WorkerHandleParts
  readonly #worker: Worker
  readonly #port: ThreadRpc<WorkerMethods>
  /** The metrics that the worker sent last. */
  #metrics: readonly MetricFamily[] = []
  #status: ThreadStatus = { joining: true, memberId: '', tasks: [], counters: noCounts }
  #starting = false
  #failed = false
  #ending = false
  #exited = false
  /** Whether the membership was reported as left: by the worker when it closed, or by `discard`. */
  #left = false

  constructor(parts: WorkerHandleParts) {
    this.#parts = parts
    this.#worker = new Worker(workerEntry(import.meta.url, 'worker-main', isTypeScript(parts.data.module)), { workerData: parts.data })
    this.#port = new ThreadRpc(this.#worker, this.#methods())
    this.#worker.on('error', error => this.#end(error))
    this.#worker.on('exit', code =>
      this.#end(new SluiceError('PROCESSING_FAILED', `the stream thread's worker has exited with code ${code}`)),
    )
  }

  get status(): ThreadStatus {
    return this.#status
  }

  async metrics(): Promise<readonly MetricFamily[]> {
    const settled = new AbortController()
    const asked = this.#port.call('metrics').then(
      families => void (this.#metrics = families),
      () => undefined,
    )
    await Promise.race([asked, pause(metricsWithinMs, settled.signal)])
    settled.abort()
    return this.#metrics
  }

  async start(): Promise<void> {
    this.#starting = true
    try {
      await this.#port.call('start')
    } finally {
      this.#starting = false
    }
  }

  async close(): Promise<void> {
    this.#ending = true
    try {
      if (this.#exited) return
      await this.#port.call('close')
      this.#left = true
    } finally {
      await this.discard()
    }
  }

  async discard(): Promise<void> {
    this.#ending = true
    await this.#worker.terminate()
    const { copies } = this.#parts.data
    if (copies !== undefined) await rm(copies, { recursive: true, force: true }).catch(() => undefined)
    const { memberId } = this.#status
    if (this.#left || memberId === '') return
    this.#left = true
    await this.#parts.membership.left(memberId, false)
  }

  query(store: string, key: string, options?: ReadOptions): Promise<unknown> {
    return this.#port.call('query', store, key, options)
  }

  queryStale(store: string, key: string): Promise<StaleValue> {
    return this.#port.call('queryStale', store, key)
  }

  queryVersions(store: string, key: string, query: KeyVersionsQuery): Promise<KeyVersions> {
    return this.#port.call('queryVersions', store, key, query)
  }

  queryPartitions(store: string, query: PartitionQuery): Promise<readonly PartitionShare[]> {
    return this.#port.call('queryPartitions', store, query)
  }

  queryLatest(store: string, key?: string): Promise<unknown> {
    return this.#port.call('queryLatest', store, key)
  }

  #methods(): HostMethods {
    const { listener, membership } = this.#parts
    return {
      status: status => this.#setStatus(status),
      metrics: families => void (this.#metrics = families),
      failed: error => this.#fail(errorOf(error)),
      restored: progress => listener.onRestore?.(progress),
      log: (level, message, fields) => listener.log?.(level, message, fields),
      joined: memberId => membership.joined(memberId),
      left: (memberId, orderly) => membership.left(memberId, orderly),
    }
  }

  #setStatus(status: ThreadStatus): void {
    const changed = standing(status) !== standing(this.#status)
    this.#status = status
    if (changed) this.#parts.onTasks()
  }

  /** Handles the end of the worker. Before the first join it makes `start` reject; later it is a failure of the thread. */
  #end(error: unknown): void {
    if (this.#exited) return
    this.#exited = true
    const starting = this.#starting && this.#status.memberId === ''
    this.#port.close(
      starting ? error : new SluiceError('STORE_NOT_READY', 'the stream thread ended before it answered: it is being replaced'),
    )
    if (!starting) this.#fail(error)
  }

  #fail(error: unknown): void {
    if (this.#failed || this.#ending) return
    this.#failed = true
    this.#parts.onFailure(error)
  }
}

/** The part of the status whose changes are reported by `onTasks`. */
function standing({ joining, memberId, tasks }: ThreadStatus): string {
  return JSON.stringify([joining, memberId, tasks.map(({ task, state }) => [task, state])])
}

/** The worker also imports the module of the topology. */
function isTypeScript(module: string): boolean {
  return import.meta.url.endsWith('.ts') || module.endsWith('.ts')
}
