import { SluiceError } from '../../base/index.ts'
import { limits } from '../../base/limits/index.ts'
import { type ColumnSpec, numberOf, openCsv } from '../../records/index.ts'
import type { ModelToPublish } from '../../serving/index.ts'
import type { DataConfig } from '../config/index.ts'
import { rowEncoder } from './csv-records.ts'

type GoldenRecord = NonNullable<ModelToPublish['golden']>[number]

/** The columns that say what the model must give; the others are the fields of the data. */
const expected = ['score', 'label', 'tolerance'] as const

export interface GoldenFile {
  readonly path: string
  readonly data: DataConfig
  readonly dataType: string
  /** The tolerance of rows that name none. */
  readonly tolerance: number
}

/**
 * The golden records of a CSV file: data records, in the form that instances read, each with the score, the label or both that the model must give for it. Throws
 * INPUT_INVALID, with the line, and CONFIG_INVALID.
 */
export async function goldenRecords({ path, data, dataType, tolerance }: GoldenFile): Promise<readonly GoldenRecord[]> {
  const encoder = rowEncoder(data, dataType)
  const taken = encoder.fields.find(field => (expected as readonly string[]).includes(field.toLowerCase()))
  if (taken !== undefined)
    throw new SluiceError(
      'CONFIG_INVALID',
      `the data has a field ${taken}, which is a name of --golden: send the golden records with the model's record itself`,
    )
  const extra: readonly ColumnSpec[] = expected.map(name => ({ name, kind: 'text' }))
  const file = await openCsv(
    path,
    [...encoder.specs, ...extra].map(({ name }) => name),
    { name: path, header: true },
  )
  if (file.absent.includes('score') && file.absent.includes('label'))
    throw new SluiceError(
      'INPUT_INVALID',
      `${path} has neither a column score nor a column label; its first line is: ${file.header?.join(', ')}`,
    )
  const found: GoldenRecord[] = []
  for await (const row of file.rows) {
    if (found.length === limits.golden_records.most)
      throw new SluiceError('INPUT_INVALID', `${path} has more than ${limits.golden_records.most} golden records`)
    const [score, label, allowed] = row.cells.slice(encoder.fields.length)
    const at = { line: row.line, path }
    const wanted = { score: numberIn(score, 'score', at), label: label === undefined || label === '' ? undefined : label }
    if (wanted.score === undefined && wanted.label === undefined)
      throw new SluiceError('INPUT_INVALID', `line ${row.line} of ${path} has neither a score nor a label`)
    const record = encoder.encode({ line: row.line, cells: row.cells.slice(0, encoder.fields.length) })
    found.push({ record, ...wanted, tolerance: numberIn(allowed, 'tolerance', at) ?? tolerance })
  }
  if (found.length === 0) throw new SluiceError('INPUT_INVALID', `${path} has no rows`)
  return found
}

function numberIn(
  cell: string | undefined,
  column: string,
  { line, path }: { readonly line: number; readonly path: string },
): number | undefined {
  if (cell === undefined || cell.trim() === '') return undefined
  const value = numberOf(cell)
  if (value !== undefined) return value
  throw new SluiceError('INPUT_INVALID', `line ${line} of ${path}: ${column} is ${JSON.stringify(cell)}, not a number`)
}
