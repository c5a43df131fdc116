import { type ErrorCode, messageOf, SluiceError } from '../../base/index.ts'
import type { Model, Scores } from '../../models/index.ts'
import { ColumnBatch, type ColumnSpec } from '../../records/index.ts'
import type { ModelField } from '../../stores/index.ts'
import { ownScores } from './own-scores.ts'
import { outputPlaces, type OutputPlace } from './output-places.ts'

/** A model of a composite. */
export interface CompositeStep {
  readonly name: string
  readonly version: number
  /** See `modelRecordKey`. */
  readonly key: string
  readonly model: Model
}

/** A step of a composite failed, or could not be loaded: which one, and as `cause` why. The code is that of the cause where it is one of models. */
export class StepFailed extends SluiceError {
  readonly step: Omit<CompositeStep, 'model'>

  constructor({ name, version, key }: Omit<CompositeStep, 'model'>, cause: unknown) {
    super(codeOf(cause), `model "${name}" version ${version}, a step of the composite, failed: ${messageOf(cause)}`, { cause })
    this.step = { name, version, key }
  }
}

function codeOf(cause: unknown): ErrorCode {
  return cause instanceof SluiceError && cause.code.startsWith('MODEL_') ? cause.code : 'MODEL_FAILED'
}

/**
 * Two models as one: the first scores the batch, then the second one the same batch with the outputs of the first as further columns. A row without a result of the first
 * has none of both. Throws StepFailed.
 */
export class CompositeModel implements Model {
  readonly format: string
  readonly inputs: Model['inputs']
  readonly outputs: Model['outputs']
  readonly steps: readonly [CompositeStep, CompositeStep]
  /** The fields that the second takes of the first. */
  readonly takes: readonly ModelField[]
  #specs: readonly ColumnSpec[] = []
  #joined: readonly ColumnSpec[] = []
  #between: ColumnBatch

  constructor(steps: readonly [CompositeStep, CompositeStep], takes: readonly ModelField[]) {
    const [, { model }] = steps
    this.format = model.format
    this.inputs = model.inputs
    this.outputs = model.outputs
    this.steps = steps
    this.takes = takes
    this.#between = new ColumnBatch(takes, 1)
  }

  score(batch: ColumnBatch): Scores | Promise<Scores> {
    const [first] = this.steps
    const given = begun(first, batch)
    // No reaction between: what another one has called meanwhile may write over the scores from the next one on.
    return given instanceof Promise ? given.then(scores => this.#second(batch, scores), failed(first)) : this.#second(batch, given)
  }

  /** The two belong to who loaded them. */
  async dispose(): Promise<void> {}

  #second(batch: ColumnBatch, given: Scores): Scores | Promise<Scores> {
    const [first, second] = this.steps
    const { noResult } = given
    let joined: ColumnBatch
    try {
      joined = this.#join(batch, given)
    } catch (error) {
      throw new StepFailed(first, error)
    }
    // A copy: the scores of the first are valid until its next call.
    const without = noResult === undefined ? undefined : noResult.slice(0, batch.length)
    const scores = begun(second, joined)
    if (!(scores instanceof Promise)) return withoutResult(scores, without)
    return scores.then(found => withoutResult(ownScores(found), without), failed(second))
  }

  /** The batch with the fields that the second model takes. The specs are the same object for the same specs of the batch. */
  #join(batch: ColumnBatch, { outputs, noResult, length }: Scores): ColumnBatch {
    if (batch.specs !== this.#specs) {
      this.#specs = batch.specs
      this.#joined = [...batch.specs, ...this.takes]
    }
    if (this.#between.capacity < batch.length) this.#between = new ColumnBatch(this.takes, batch.length * 2)
    const between = this.#between
    between.clear()
    between.length = length
    for (const [at, place] of outputPlaces(outputs, this.takes).entries()) fill(between, at, place, noResult)
    return joinedBatch(batch, this.#joined, between)
  }
}

/** Throws StepFailed where the model throws at once. */
function begun(step: CompositeStep, batch: ColumnBatch): Scores | Promise<Scores> {
  try {
    return step.model.score(batch)
  } catch (error) {
    throw new StepFailed(step, error)
  }
}

function failed(step: CompositeStep): (error: unknown) => never {
  return error => {
    throw new StepFailed(step, error)
  }
}

function fill(between: ColumnBatch, field: number, { column, at }: OutputPlace, noResult: Uint8Array | undefined): void {
  const { width } = column
  for (let row = 0; row < between.length; row++) {
    const from = row * width + at
    if (noResult?.[row] === 1) between.setMissing(field, row)
    else if (column.kind === 'text') between.setText(field, row, column.values[from] as string)
    else if (column.exact === undefined) setNumber(between, field, row, column.values[from] as number)
    else between.setWhole(field, row, column.exact[from] as bigint)
  }
}

/** NaN is no value, as it is in a record. */
function setNumber(between: ColumnBatch, field: number, row: number, value: number): void {
  if (Number.isNaN(value)) between.setMissing(field, row)
  else between.setNumber(field, row, value)
}

/** A view of both batches' columns; nothing is copied. */
function joinedBatch(batch: ColumnBatch, specs: readonly ColumnSpec[], between: ColumnBatch): ColumnBatch {
  const joined = new ColumnBatch(specs, batch.capacity, [...batch.columns, ...between.columns])
  joined.length = batch.length
  return joined
}

/** The rows that are marked have no result. */
function withoutResult(scores: Scores, without: Uint8Array | undefined): Scores {
  if (without === undefined || !without.includes(1)) return scores
  const marked = (flags: Uint8Array | undefined): Uint8Array =>
    Uint8Array.from(without, (flag, row) => (flag === 1 ? 1 : (flags?.[row] ?? 0)))
  const score = scores.score.slice(0, scores.length)
  for (let row = 0; row < score.length; row++) if (without[row] === 1) score[row] = NaN
  return { ...scores, score, noResult: marked(scores.noResult), blank: marked(scores.blank ?? scores.noResult) }
}
