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
}

/** A model that passed its trial. */
export interface Tried {
  readonly model: Model
  /** What `compile` returned, if the format has two halves. */
  readonly compiled: unknown
  readonly heavy: boolean
}

/** The rows in a measured run, the most runs, and the longest time for all of them. */
const measuredRows = 256
/** How many different rows are scored to find out whether records influence each other: a model compares some of its first batches with their rows alone. */
const comparedRows = 16
const measuredRuns = 50
const measuredMs = 250

/**
 * Loads a model, checks it against the data's fields, runs it on made-up rows (none, one, many, different ones, missing values) and on its golden
 * records, and measures its cost. Throws SluiceError MODEL_LOAD_FAILED, MODEL_INPUT_MISMATCH, or MODEL_FAILED if not a single row can be scored.
 */
export async function tryModel({ loader, source, specs, golden, light }: Trial): Promise<Tried> {
  const { compile, construct } = loader
  const compiled = compile === undefined || construct === undefined ? undefined : await compile(source)
  const load = (): Promise<Model> => (construct === undefined || compiled === undefined ? loader.load(source) : construct(compiled))
  const model = await load()
  try {
    checkInputs(model, specs)
    await warmUp(model, specs)
    await checkAbsent(model, specs)
    if (golden !== undefined) checkGolden(await model.score(new BatchReader().read(golden.batch)), golden.results)
    const heavy =
      source.bytes.length > light.bytes ||
      (await isSlow(async () => (await load()).dispose(), light.constructMs)) ||
      (await isSlow(scoring(model, specs), light.runMs))
    return { model, compiled, heavy }
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
 * Whether even the fastest of several runs exceeds the limit. The first runs include one-time compilation and allocation, and other load on the
 * machine is not the model's fault.
 */
async function isSlow(run: () => Promise<unknown>, limitMs: number): Promise<boolean> {
  const end = performance.now() + measuredMs
  for (let runs = 0; runs < measuredRuns; runs++) {
    const started = performance.now()
    await run()
    const ended = performance.now()
    if (ended - started <= limitMs) return false
    if (ended > end) break
  }
  return true
}

function scoring(model: Model, specs: readonly ColumnSpec[]): () => Promise<unknown> {
  const batch = rowsOf(specs, measuredRows, plausible)
  return async () => {
    try {
      await model.score(batch)
    } catch (error) {
      // For rows that cannot be scored, the time until they fail counts.
      if (!(error instanceof SluiceError)) throw error
    }
  }
}
