import type { ColumnSpec } from '../../records/index.ts'
import { SluiceError } from '../../base/index.ts'
import { mapFeatures } from '../features.ts'
import type { Model } from '../model.ts'
import { plausible, rowsOf, spread, zero } from './made-up-rows.ts'

const rows = 8

/**
 * Inputs without a field are missing in every record. Throws SluiceError MODEL_INPUT_MISMATCH if the model then has no result for any made-up
 * record, but has one for some of the same records with the field added: the model was trained on other data.
 */
export async function checkAbsent(model: Model, specs: readonly ColumnSpec[]): Promise<void> {
  const absent = mapFeatures(model.inputs, specs).inputs.flatMap(({ input, columns }) => (columns.length === 0 ? [input] : []))
  if (absent.length === 0) return
  const whole = [...specs, ...absent.map(({ name, type }): ColumnSpec => ({ name, kind: type === 'string' ? 'text' : 'number' }))]
  if ((await hasResult(model, specs)) || !(await hasResult(model, whole))) return
  const fields = specs.map(({ name }) => name).join(', ')
  throw new SluiceError(
    'MODEL_INPUT_MISMATCH',
    `the model and the records do not fit: missing: ${absent.map(({ name }) => name).join(', ')} (the model has no result for any record without them); the records have: ${fields || 'no fields'}`,
  )
}

/** Whether any of several made-up records has a result. A record on which the model fails has none. */
async function hasResult(model: Model, specs: readonly ColumnSpec[]): Promise<boolean> {
  for (const cell of [plausible, zero, spread]) {
    try {
      const { noResult, length } = await model.score(rowsOf(specs, rows, cell))
      if (Array.from({ length }, (_, row) => noResult?.[row] !== 1).includes(true)) return true
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error
    }
  }
  return false
}
