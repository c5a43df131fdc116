import { once } from 'node:events'
import { createReadStream, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import * as assert from 'uvu/assert'
import { suite } from 'uvu'
import { type CsvOptions, openCsv, readCsvRows } from '../../records/csv-rows.ts'
import { wineRecordReader } from '../../records/protobuf-record-reader.ts'
import type { SluiceError } from '../../base/sluice-error.ts'

const test = suite('csv rows')
const fields = ['fixed_acidity', 'pH', 'colour']

async function rowsOf(text: string | Readable, names: readonly string[] = fields): Promise<(string | undefined)[][]> {
  const rows: (string | undefined)[][] = []
  for await (const row of readCsvRows(typeof text === 'string' ? Readable.from([Buffer.from(text)]) : text, names))
    rows.push([...row.cells])
  return rows
}

async function refused(text: string | Readable, message: RegExp): Promise<void> {
  try {
    await rowsOf(text)
  } catch (error) {
    assert.is((error as SluiceError).code, 'INPUT_INVALID')
    assert.match((error as Error).message, message)
    return
  }
  assert.unreachable('was read')
}

test('separator, header, order, line ends, quotes and byte order mark are recognized from the content', async () => {
  const expected = [
    ['7.4', '3.5', 'dark, "red"'],
    ['7', undefined, undefined],
  ]
  for (const separator of [',', ';', '\t']) {
    for (const newline of ['\n', '\r\n']) {
      for (const mark of ['', '\ufeff']) {
        const lines = [
          ['PH', 'Fixed Acidity', '"Colour"', 'more;, of it'],
          ['3.5', '7.4', '"dark, ""red"""', '1'],
          ['', '7', '""', ''],
        ]
        const text =
          mark + lines.map((cells, at) => (at === 0 ? [...cells.slice(0, 3), '"more;, of it"'] : cells).join(separator)).join(newline)
        assert.equal(await rowsOf(text), expected)
        assert.equal(await rowsOf(text + newline), expected)
      }
    }
  }
})

test('a first line of numbers is data in the order of the fields; more columns are ignored', async () => {
  assert.equal(await rowsOf('7.4;3.5;1;99\n7;;2;98'), [
    ['7.4', '3.5', '1'],
    ['7', undefined, '2'],
  ])
  const file = await openCsv(Readable.from([Buffer.from(';;1\n')]), fields)
  assert.is(file.header, undefined)
  assert.is(file.separator, ';')
  await refused('1;2\n', /no header and only 2 columns for the 3 fields/)
})

test('a field without a column is named and missing in each row', async () => {
  const file = await openCsv(Readable.from([Buffer.from('pH,x\n3,1\n')]), fields)
  assert.equal(file.absent, ['fixed_acidity', 'colour'])
  assert.equal(file.header, ['pH', 'x'])
  const rows = []
  for await (const row of file.rows) rows.push(row)
  assert.equal(rows, [{ line: 2, cells: [undefined, '3', undefined] }])
  await refused('a,b\n1,2\n', /none of the fields fixed_acidity, pH, colour; its first line is: a, b/)
})

test('a row of another length than the first, and quotes without an end, are refused with their line', async () => {
  await refused('pH,colour\n1,a\n2\n', /line 3 of the input has 1 cells, the first line has 2/)
  await refused('pH,colour\n1,a\n2,b,c\n', /line 3 of the input has 3 cells/)
  await refused('pH,colour\n\n"1\n2",a\n2,"b\n', /line \d of the input cannot be read: .*[Qq]uote/)
  await refused('', /no rows/)
  await refused('\n\n', /no rows/)
})

test('a missing file and a broken stream are reported', async () => {
  try {
    await openCsv('/nowhere/rows.csv', fields)
    assert.unreachable('was opened')
  } catch (error) {
    assert.match((error as Error).message, /\/nowhere\/rows\.csv cannot be read: ENOENT/)
  }
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.from('pH\n1\n')
    throw new Error('line went dead')
  }
  await refused(Readable.from(broken()), /the input cannot be read: line went dead/)
})

