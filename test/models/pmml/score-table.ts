import * as assert from 'uvu/assert'
import type { Model } from '../../../models/index.ts'
import { loadPmmlModel } from '../../../models/pmml/pmml-model.ts'
import type { ColumnBatch } from '../../../records/column-batch.ts'
import { type Cell, batchOf, valuesOf } from '../batches.ts'

export interface Table {
  readonly names: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A model's results: the names of its outputs, and of each row the score, the label, whether there is none, and the outputs. */
export interface ResultTable {
  readonly names: readonly string[]
  readonly rows: readonly { readonly score: number; readonly label: string; readonly none: boolean; readonly outputs: readonly string[] }[]
}

/** Lines with a header, split by `;` or `,`; quotes as in CSV. */
export function csvTable(lines: readonly string[]): Table {
  const separator = lines[0]?.includes(';') ? ';' : ','
  const split = (line: string): string[] =>
    separator === ';' || !line.includes('"')
      ? line.split(separator)
      : Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, bare = '']) => quoted?.replaceAll('""', '"') ?? bare)
  const [names = [], ...rows] = lines.map(split)
  return { names, rows }
}

export function loadText(pmml: string): Promise<Model> {
  return loadPmmlModel({ bytes: Buffer.from(pmml), format: 'PMML', output: undefined })
}

/** The table's columns that the model takes, by name. */
export function tableBatch(model: Model, { names, rows }: Table): ColumnBatch {
  const taken = model.inputs.filter(({ name }) => names.includes(name))
  const specs = taken.map(({ name, type }) => ({ name, kind: type === 'string' ? ('text' as const) : ('number' as const) }))
  const cell = (text: string, kind: string): Cell => {
    if (text === '') return undefined
    if (kind === 'text') return text
    return text === 'true' ? 1 : text === 'false' ? 0 : Number(text)
  }
  return batchOf(
    specs,
    rows.map(row => specs.map(({ name, kind }) => cell(row[names.indexOf(name)] ?? '', kind))),
  )
}

export function scoreTable(model: Model, table: Table): ResultTable {
  const scores = model.score(tableBatch(model, table))
  if (scores instanceof Promise) throw new TypeError('PMML scores at once')
  return {
    names: scores.outputs.map(({ name }) => name),
    rows: table.rows.map((_, row) => ({
      score: scores.score[row] as number,
      label: scores.labels?.[row] ?? '',
      none: scores.noResult?.[row] === 1,
      outputs: scores.outputs.map(output =>
        valuesOf(output, row)
          .map(value => (Number.isNaN(value) ? '' : String(value)))
          .join(),
      ),
    })),
  }
}

/** Compares with the reference evaluator's table: `row` and then its outputs by name, `_target` for a prediction without a name. */
export function assertLike(actual: ResultTable, { names, rows }: Table, relative: number): void {
  for (const [at, cells] of rows.entries()) {
    const row = actual.rows[at]
    assert.ok(row !== undefined)
    if (cells[1] === 'ERROR' || cells[1] === 'NaN') {
      assert.ok(row.none, `row ${at} should have no result, not ${JSON.stringify(row)}`)
      continue
    }
    for (const [column, name] of names.entries()) {
      const index = actual.names.indexOf(name === '_target' ? 'prediction' : name)
      if (column === 0 || (name === '_target' && index < 0)) continue
      assert.ok(index >= 0, `there is no output ${name} among ${actual.names.join(', ')}`)
      const value = row.outputs[index] ?? ''
      const wanted = cells[column] ?? ''
      assert.ok(near(value, wanted, relative), `row ${at}: ${name} is ${value}, not ${wanted}`)
    }
  }
}

function near(a: string, b: string, relative: number): boolean {
  if (a === b) return true
  if (a === '' || b === '') return false
  const difference = Math.abs(Number(a) - Number(b))
  if (!Number.isFinite(difference)) return Number(a) === Number(b)
  // The text of a float has no more digits than tell it from the next ones.
  if (Math.fround(Number(b)) === Number(a)) return true
  return Number(a) === Number(b) || difference <= relative * Math.max(Math.abs(Number(a)), Math.abs(Number(b)), 1e-3)
}
