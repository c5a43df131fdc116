import type { Tensor } from 'onnxruntime-node'
import type { ColumnBatch, ColumnSpec } from '../../records/index.ts'
import { SluiceError } from '../../base/index.ts'
import type { FeatureMapping } from '../feature-mapping.ts'
import { mapFeatures } from '../features.ts'
import { joinColumns } from '../join-columns.ts'
import type { Model, ModelFormat, ModelInput, ModelOutput, OutputColumn, Scores } from '../model.ts'
import { ModelDisposed } from '../model-disposed.ts'
import type { FoundAxes } from './axes-trial.ts'
import type { CompiledOnnx } from './compiled-onnx.ts'
import { OnnxInputs } from './onnx-inputs.ts'
import { columnsOf, givesOneRecord, hasRows, modelOutput } from './onnx-outputs.ts'
import { OutputScores } from '../output-scores.ts'
import { recordsFirst } from './move-records.ts'
import { RowCheck } from './row-check.ts'
import type { RowRange } from './tensor-cells.ts'
import { type OnnxSession, type Results, type TensorInfo, oneLine } from './onnx-session.ts'

/** An open session, and the dimensions that count its records. */
export interface OpenedModel {
  readonly session: OnnxSession
  readonly infos: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  readonly axes: FoundAxes
}

/** The most records in one run: a trial measures so many. */
const mostRows = 4096

/** A model in ONNX Runtime. A batch is one run, synchronous (without a promise) if the runtime's version allows it. */
export class OnnxModel implements Model {
  readonly format: ModelFormat
  readonly inputs: readonly ModelInput[]
  readonly outputs: readonly ModelOutput[]
  readonly #session: OnnxSession
  readonly #feeder: OnnxInputs
  readonly #scores: OutputScores
  readonly #outputNames: readonly string[]
  /** The outputs in which a dimension other than the first counts the records. */
  readonly #moved: readonly (readonly [name: string, axis: number])[]
  /** The number of records in a run; undefined: the whole batch, but at least `leastRun`. */
  #runSize: number | undefined
  readonly #check: RowCheck
  #oneByOne: string | undefined
  readonly #leastRun: number
  #specs: readonly ColumnSpec[] | undefined
  #mapping: FeatureMapping = { inputs: [] }
  #running: Promise<unknown> | undefined
  #disposing: Promise<void> | undefined

