import { SluiceError } from '../base/index.ts'
import type { GoldenRows, LoadedModel } from '../models/index.ts'
import type { ColumnSpec } from '../records/index.ts'
import type { ModelField } from '../stores/index.ts'
import { usedFields } from './composite/index.ts'

/** Those of the fields of another model that the loaded one takes. Gives it back, and throws MODEL_INPUT_MISMATCH, if it takes none. */
export async function takenBy(
  loaded: LoadedModel,
  specs: readonly ColumnSpec[],
  fields: readonly ModelField[],
): Promise<readonly ModelField[]> {
  try {
    return usedFields(loaded.model, specs, fields)
  } catch (error) {
    await loaded.release()
    throw error
  }
}

/** Throws MODEL_LOAD_FAILED for golden records of a model that takes the outputs of another one, which they do not have. */
export function checkGoldenAfter(golden: GoldenRows | undefined, after: string): void {
  if (golden === undefined || after === '') return
  throw new SluiceError(
    'MODEL_LOAD_FAILED',
    'it has golden records, which have no outputs of another model: what takes those cannot have any',
  )
}
