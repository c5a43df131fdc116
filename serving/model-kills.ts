import { messageOf } from '../base/index.ts'
import { ModelKilled } from '../models/index.ts'
import type { ProcessorContext, RawRecord } from '../topology/index.ts'
import { StepFailed } from './composite/index.ts'
import type { ModelLoader } from './model-loader.ts'
import type { ResultFigures } from './result-figures.ts'

/** A version of a data type, in whatever role. */
export interface KilledVersion {
  readonly dataType: string
  readonly name: string
  readonly version: number
  /** See `modelRecordKey`. */
  readonly key: string
}

/** Records of a task on which the process of their model died, or was stopped: they are counted and told, and some of them quarantine the model. */
export class ModelKills {
  readonly #loader: ModelLoader
  readonly #figures: ResultFigures
  readonly #context: Pick<ProcessorContext<never, never>, 'log'>

  constructor(loader: ModelLoader, figures: ResultFigures, context: Pick<ProcessorContext<never, never>, 'log'>) {
    this.#loader = loader
    this.#figures = figures
    this.#context = context
  }

  /** To be called when the model failed on this record alone; other errors than a killed process are none of its business. Of a composite, the step that failed counts. */
  failed(model: KilledVersion, error: unknown, record: RawRecord): void {
    if (error instanceof StepFailed) this.#failed({ ...model, ...error.step }, error.cause, record)
    else this.#failed(model, error, record)
  }

  #failed({ dataType, name, version, key }: KilledVersion, error: unknown, { topic, partition, offset }: RawRecord): void {
    if (!(error instanceof ModelKilled)) return
    const place = { dataType, name, version, topic, partition, offset }
    this.#figures.killed(dataType)
    this.#context.log('warn', "a record killed its model's process", { ...place, cause: messageOf(error) })
    if (this.#loader.quarantined(key) !== undefined || !this.#loader.killed(key, error)) return
    this.#figures.quarantined(dataType)
    this.#context.log('warn', 'audit: a model is quarantined', {
      ...place,
      cause: this.#loader.quarantined(key)?.why ?? messageOf(error),
    })
  }
}