test('rows are read while the file is being written, in chunks that are cut anywhere; ending early closes the file', async () => {
  const text = `pH,colour\n${Array.from({ length: 5000 }, (_, at) => `${at},é${at}`).join('\n')}`
  const bytes = Buffer.from(text)
  const chunks = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) => bytes.subarray(at * 7, at * 7 + 7))
  const rows = await rowsOf(Readable.from(chunks), ['colour', 'pH'])
  assert.is(rows.length, 5000)
  assert.equal(rows[4999], ['é4999', '4999'])
  const dir = mkdtempSync(join(tmpdir(), 'sluice-csv-'))
  try {
    const path = join(dir, 'rows.csv')
    writeFileSync(path, `${'1,2\n'.repeat(200000)}3`)
    const source = createReadStream(path)
    let seen = 0
    for await (const row of readCsvRows(source, ['a', 'b'])) {
      assert.equal(row, { line: ++seen, cells: ['1', '2'] })
      if (seen === 3) break
    }
    if (!source.closed) await once(source, 'close')
    assert.ok(source.destroyed)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

const reference = new URL('../../../shared/models/winequality_red.csv', import.meta.url).pathname
test('the reference wine file gives its 1599 rows', async () => {
  if (!existsSync(reference)) return console.log('skipped: no reference models beside the project')
  const names = wineRecordReader().specs.map(spec => spec.name)
  const rows: (readonly (string | undefined)[])[] = []
  for await (const row of readCsvRows(reference, names)) rows.push(row.cells)
  assert.is(rows.length, 1599)
  assert.equal(rows[0], ['7.4', '0.7', '0', '1.9', '0.076', '11', '34', '0.9978', '3.51', '0.56', '9.4'])
})

test('the wanted columns may depend on the first line, and an option says that it is data', async () => {
  const source = (text: string): Readable => Readable.from([Buffer.from(text)])
  const seen: unknown[] = []
  const file = await openCsv(source('b;a\n1;2\n'), outline => {
    seen.push(outline)
    return [1]
  })
  assert.equal(seen, [{ header: ['b', 'a'], width: 2 }])
  for await (const { cells } of file.rows) assert.equal(cells, ['2'])
  const data: unknown[] = []
  for await (const { cells } of (await openCsv(source('x,y\nz,1\n'), ['a', 'b'], { header: false })).rows) data.push(cells)
  assert.equal(data, [
    ['x', 'y'],
    ['z', '1'],
  ])
  assert.equal((await openCsv(source('1,2\n3,4\n'), ['1'], { header: true })).header, ['1', '2'])
})

test('text is not trimmed, except if the first line has blanks around quotes', async () => {
  assert.equal(await rowsOf('pH,colour\n 1 , b\n2," c "\n3, "d" \n'), [
    [undefined, ' 1 ', ' b'],
    [undefined, '2', ' c '],
    [undefined, '3', ' "d" '],
  ])
  assert.equal(await rowsOf('"pH", "colour"\n1, "a, b"\n2 , c\n'), [
    [undefined, '1', 'a, b'],
    [undefined, '2', 'c'],
  ])
})

test('columns are found by exact names first; ambiguous columns or fields are refused', async () => {
  assert.equal(await rowsOf('x1,X_1,x_1\n1,2,3\n', ['x_1', 'x1']), [['3', '1']])
  assert.equal(await rowsOf('X1,x1\n1,2\n', ['x_1', 'x1']), [['1', '2']])
  const fails = async (text: string, names: readonly string[]): Promise<unknown> => rowsOf(text, names).catch((error: unknown) => error)
  assert.match(String(await fails('X1,x1\n1,2\n', ['x_1', 'y'])), /several columns that match field x_1: "X1", "x1"; rename all but one/)
  assert.match(String(await fails('X1\n1\n', ['x_1', 'x1'])), /column X1 matches the fields x_1 and x1; give it exactly/)
  assert.match(String(await fails('x,x\n1,2\n', ['x'])), /several columns that match field x/)
})

test('texts that mean a missing value; rows of another length than the first are reported if an option asks for it', async () => {
  const read = async (text: string, names: readonly string[], options: CsvOptions): Promise<unknown[]> => {
    const rows: unknown[] = []
    for await (const row of (await openCsv(Readable.from([Buffer.from(text)]), names, options)).rows) rows.push(row)
    return rows
  }
  const missing = new Set(['NA', '?'])
  assert.equal(await read('NA,1\n ?,NAN\n', ['a', 'b'], { missing }), [
    { line: 1, cells: [undefined, '1'] },
    { line: 2, cells: [undefined, 'NAN'] },
  ])
  assert.equal(await read('a,b\n1\n\n1,2\n', ['b'], { tellFaults: true }), [
    { line: 2, cells: [undefined], fault: 'has 1 cells, the first line has 2' },
    { line: 4, cells: ['2'] },
  ])
})

test('with one column, a blank line is a row with a missing value', async () => {
  assert.equal(await rowsOf('\npH\n1\n\n2\n', ['pH']), [['1'], [undefined], ['2']])
})

test.run()
