import type { ColumnSpec } from '../../records/index.ts'
import { SluiceError } from '../../base/index.ts'
import { checkInputs } from '../features.ts'
import type { FormatLoader } from '../format-loader.ts'
import type { Model, ModelSource } from '../model.ts'
import { checkGolden, type GoldenRows } from './golden-rows.ts'
import type { LightLimits } from './guard-messages.ts'
import { checkAbsent } from './absent-inputs.ts'
import { missing, plausible, rowsOf, spread, wide, zero } from './made-up-rows.ts'
import { BatchReader } from './plain-batch.ts'

export interface Trial {
  readonly loader: FormatLoader
  readonly source: ModelSource
  /** The fields of the data records. */
  readonly specs: readonly ColumnSpec[]
  readonly golden: GoldenRows | undefined
  readonly light: LightLimits
  readonly tried: boolean
}

/** A model that passed its trial. */
export interface Tried {
  readonly model: Model
  /** What `compile` returned, if the format has two halves. */
  readonly compiled: unknown
  readonly heavy: boolean
  /** The time of 256 made-up rows in one call, ms. */
  readonly runMs: number
}

/** The rows in a measured run, the most runs, and the longest time for all of them. */
export const measuredRows = 256
/** The most rows in one call of a light model. Its work grows with them at most as a polynomial does: what holds here holds for less. */
const mostRows = 4096
const manyTimes = mostRows / measuredRows
/** How many different rows are scored to find out whether records influence each other: a model compares some of its first batches with their rows alone. */
const comparedRows = 16
const measuredRuns = 50
const measuredMs = 250

/**
 * Loads a model, checks it against the data's fields, runs it on made-up rows (none, one, many, different ones, missing values) and on its golden
 * records, and measures its cost. Throws SluiceError MODEL_LOAD_FAILED, MODEL_INPUT_MISMATCH, or MODEL_FAILED if not a single row can be scored.
 */
export async function tryModel({ loader, source, specs, golden, light, tried }: Trial): Promise<Tried> {
  const { compile, construct, unbounded } = loader
  const compiled = compile === undefined || construct === undefined ? undefined : await compile(source)
  const load = (): Promise<Model> => (construct === undefined || compiled === undefined ? loader.load(source) : construct(compiled))
  const model = await load()
  try {
    checkInputs(model, specs)
    if (tried) return { model, compiled, heavy: true, runMs: Infinity }
    await warmUp(model, specs)
    await checkAbsent(model, specs)
    if (golden !== undefined) checkGolden(await model.score(new BatchReader().read(golden.batch)), golden.results)
    const known = source.bytes.length <= light.bytes && unbounded !== undefined && (await unbounded(compiled)) === undefined
    const constructing = (): Promise<boolean> =>
      load()
        .then(each => each.dispose())
        .then(() => true)
    const runMs = await fastest(scoring(model, specs, measuredRows), light.runMs)
    const heavy =
      !known ||
      runMs > light.runMs ||
      (await fastest(constructing, light.constructMs)) > light.constructMs ||
      (await fastest(scoring(model, specs, mostRows), light.runMs * manyTimes)) > light.runMs * manyTimes
    return { model, compiled, heavy, runMs }
  } catch (error) {
    await model.dispose()
    throw error
  }
}

/** A model may fail on some made-up rows (an unknown category), but not on all of them. */
async function warmUp(model: Model, specs: readonly ColumnSpec[]): Promise<void> {
  await model.score(rowsOf(specs, 0, plausible))
  let failure: unknown
  let scored = 0
  for (const [count, cell] of [
    [1, zero],
    [1, plausible],
    [measuredRows, zero],
    [measuredRows, plausible],
    [comparedRows, spread],
    [comparedRows, wide],
    [2, missing],
  ] as const) {
    try {
      await model.score(rowsOf(specs, count, cell))
      scored++
    } catch (error) {
      failure ??= error
    }
  }
  if (scored === 0) throw failure
}

/**
 * The time of the fastest of several runs, ms; the first one within the limit is the last. The first runs include one-time compilation and
 * allocation, and other load on the machine is not the model's fault.
 */
async function fastest(run: () => Promise<boolean>, limitMs: number): Promise<number> {
  const end = performance.now() + measuredMs
  let least = Infinity
  for (let runs = 0; runs < measuredRuns && least > limitMs; runs++) {
    const started = performance.now()
    const ran = await run()
    const ended = performance.now()
    if (ran) least = Math.min(least, ended - started)
    if (ended > end) break
  }
  return least
}

/** Rows that cannot be scored together take forever: what they cost is not known. */
function scoring(model: Model, specs: readonly ColumnSpec[], rows: number): () => Promise<boolean> {
  const batch = rowsOf(specs, rows, plausible)
  return async () => {
    try {
      await model.score(batch)
      return true
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error
      return false
    }
  }
}
