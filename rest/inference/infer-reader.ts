import { Worker } from 'node:worker_threads'
import { SluiceError, workerEntry } from '../../base/index.ts'
import { countBeyond, limits } from '../../base/limits/index.ts'
import { RestError } from '../http/index.ts'
import { datatypes } from './datatypes.ts'
import { type InferRequest, readInferRequest } from './infer-request.ts'
import type { Tensor } from './tensor.ts'

/** Bodies up to this size are read at once, in the thread that answers: that takes a few ms at most. */
const smallBytes = 128 * 1024
/** How long a thread stays without work, ms. */
const idleMs = 30_000

/** What the reading thread is sent. */
export interface ReadTask {
  readonly body: Uint8Array
  readonly headerLength: string | undefined
}

/** A tensor as a message can hold it. */
export type SentTensor = Omit<Tensor, 'spec'>

/** What the reading thread answers. */
export type ReadAnswer =
  | { readonly request: Omit<InferRequest, 'inputs'> & { readonly inputs: readonly SentTensor[] } }
  | { readonly code: string; readonly message: string }

interface Job {
  readonly task: ReadTask
  readonly resolve: (request: InferRequest) => void
  readonly reject: (error: unknown) => void
}

/**
 * Reads the bodies of inference requests. Large ones are read in a thread of their own, one after the other, so that no body holds up other requests: JSON of some MB
 * takes seconds. One that takes longer than its limit is refused, and the thread is replaced.
 */
export class InferReader {
  readonly #waiting: Job[] = []
  #worker: Worker | undefined
  #job: Job | undefined
  #timer: NodeJS.Timeout | undefined

  /** Throws SluiceError INPUT_INVALID; BODY_REFUSED for too much JSON or for a body that takes too long, BUSY. */
  async read(body: Buffer, headerLength: string | undefined): Promise<InferRequest> {
    const jsonBytes = headerLength === undefined ? body.length : Number(headerLength)
    const most = limits.rest_infer_json.most
    if (jsonBytes > most)
      throw refused('rest_infer_json', `the request has ${jsonBytes} bytes of JSON; the maximum is ${most}: send the data in binary`)
    const request = body.length <= smallBytes ? readInferRequest(body, headerLength) : await this.#inThread({ body, headerLength })
    const rows = Math.max(...request.inputs.map(({ shape }) => shape[0] ?? 0))
    if (rows > limits.rest_infer_rows.most)
      throw refused('rest_infer_rows', `the request has ${rows} rows; the maximum is ${limits.rest_infer_rows.most}: send several requests`)
    return request
  }

  #inThread(task: ReadTask): Promise<InferRequest> {
    if (this.#waiting.length >= limits.rest_infer_waiting.most) {
      countBeyond('rest_infer_waiting')
      throw new RestError('BUSY', 'too many large requests are waiting to be read: try again later')
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject })
      this.#next()
    })
  }

  #next(): void {
    if (this.#job !== undefined) return
    clearTimeout(this.#timer)
    const job = this.#waiting.shift()
    if (job === undefined) {
      this.#timer = setTimeout(() => this.#end(), idleMs).unref()
      return
    }
    this.#job = job
    const worker = (this.#worker ??= this.#start())
    worker.ref()
    const { most } = limits.rest_infer_time
    this.#timer = setTimeout(() => {
      this.#end()
      this.#settle(({ reject }) => reject(refused('rest_infer_time', `the body takes longer than ${most} ms to read: send less at a time`)))
    }, most)
    // A view of a larger buffer would be sent with all of it.
    const { body, headerLength } = job.task
    worker.postMessage({ body: body.byteLength === body.buffer.byteLength ? body : new Uint8Array(body), headerLength }, [])
  }

  #start(): Worker {
    const worker = new Worker(workerEntry(import.meta.url, 'infer-reader-worker'), { resourceLimits: { maxOldGenerationSizeMb: 1024 } })
    worker.on('message', (answer: ReadAnswer) => this.#settle(job => answered(job, answer)))
    const failed = (why: string): void => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      this.#settle(({ reject }) => reject(refused('rest_infer_time', `the body cannot be read: ${why}`)))
    }
    worker.on('error', error => failed(error.message))
    worker.on('exit', code => failed(`its thread has exited with code ${code}`))
    return worker
  }

  #settle(end: (job: Job) => void): void {
    const job = this.#job
    this.#job = undefined
    if (job === undefined) return
    clearTimeout(this.#timer)
    this.#worker?.unref()
    end(job)
    this.#next()
  }

  /** Ends the thread; the next large body starts another. */
  #end(): void {
    const worker = this.#worker
    this.#worker = undefined
    void worker?.terminate()
  }
}

function answered({ resolve, reject }: Job, answer: ReadAnswer): void {
  if ('code' in answer) return reject(new SluiceError('INPUT_INVALID', answer.message))
  const { inputs, ...others } = answer.request
  resolve({ ...others, inputs: inputs.map(input => ({ ...input, spec: datatypes.get(input.datatype) }) as Tensor) })
}

function refused(limit: 'rest_infer_json' | 'rest_infer_rows' | 'rest_infer_time', message: string): RestError {
  countBeyond(limit)
  return new RestError('BODY_REFUSED', message)
}
