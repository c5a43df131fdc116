import { Worker } from 'node:worker_threads'
import { SluiceError } from '../../proto/sluice-error.ts'
import type { StaleValue } from '../queryable-streams.ts'
import type { StreamsListener } from './streams-config.ts'
import {
  noCounts,
  type ThreadMembership,
  type StoreEntry,
  type ThreadEvents,
  type ThreadHandle,
  type ThreadStatus,
} from './thread-handle.ts'
import type { HostMethods, WorkerMethods, WorkerThreadData } from './thread-messages.ts'
import { errorOf, ThreadPort } from './thread-port.ts'

export interface WorkerThreadParts extends ThreadEvents {
  readonly data: WorkerThreadData
  readonly listener: StreamsListener
  readonly membership: ThreadMembership
}

/**
 * A stream thread in a worker thread. Whatever ends the worker (an error that nothing caught, `process.exit`, too little memory) is a failure
 * of the stream thread, and no more than that.
 */
export class WorkerThread implements ThreadHandle {
  readonly #parts: WorkerThreadParts
  readonly #worker: Worker
  readonly #port: ThreadPort<WorkerMethods>
  #status: ThreadStatus = { joining: true, memberId: '', tasks: [], counters: noCounts }
  #starting = false
  #failed = false
  #ending = false
  #exited = false
  /** Whether it has left the group by itself. */
  #left = false

  constructor(parts: WorkerThreadParts) {
    this.#parts = parts
    this.#worker = new Worker(entryFor(parts.data.module), { workerData: parts.data })
    this.#port = new ThreadPort(this.#worker, this.#methods())
    this.#worker.on('error', error => this.#end(error))
    this.#worker.on('exit', code =>
      this.#end(new SluiceError('PROCESSING_FAILED', `the stream thread's worker has exited with code ${code}`)),
    )
  }

  get status(): ThreadStatus {
    return this.#status
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
    const { memberId } = this.#status
    if (this.#left || memberId === '') return
    this.#left = true
    await this.#parts.membership.left(memberId, false)
  }

  query(store: string, key: string): Promise<unknown> {
    return this.#port.call('query', store, key)
  }

  queryStale(store: string, key: string): Promise<StaleValue> {
    return this.#port.call('queryStale', store, key)
  }

  queryAll(store: string, options: { readonly limit?: number }): Promise<readonly StoreEntry[]> {
    return this.#port.call('queryAll', store, options)
  }

  queryLatest(store: string, key?: string): Promise<unknown> {
    return this.#port.call('queryLatest', store, key)
  }

  #methods(): HostMethods {
    const { listener, membership } = this.#parts
    return {
      status: status => this.#setStatus(status),
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

  /** Before its first join, it is the start that has failed. */
  #end(error: unknown): void {
    if (this.#exited) return
    this.#exited = true
    const starting = this.#starting && this.#status.memberId === ''
    this.#port.close(
      starting ? error : new SluiceError('STORE_NOT_READY', 'the stream thread that was asked has ended: another takes its place'),
    )
    if (!starting) this.#fail(error)
  }

  #fail(error: unknown): void {
    if (this.#failed || this.#ending) return
    this.#failed = true
    this.#parts.onFailure(error)
  }
}

/** What others act on when it changes. */
function standing({ joining, memberId, tasks }: ThreadStatus): string {
  return JSON.stringify([joining, memberId, tasks.map(({ task, state }) => [task, state])])
}

/**
 * The worker's first module. Node.js 20 gives workers no module loader of their parent's: where TypeScript is run as it is (by tsx), the
 * worker sets that up first.
 */
function entryFor(module: string): URL {
  const here = import.meta.url
  const entry = new URL(here.endsWith('.ts') ? './thread-worker.ts' : './thread-worker.js', here)
  if (!here.endsWith('.ts') && !module.endsWith('.ts')) return entry
  const loader = import.meta.resolve('tsx/esm/api')
  const source = `import * as tsx from ${JSON.stringify(loader)}\ntsx.register()\nawait import(${JSON.stringify(entry.href)})`
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`)
}
