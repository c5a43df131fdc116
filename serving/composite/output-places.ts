import { SluiceError } from '../../base/index.ts'
import type { OutputColumn } from '../../models/index.ts'
import type { ModelField } from '../../stores/index.ts'
import { fieldName } from './step-fields.ts'

/** Where the values of a field are among the outputs of a model: row r has it at `r * column.width + at`. */
export interface OutputPlace {
  readonly column: OutputColumn
  readonly at: number
}

/** Where the fields are, in their order. Throws SluiceError MODEL_FAILED for one that the outputs do not have. */
export function outputPlaces(outputs: readonly OutputColumn[], fields: readonly ModelField[]): readonly OutputPlace[] {
  const places = new Map<string, OutputPlace>()
  for (const column of outputs)
    for (let at = 0; at < column.width; at++) places.set(fieldName(column.name, column.width, at), { column, at })
  return fields.map(({ name, kind }) => {
    const place = places.get(name)
    if (place?.column.kind === kind) return place
    throw new SluiceError('MODEL_FAILED', `it gives no ${kind} ${name}, which the next model takes`)
  })
}
