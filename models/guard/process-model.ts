import type { ColumnBatch, ColumnSpec } from '../../records/index.ts'
import { env, SluiceError } from '../../base/index.ts'
import { checkInputs } from '../features.ts'
import type { Model, Scores } from '../model.ts'
import { ModelDisposed } from '../model-disposed.ts'
import type { ModelFacts } from './guard-messages.ts'
import type { ModelProcess, RequestLimits } from './model-process.ts'
import { checkedScores, joinScores } from './plain-scores.ts'
import { plainBatch } from './plain-batch.ts'
import { measuredRows } from './trial.ts'

/** The process in which a model is. */
export type ScoringProcess = Pick<ModelProcess, 'alive' | 'request' | 'kill'>

export interface ProcessModelParts {
  readonly facts: ModelFacts & { readonly runMs: number }
  readonly process: ScoringProcess
  readonly limits: RequestLimits
  /** How often its process may be started again within a minute. */
  readonly restarts: number
  /** Loads the model again, in a new process; one that is loading is ended when the signal aborts. */
  readonly reopen: (signal: AbortSignal) => Promise<ScoringProcess>
}

/** The share of the deadline that the rows of one request should take, and their number if it is not known how long they take. */
const share = 0.25
const unknownRows = 256
const minute = 60_000
/** How long a call may still take when the model is released, ms. */
const graceMs = 250

/**
 * A model that is too large or too slow to run in the data's thread: it runs in a process of its own and is scored by messages. If the process
 * dies, the batch in progress fails, and the model is loaded again for the next one. Once it is released nobody waits for it: a call that does not end soon, and those behind it,
 * reject with ModelDisposed.
 */
export class ProcessModel implements Model {
  readonly format: Model['format']
  readonly inputs: Model['inputs']
  readonly outputs: Model['outputs']
  readonly oneByOne: string | undefined
  readonly #parts: ProcessModelParts
  #process: ScoringProcess
  /** The most rows in a request: a deadline holds for each. */
  readonly #most: number
  readonly #deaths: number[] = []
  #specs: readonly ColumnSpec[] | undefined
  #running: Promise<unknown> | undefined
  #disposing: Promise<void> | undefined
  /** Aborted once nobody waits any more. */
  readonly #end = new AbortController()

  constructor(parts: ProcessModelParts) {
    this.#parts = parts
    this.#process = parts.process
    this.format = parts.facts.format
    this.inputs = parts.facts.inputs
    this.outputs = parts.facts.outputs
    this.oneByOne = parts.facts.oneByOne
    const rows = Math.floor((share * parts.limits.timeoutMs) / (parts.facts.runMs / measuredRows))
    this.#most = Math.max(1, Number.isNaN(rows) || rows === 0 ? unknownRows : rows)
  }

  score(batch: ColumnBatch): Promise<Scores> {
    if (this.#disposing !== undefined) return Promise.reject(new ModelDisposed())
    // The process handles one request at a time, even if several data types share the model.
    const before = Promise.resolve(this.#running).catch(() => undefined)
    const scoring = before
      .then(() => this.#score(batch))
      .catch((error: unknown) => {
        throw this.#ended ? new ModelDisposed() : error
      })
    this.#running = scoring
    return scoring
  }

  dispose(): Promise<void> {
    this.#disposing ??= this.#dispose()
    return this.#disposing
  }

  async #dispose(): Promise<void> {
    await this.#idleWithin(graceMs)
    this.#end.abort()
    this.#process.kill()
  }

  get #ended(): boolean {
    return this.#end.signal.aborted
  }

  /** Resolves when no call is under way, or the time is over. */
  #idleWithin(milliseconds: number): Promise<void> {
    const running = this.#running
    if (running === undefined) return Promise.resolve()
    return new Promise(resolve => {
      const timer = env.timer(milliseconds, resolve)
      const end = (): void => {
        timer.cancel()
        resolve()
      }
      running.then(end, end)
    })
  }

  async #score(batch: ColumnBatch): Promise<Scores> {
    if (batch.specs !== this.#specs) checkInputs(this, batch.specs)
    if (batch.length <= this.#most) return this.#request(batch, 0, batch.length)
    const parts: Scores[] = []
    for (let from = 0; from < batch.length; from += this.#most)
      parts.push(await this.#request(batch, from, Math.min(batch.length, from + this.#most)))
    return joinScores(parts)
  }

  async #request(batch: ColumnBatch, from: number, to: number): Promise<Scores> {
    if (this.#ended) throw new ModelDisposed()
    if (!this.#process.alive) await this.#reopen()
    const request = { kind: 'score', batch: plainBatch(batch, batch.specs !== this.#specs, from, to) } as const
    this.#specs = batch.specs
    const answer = await this.#process.request(request, this.#parts.limits)
    if (answer.kind !== 'scores') throw new SluiceError('MODEL_FAILED', `the model's process answered with ${answer.kind}`)
    return checkedScores(answer.scores, this.outputs, to - from)
  }

  async #reopen(): Promise<void> {
    const now = env.monotonic()
    while (this.#deaths.length > 0 && now - (this.#deaths[0] as number) > minute) this.#deaths.shift()
    if (this.#deaths.length >= this.#parts.restarts)
      throw new SluiceError('MODEL_FAILED', `the model's process died ${this.#deaths.length} times within a minute`)
    this.#deaths.push(now)
    this.#specs = undefined
    const process = await this.#parts.reopen(this.#end.signal)
    if (this.#ended) {
      process.kill()
      throw new ModelDisposed()
    }
    this.#process = process
  }
}
