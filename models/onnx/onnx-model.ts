import type { ColumnBatch, ColumnSpec } from '../../proto/column-batch.ts'
import { messageOf, SluiceError } from '../../proto/sluice-error.ts'
import { type FeatureMapping, mapFeatures } from '../features.ts'
import type { Model, ModelFormat, ModelInput, ModelOutput, ModelSource, OutputColumn, Scores } from '../model.ts'
import { asBuffer } from '../../proto/serde.ts'
import { type MendedModel, mendOutputs, shapelessInputs, withPlainLocale } from './model-proto.ts'
import { onnxBytes } from './onnx-bytes.ts'
import { OnnxInputs } from './onnx-inputs.ts'
import { columnsOf, givesOneRecord, hasRows, joinColumns, modelOutput, readableOutputs } from './onnx-outputs.ts'
import { OnnxScores } from './onnx-scores.ts'
import { type OnnxSession, type Results, type TensorInfo, oneLine, openSession } from './onnx-session.ts'

/**
 * A row alone goes through other kernels than rows together, and may differ from them in the last bits. So a small model gets it twice:
 * that costs it nearly nothing, and a record's score does not depend on which others came with it. Bytes of a model that counts as small.
 */
const smallModel = 1024 * 1024

/** An ONNX model that ONNX Runtime can open as it is: plain data. */
export interface CompiledOnnx extends MendedModel {
  /** The output that holds the score; undefined: the first. */
  readonly output: string | undefined
  readonly leastRun: number
  /** Whether its records have to be scored one by one: what it gives for one depends on those beside it. */
  readonly oneByOne?: boolean
  /** The format that it was compiled from; undefined: ONNX itself. */
  readonly format?: ModelFormat | undefined
}

/** Loads an ONNX model; throws SluiceError MODEL_LOAD_FAILED. */
export async function loadOnnxModel(source: ModelSource, open: OpenSession = openSession): Promise<Model> {
  return constructOnnx(await compileOnnx(source), open)
}

/** Makes the bytes such that ONNX Runtime can open them. Throws SluiceError MODEL_LOAD_FAILED. */
export async function compileOnnx(source: ModelSource): Promise<CompiledOnnx> {
  const bytes = await onnxBytes(source)
  // The scale of numbers that are quantized as they come is that of the whole tensor, over all its records.
  const oneByOne = asBuffer(bytes).includes('DynamicQuantize')
  return { ...mendOutputs(bytes), output: source.output, leastRun: leastRunOf(bytes), oneByOne }
}

/** How many records a run takes at least. */
export function leastRunOf(bytes: Uint8Array): number {
  return bytes.length <= smallModel ? 2 : 1
}

/** Opens what was compiled. Throws SluiceError MODEL_LOAD_FAILED with what ONNX Runtime says against it. */
export async function constructOnnx(compiled: CompiledOnnx, open: OpenSession = openSession): Promise<Model> {
  const session = await openAnywhere(compiled.bytes, open)
  try {
    return new OnnxModel(session, compiled)
  } catch (error) {
    await session.release()
    throw error
  }
}

type OpenSession = (bytes: Uint8Array) => Promise<OnnxSession>

/** Opens a model, though it changes the case of text and the system has not the American rules for that, which are ONNX Runtime's default. */
async function openAnywhere(bytes: Uint8Array, open: OpenSession): Promise<OnnxSession> {
  try {
    return await open(bytes)
  } catch (error) {
    const plain = messageOf(error).includes('Failed to construct locale') ? withPlainLocale(bytes) : undefined
    if (plain === undefined) throw error
    return open(plain)
  }
}

/** The inputs with a guess at the shapes that the model does not declare: rows of any width for its only one, else one value a record. */
function shapedInputs(inputs: readonly TensorInfo[], bytes: Uint8Array): readonly TensorInfo[] {
  if (inputs.every(({ shape }) => shape.length > 0)) return inputs
  const shapeless = shapelessInputs(bytes)
  const shape = inputs.length === 1 ? [undefined, undefined] : [undefined, 1]
  return inputs.map(info => (shapeless.has(info.name) ? { ...info, shape, undeclared: true } : info))
}

/** A model in ONNX Runtime: one run a batch, made at once (no promise) where the runtime allows it. */
class OnnxModel implements Model {
  readonly format: ModelFormat
  readonly inputs: readonly ModelInput[]
  readonly outputs: readonly ModelOutput[]
  readonly #session: OnnxSession
  readonly #feeder: OnnxInputs
  readonly #scores: OnnxScores
  readonly #outputNames: readonly string[]
  /** Records a run; undefined: as many as there are, but at least `leastRun`. */
  #runSize: number | undefined
  readonly #leastRun: number
  #specs: readonly ColumnSpec[] | undefined
  #mapping: FeatureMapping = { inputs: [] }
  #running: Promise<unknown> | undefined
  #disposing: Promise<void> | undefined

