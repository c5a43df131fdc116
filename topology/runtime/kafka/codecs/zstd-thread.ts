import { Worker } from 'node:worker_threads'
import { env, type Timer, workerEntry } from '../../../../base/index.ts'
import { tooLarge, UnreadableBatch } from './codec.ts'

/** How long the thread stays without work, ms. Its memory, which never shrinks below its largest batch, is freed with it. */
const idleMs = 10_000

/** What the thread is sent. */
export interface UnpackTask {
  readonly bytes: Uint8Array
  readonly most: number
}

/** What the thread answers; `message`, `beyond`: those of UnreadableBatch. */
export type UnpackAnswer = { readonly unpacked: Uint8Array } | { readonly message: string; readonly beyond: boolean }

interface Job {
  readonly most: number
  readonly resolve: (unpacked: Buffer | undefined) => void
  readonly reject: (error: unknown) => void
}

/** A thread that unpacks large batches, one after the other. It starts with the first of them. */
export class ZstdThread {
  /** In the order in which the thread answers. */
  #jobs: Job[] = []
  #worker: Worker | undefined
  #idle: Timer | undefined

  /** Throws UnreadableBatch if the bytes are damaged or unpack to more than `most` bytes; undefined: the thread has failed, which says nothing of the bytes. */
  unpack(bytes: Buffer, most: number): Promise<Buffer | undefined> {
    this.#idle?.cancel()
    let worker: Worker
    try {
      worker = this.#worker ??= this.#start()
    } catch {
      return Promise.resolve(undefined)
    }
    return new Promise((resolve, reject) => {
      worker.ref()
      this.#jobs.push({ most, resolve, reject })
      // A view of a larger buffer would be sent with all of it.
      worker.postMessage({ bytes: new Uint8Array(bytes), most } satisfies UnpackTask, [])
    })
  }

  #start(): Worker {
    const worker = new Worker(workerEntry(import.meta.url, 'zstd-thread-main'))
    worker.on('message', (answer: UnpackAnswer) => this.#settle(answer))
    worker.on('error', () => this.#failed(worker))
    worker.on('exit', () => this.#failed(worker))
    return worker
  }

  #settle(answer: UnpackAnswer): void {
    const job = this.#jobs.shift()
    if (this.#jobs.length === 0) {
      this.#worker?.unref()
      this.#idle = env.timer(idleMs, () => this.#end())
      this.#idle.unref()
    }
    if (job === undefined) return
    if ('unpacked' in answer) return job.resolve(Buffer.from(answer.unpacked.buffer, answer.unpacked.byteOffset, answer.unpacked.length))
    // The limit is counted by the thread that has the metrics.
    job.reject(answer.beyond ? tooLarge('zstd', job.most) : new UnreadableBatch(answer.message))
  }

  #failed(worker: Worker): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    const jobs = this.#jobs
    this.#jobs = []
    for (const { resolve } of jobs) resolve(undefined)
  }

  #end(): void {
    const worker = this.#worker
    this.#worker = undefined
    void worker?.terminate()
  }
}
