import type { Readable } from 'node:stream'
import { mapFeatures, type Model } from '../../models/index.ts'
import { type ColumnSpec, type CsvFields, type CsvRow, openCsv } from '../../records/index.ts'
import { type RowBatch, rowBatches } from './row-batches.ts'
import { type ScoreColumns, scoreColumns } from './score-columns.ts'

/** The rows of a file whose columns are mapped to the inputs of a model. */
export interface ScoreInput {
  /** The columns that the model takes, in the order of a row's cells. */
  readonly specs: readonly ColumnSpec[]
  /** Optional inputs without a column. */
  readonly absent: readonly string[]
  readonly rows: AsyncIterable<CsvRow>
  /** The rows in batches of `batchSize`. Rows can be read only once, by this or by `rows`. */
  batches(batchSize: number): AsyncIterable<RowBatch>
}

export interface ScoreInputOptions {
  /** Names of columns: see `scoreColumns`. */
  readonly fields?: readonly string[] | undefined
  /** Whether the first line is a header; undefined: detected from the content. */
  readonly header?: boolean | undefined
  /** Cell texts that mean a missing value. */
  readonly missing?: ReadonlySet<string> | undefined
}

/** Opens a CSV file for a model. Throws SluiceError INPUT_INVALID, MODEL_INPUT_MISMATCH, CONFIG_INVALID for `fields` that the file does not have. */
export async function openScoreInput(
  model: Pick<Model, 'inputs'>,
  source: string | Readable,
  { fields, header, missing }: ScoreInputOptions = {},
): Promise<ScoreInput> {
  let columns: ScoreColumns = { specs: [], places: [] }
  const choose: CsvFields = outline => {
    columns = scoreColumns(model.inputs, outline, fields)
    return columns.places
  }
  const { rows } = await openCsv(source, choose, { header, missing, tellFaults: true })
  const { specs } = columns
  const { inputs } = mapFeatures(model.inputs, specs)
  const booleans = new Set(inputs.flatMap(({ input, columns }) => (input.type === 'bool' ? columns : [])))
  return {
    specs,
    absent: inputs.filter(({ columns }) => columns.length === 0).map(({ input }) => input.name),
    rows,
    batches: batchSize => rowBatches(rows, { specs, booleans, batchSize }),
  }
}