  constructor(session: OnnxSession, { bytes, classes, named, output, leastRun, oneByOne, format = 'ONNX' }: CompiledOnnx) {
    this.#session = session
    this.format = format
    this.#leastRun = leastRun
    const infos = readableOutputs(session.outputs)
    if (infos.length === 0) throw noReadableOutput(session)
    this.outputs = infos.map(info => modelOutput(info, classes.get(info.name)))
    this.#outputNames = infos.map(info => info.name)
    const primary = output === undefined ? 0 : this.#outputNames.indexOf(output)
    if (primary < 0)
      throw new SluiceError('MODEL_LOAD_FAILED', `the model has no output ${output}; it has: ${this.#outputNames.join(', ')}`)
    this.#feeder = new OnnxInputs(format === 'ONNX' ? shapedInputs(session.inputs, bytes) : session.inputs)
    this.inputs = this.#feeder.inputs
    this.#scores = new OnnxScores(this.outputs, primary, named)
    this.#runSize = this.#feeder.fixedBatch ?? (oneByOne === true || givesOneRecord(infos) ? 1 : undefined)
  }

  score(batch: ColumnBatch): Scores | Promise<Scores> {
    if (this.#disposing !== undefined) throw new SluiceError('MODEL_FAILED', 'the model has been disposed of')
    if (batch.specs !== this.#specs) this.#map(batch.specs)
    const unfit = new UnfitRows(batch.length)
    if (batch.length === 0) return this.#scores.of({ length: 0, columns: this.#emptyColumns(), unfit: undefined })
    if (this.#runSize !== undefined && this.#runSize !== batch.length) return this.#track(this.#scoreInRuns(batch, this.#runSize))
    const size = this.#runSize ?? Math.max(batch.length, this.#leastRun)
    const results = this.#run(batch, { from: 0, count: batch.length, size }, unfit)
    return results instanceof Promise
      ? this.#track(results.then(given => this.#finish(batch, given, size, unfit)))
      : this.#finish(batch, results, size, unfit)
  }

  dispose(): Promise<void> {
    // A run that is under way needs the session until it has settled.
    this.#disposing ??= Promise.resolve(this.#running)
      .catch(() => {})
      .then(() => this.#session.release())
    return this.#disposing
  }

  #map(specs: readonly ColumnSpec[]): void {
    this.#mapping = mapFeatures(this.inputs, specs)
    this.#specs = specs
  }

  #run(batch: ColumnBatch, range: { from: number; count: number; size: number }, unfit: UnfitRows): Results | Promise<Results> {
    const feeds = this.#feeder.feeds(batch, this.#mapping, range, row => unfit.add(row))
    try {
      const results = this.#session.run(feeds, this.#outputNames)
      return results instanceof Promise ? results.catch((error: unknown) => Promise.reject(this.#failed(error))) : results
    } catch (error) {
      throw this.#failed(error)
    }
  }

  /** Of tensors whose dimensions the model leaves open, these may be the ones that it cannot take: their sender chose them. */
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
      // The graph gives one record's values though its declared shapes do not say so: from now on it gets one record a run.
      this.#runSize = 1
      return this.#track(this.#scoreInRuns(batch, 1))
    }
    return this.#scores.of({ length, columns: columnsOf(results, this.outputs, { count: length, size }), unfit: unfit.rows })
  }

  async #scoreInRuns(batch: ColumnBatch, size: number): Promise<Scores> {
    const unfit = new UnfitRows(batch.length)
    const parts: OutputColumn[][] = []
    for (let from = 0; from < batch.length; from += size) {
      const count = Math.min(size, batch.length - from)
      const given = this.#run(batch, { from, count, size }, unfit)
      const results = given instanceof Promise ? await given : given
      if (!hasRows(results, this.#outputNames, size))
        throw new SluiceError('MODEL_FAILED', `the model does not give a row for each of the ${size} records that it takes`)
      parts.push(columnsOf(results, this.outputs, { count, size }))
    }
    return this.#scores.of({ length: batch.length, columns: joinColumns(parts), unfit: unfit.rows })
  }

  #track(scores: Promise<Scores>): Promise<Scores> {
    this.#running = scores
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

/** The rows of a batch that cannot be fed; nothing is allocated while there are none. */
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

function noReadableOutput({ outputs }: OnnxSession): SluiceError {
  const names = outputs.map(({ name }) => name).join(', ')
  return new SluiceError(
    'MODEL_LOAD_FAILED',
    `the model has no output of numbers or text; export it such that ${names || 'there'} is a tensor`,
  )
}

function failed(error: unknown): SluiceError {
  return new SluiceError('MODEL_FAILED', `ONNX Runtime cannot run the model: ${oneLine(error)}`, { cause: error })
}
