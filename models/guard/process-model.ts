import type { ColumnBatch, ColumnSpec } from '../../records/index.ts'
import { SluiceError } from '../../base/index.ts'
import { checkInputs } from '../features.ts'
import type { Model, Scores } from '../model.ts'
import type { ModelFacts } from './guard-messages.ts'
import type { ModelProcess, RequestLimits } from './model-process.ts'
import { plainBatch } from './plain-batch.ts'

export interface ProcessModelParts {
  readonly facts: ModelFacts
  readonly process: ModelProcess
  readonly limits: RequestLimits
  /** Loads the model again, in a new process. */
  readonly reopen: () => Promise<ModelProcess>
}

/** If a model's process dies more often than this within a minute, it is not restarted until the minute is over. */
const deathsAMinute = 3
const minute = 60_000

/**
 * A model that is too large or too slow to run in the data's thread: it runs in a process of its own and is scored by messages. If the process
 * dies, the batch in progress fails, and the model is loaded again for the next one.
 */
export class ProcessModel implements Model {
  readonly format: Model['format']
  readonly inputs: Model['inputs']
  readonly outputs: Model['outputs']
  readonly oneByOne: string | undefined
  readonly #parts: ProcessModelParts
  #process: ModelProcess
  readonly #deaths: number[] = []
  #specs: readonly ColumnSpec[] | undefined
  #running: Promise<unknown> | undefined
  #disposing: Promise<void> | undefined

  constructor(parts: ProcessModelParts) {
    this.#parts = parts
    this.#process = parts.process
    this.format = parts.facts.format
    this.inputs = parts.facts.inputs
    this.outputs = parts.facts.outputs
    this.oneByOne = parts.facts.oneByOne
  }

  score(batch: ColumnBatch): Promise<Scores> {
    if (this.#disposing !== undefined) return Promise.reject(new SluiceError('MODEL_FAILED', 'the model has been disposed of'))
    // The process handles one request at a time, even if several data types share the model.
    const before = Promise.resolve(this.#running).catch(() => undefined)
    const scoring = before.then(() => this.#score(batch))
    this.#running = scoring
    return scoring
  }

  dispose(): Promise<void> {
    this.#disposing ??= Promise.resolve(this.#running)
      .catch(() => undefined)
      .then(() => this.#process.kill())
    return this.#disposing
  }

  async #score(batch: ColumnBatch): Promise<Scores> {
    if (batch.specs !== this.#specs) checkInputs(this, batch.specs)
    if (!this.#process.alive) await this.#reopen()
    const request = { kind: 'score', batch: plainBatch(batch, batch.specs !== this.#specs) } as const
    this.#specs = batch.specs
    const answer = await this.#process.request(request, this.#parts.limits)
    if (answer.kind !== 'scores') throw new SluiceError('MODEL_FAILED', `the model's process answered with ${answer.kind}`)
    return answer.scores
  }

  async #reopen(): Promise<void> {
    const now = performance.now()
    while (this.#deaths.length > 0 && now - (this.#deaths[0] as number) > minute) this.#deaths.shift()
    if (this.#deaths.length >= deathsAMinute)
      throw new SluiceError('MODEL_FAILED', `the model's process died ${this.#deaths.length} times within a minute`)
    this.#deaths.push(now)
    this.#specs = undefined
    this.#process = await this.#parts.reopen()
  }
}
