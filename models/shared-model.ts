import type { ColumnBatch } from '../records/index.ts'
import type { Model, Scores } from './model.ts'
import { ModelDisposed } from './model-disposed.ts'

/** A model that several score with: a call waits until the one before it has settled, and whoever made that one has read its scores. */
export class SharedModel implements Model {
  readonly format: Model['format']
  readonly inputs: Model['inputs']
  readonly outputs: Model['outputs']
  readonly #model: Model
  /** Resolves when the last call has settled; undefined: none is under way. */
  #underWay: Promise<void> | undefined
  #disposing: Promise<void> | undefined

  constructor(model: Model) {
    this.#model = model
    this.format = model.format
    this.inputs = model.inputs
    this.outputs = model.outputs
  }

  get oneByOne(): string | undefined {
    return this.#model.oneByOne
  }

  score(batch: ColumnBatch): Scores | Promise<Scores> {
    if (this.#disposing !== undefined) throw new ModelDisposed()
    if (this.#underWay !== undefined) return this.#tracked(this.#underWay.then(() => this.#model.score(batch)))
    const scoring = this.#model.score(batch)
    return scoring instanceof Promise ? this.#tracked(scoring) : scoring
  }

  /** After the calls that were made before. */
  dispose(): Promise<void> {
    this.#disposing ??= Promise.resolve(this.#underWay).then(() => this.#model.dispose())
    return this.#disposing
  }

  /** The next call is a reaction to a reaction, and so comes after what the caller does with the scores at once. */
  #tracked(scoring: Promise<Scores>): Promise<Scores> {
    const settled = (): void => {
      if (this.#underWay === ended) this.#underWay = undefined
    }
    const ended: Promise<void> = scoring.then(settled, settled)
    this.#underWay = ended
    return scoring
  }
}