  constructor({ session, infos, outputs, axes }: OpenedModel, { classes, named, output, leastRun, plan, format = 'ONNX' }: CompiledOnnx) {
    this.#session = session
    this.format = format
    this.#leastRun = leastRun
    this.outputs = outputs.map(info => modelOutput(info, classes.get(info.name), axes.outputs?.get(info.name)))
    this.#outputNames = outputs.map(info => info.name)
    const primary = output === undefined ? 0 : this.#outputNames.indexOf(output)
    if (primary < 0)
      throw new SluiceError('MODEL_LOAD_FAILED', `the model has no output ${output}; it has: ${this.#outputNames.join(', ')}`)
    this.#feeder = new OnnxInputs(infos, axes.inputs)
    this.inputs = this.#feeder.inputs
    this.#scores = new OutputScores(this.outputs, primary, named)
    this.#moved = [...(axes.outputs ?? [])].filter(([, axis]) => axis > 0)
    const { fixedBatch } = this.#feeder
    const grows = axes.outputs !== undefined && (this.#moved.length > 0 || !givesOneRecord(outputs))
    this.#runSize = fixedBatch ?? (grows ? undefined : 1)
    this.#check = new RowCheck(this.outputs)
    if (plan.mixes !== undefined) this.#separate(plan.mixes)
  }

  get oneByOne(): string | undefined {
    return this.#oneByOne
  }

  score(batch: ColumnBatch): Scores | Promise<Scores> {
    if (this.#disposing !== undefined) throw new ModelDisposed()
    if (batch.specs !== this.#specs) this.#map(batch.specs)
    const unfit = new UnfitRows(batch.length)
    if (batch.length === 0) return this.#scores.of({ length: 0, columns: this.#emptyColumns(), unfit: undefined })
    if (this.#oneByOne !== undefined || (this.#runSize !== undefined && this.#runSize !== batch.length))
      return this.#track(this.#scoreInRuns(batch, this.#runSize ?? 1))
    if (this.#runSize === undefined && batch.length > mostRows) return this.#track(this.#scoreInRuns(batch, mostRows))
    const size = this.#runSize ?? Math.max(batch.length, this.#leastRun)
    const results = this.#run(batch, { from: 0, count: batch.length, size }, unfit)
    return results instanceof Promise
      ? this.#track(results.then(given => this.#finish(batch, given, size, unfit)))
      : this.#finish(batch, results, size, unfit)
  }

  dispose(): Promise<void> {
    // A run in progress needs the session until it settles.
    this.#disposing ??= Promise.resolve(this.#running)
      .catch(() => {})
      .then(() => this.#session.release())
    return this.#disposing
  }

  #map(specs: readonly ColumnSpec[]): void {
    this.#mapping = mapFeatures(this.inputs, specs)
    this.#specs = specs
  }

  #run(batch: ColumnBatch, range: RowRange, unfit: UnfitRows): Results | Promise<Results> {
    const feeds = this.#feeder.feeds(batch, this.#mapping, range, row => unfit.add(row))
    try {
      const results = this.#session.run(feeds, this.#outputNames)
      if (!(results instanceof Promise)) return this.#recordsFirst(results)
      return results.then(
        given => this.#recordsFirst(given),
        (error: unknown) => Promise.reject(this.#failed(error)),
      )
    } catch (error) {
      throw this.#failed(error)
    }
  }

  /** The error of a run on tensors whose open dimensions the sender chose: the model may not accept them. */
  #failed(error: unknown): SluiceError {
    const chosen = this.#mapping.inputs.filter(
      ({ input, shape }) => shape !== undefined && (input.shape ?? [undefined]).includes(undefined),
    )
    if (chosen.length === 0) return failed(error)
    const shapes = chosen.map(({ input, shape = [] }) => `${input.name} [${['N', ...shape].join(', ')}]`).join(', ')
    return new SluiceError('MODEL_INPUT_MISMATCH', `the model cannot be run on ${shapes}: ${oneLine(error)}`, { cause: error })
  }

  #finish(batch: ColumnBatch, results: Results, size: number, unfit: UnfitRows): Scores | Promise<Scores> {
    const { length } = batch
    if (!hasRows(results, this.#outputNames, size)) {
      // The graph returns one record's values, which its declared shapes do not show: from now on each run has one record.
      this.#runSize = 1
      return this.#track(this.#scoreInRuns(batch, 1))
    }
    const columns = columnsOf(results, this.outputs, { count: length, size })
    const scores = this.#scores.of({ length, columns, unfit: unfit.rows })
    return this.#check.believes(batch.length) ? scores : this.#track(this.#verified(batch, columns, scores))
  }

  /** Scores in runs of `size` records. If records are scored one by one, each run has one record, repeated to fill it. */
  async #scoreInRuns(batch: ColumnBatch, size: number): Promise<Scores> {
    const unfit = new UnfitRows(batch.length)
    const parts: OutputColumn[][] = []
    const most = this.#oneByOne === undefined ? size : 1
    for (let from = 0; from < batch.length; from += most)
      parts.push(await this.#runOf(batch, { from, count: Math.min(most, batch.length - from), size }, unfit))
    const columns = joinColumns(parts)
    const scores = this.#scores.of({ length: batch.length, columns, unfit: unfit.rows })
    return most === 1 || this.#check.believes(batch.length) ? scores : this.#verified(batch, columns, scores)
  }

  #runOf(batch: ColumnBatch, range: RowRange, unfit: UnfitRows): OutputColumn[] | Promise<OutputColumn[]> {
    const columns = (results: Results): OutputColumn[] => {
      if (hasRows(results, this.#outputNames, range.size)) return columnsOf(results, this.outputs, range)
      throw new SluiceError('MODEL_FAILED', `the model does not return one row for each of the ${range.size} records that it was given`)
    }
    const results = this.#run(batch, range, unfit)
    return results instanceof Promise ? results.then(columns) : columns(results)
  }

  /** Returns the scores if the checked rows have the same results alone; otherwise scores all rows one by one, from now on. */
  #verified(batch: ColumnBatch, columns: readonly OutputColumn[], scores: Scores): Scores | Promise<Scores> {
    const rows = this.#check.rowsOf(batch.length)
    const size = this.#feeder.fixedBatch ?? 1
    const unfit = new UnfitRows(batch.length)
    const alone: OutputColumn[][] = []
    // A model that cannot score a single record cannot be checked.
    const believed = (error: unknown): Scores => {
      if (error instanceof SluiceError) return scores
      throw error
    }
    const next = (): Scores | Promise<Scores> => {
      while (alone.length < rows.length) {
        let given: OutputColumn[] | Promise<OutputColumn[]>
        try {
          given = this.#runOf(batch, { from: rows[alone.length] as number, count: 1, size }, unfit)
        } catch (error) {
          return believed(error)
        }
        if (given instanceof Promise) {
          const proceed = (found: OutputColumn[]): Scores | Promise<Scores> => {
            alone.push(found)
            return next()
          }
          return given.then(proceed, believed)
        }
        alone.push(given)
      }
      if (this.#check.agrees(columns, rows, alone)) return scores
      this.#separate('a record has another result beside others than alone')
      return this.#scoreInRuns(batch, size)
    }
    return next()
  }

  #separate(why: string): void {
    this.#oneByOne = why
    this.#runSize = this.#feeder.fixedBatch ?? 1
  }

  #recordsFirst(results: Results): Results {
    if (this.#moved.length === 0) return results
    return { ...results, ...Object.fromEntries(this.#moved.map(([name, axis]) => [name, recordsFirst(results[name] as Tensor, axis)])) }
  }

  #track(scores: Scores | Promise<Scores>): Scores | Promise<Scores> {
    if (scores instanceof Promise) this.#running = scores
    return scores
  }

  #emptyColumns(): OutputColumn[] {
    return this.outputs.map(({ name, type, width = 0, shape }): OutputColumn => ({
      name,
      kind: type === 'string' ? 'text' : 'number',
      width,
      shape: shape?.map(dim => dim ?? 0),
      values: [],
    }))
  }
}

/** The rows of a batch that cannot be fed to the model; allocates nothing while there are none. */
class UnfitRows {
  rows: Uint8Array | undefined
  readonly #length: number

  constructor(length: number) {
    this.#length = length
  }

  add(row: number): void {
    ;(this.rows ??= new Uint8Array(this.#length))[row] = 1
  }
}

function failed(error: unknown): SluiceError {
  return new SluiceError('MODEL_FAILED', `ONNX Runtime cannot run the model: ${oneLine(error)}`, { cause: error })
}
