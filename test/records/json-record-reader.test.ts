import * as assert from 'uvu/assert'
import { suite } from 'uvu'
import { ColumnBatch } from '../../records/column-batch.ts'
import { jsonRecordReader } from '../../records/json-record-reader.ts'
import type { SluiceError } from '../../base/sluice-error.ts'
import { processorMs } from '../support/processor-time.ts'

const test = suite('jsonRecordReader')

const reader = jsonRecordReader({
  specs: [
    { name: 'pH', kind: 'number' },
    { name: 'organic', kind: 'number' },
    { name: 'constructor', kind: 'text' },
  ],
  dataTypeField: 'kind',
})

function read(record: unknown): { dataType: string; cells: (number | string | undefined)[] } {
  const batch = new ColumnBatch(reader.specs, 3)
  const dataType = reader.read(Buffer.from(typeof record === 'string' ? record : JSON.stringify(record)), batch, 2)
  return {
    dataType,
    cells: batch.columns.map(column => (column.kind === 'number' && column.missing[2] === 1 ? undefined : column.values[2])),
  }
}

test('numbers, booleans and text become cells', () => {
  assert.equal(read({ kind: 'wine', organic: true, pH: 3.2, constructor: 'é', other: [1] }), { dataType: 'wine', cells: [3.2, 1, 'é'] })
  assert.equal(read({ organic: false, pH: 0, constructor: '' }), { dataType: '', cells: [0, 0, ''] })
})

test('absent and null are missing', () => {
  assert.equal(read({ pH: null, kind: null }), { dataType: '', cells: [undefined, undefined, undefined] })
  const batch = new ColumnBatch(reader.specs, 1)
  reader.read(Buffer.from('{"pH":1}'), batch, 0)
  assert.equal(
    batch.columns.map(column => column.kind === 'number' && column.hasMissing),
    [false, true, false],
  )
})

test('numbers that JSON.parse rounds or refuses: 64 bits exactly, NaN and infinities as Python writes them', () => {
  const batch = new ColumnBatch(reader.specs, 1)
  const record = (pH: string): (number | bigint | undefined)[] => {
    batch.clear()
    reader.read(Buffer.from(`\ufeff{"constructor":"NaN 9007199254740993 \\" ","organic":1,"pH":${pH}}`), batch, 0)
    const [column] = batch.columns
    assert.is(batch.columns[2]?.values[0], 'NaN 9007199254740993 " ')
    return column?.kind === 'number' ? [column.values[0], column.missing[0], column.exact?.[0]] : []
  }
  assert.equal(record('9007199254740993'), [9007199254740992, 0, 9007199254740993n])
  assert.equal(record('-9223372036854775808'), [-(2 ** 63), 0, -(2n ** 63n)])
  assert.equal(record('0.12345678901234567'), [Number('0.12345678901234567'), 0, undefined])
  assert.equal(record('12345678901234567e3'), [Number('12345678901234567e3'), 0, undefined])
  assert.equal(record('NaN'), [NaN, 1, undefined])
  assert.equal(record('-Infinity'), [-Infinity, 0, undefined])
  assert.throws(() => record('01234567890123456789'), /not JSON/)
  assert.throws(() => record('NaNs'), /not JSON/)
  assert.throws(() => read('{"constructor":9007199254740993}'), /should be a text, not 9007199254740992/)
})

test('a value of another kind than the column is undecodable and named', () => {
  const refused: [unknown, RegExp][] = [
    [{ pH: '3.2' }, /field pH should be a number, not "3\.2"/],
    [{ constructor: 3 }, /field constructor should be a text, not 3/],
    [{ constructor: true }, /field constructor should be a text/],
    [{ organic: { value: 1 } }, /field organic should be a number, not \{"value":1\}/],
    [{ kind: 7 }, /field kind should be a string, the name of the data type, not 7/],
    ['[1,2]', /not a JSON object but \[1,2\]/],
    ['null', /not a JSON object but null/],
    ['{"pH":', /not JSON/],
    ['', /not JSON/],
  ]
  for (const [record, message] of refused) {
    assert.throws(
      () => read(record),
      (error: SluiceError) => error.code === 'RECORD_UNDECODABLE' && message.test(error.message),
      String(message),
    )
  }
})

test('nesting and numbers of any size: a cause in plain words, and at once', async () => {
  const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`
  const objects = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
  const cases: [string, RegExp][] = []
  for (const levels of [600, 100_000, 4_000_000])
    for (const deep of [nested(levels), objects(levels)])
      for (const record of [deep, `{"pH":${deep}}`, `{"pH":1234567890123456789,"other":${deep}}`])
        cases.push([record, /^the JSON is nested deeper than 512 levels: send it with less nesting$/])
  for (const digits of [400, 100_000, 9_000_000])
    for (const sign of ['', '-'])
      cases.push([
        `{"pH":${sign}${'7'.repeat(digits)}}`,
        digits > 100_000
          ? /^the JSON has a number of more than 100000 digits$/
          : new RegExp(`^field pH is a number of ${digits + sign.length} characters, which is too large`),
      ])
  for (const [record, message] of cases) {
    const took = await processorMs(() =>
      assert.throws(
        () => read(record),
        (error: SluiceError) => error.code === 'RECORD_UNDECODABLE' && message.test(error.message),
        `${record.slice(0, 20)} ${record.length}`,
      ),
    )
    assert.ok(took < 1500, `${record.slice(0, 20)} ${record.length}: ${took} ms`)
  }
  assert.equal(read(`{"pH":3,"other":${nested(500)},"constructor":${JSON.stringify('[{"\\'.repeat(3000))}}`).cells[0], 3)
})

test('what is refused for its nesting or its digits costs no more than its beginning', async () => {
  const nested = Buffer.from(`{"constructor":"[\\"[","pH":${'['.repeat(4_000_000)}`)
  const digits = Buffer.from(`{"pH":1,"other":${'7'.repeat(8_000_000)}}`)
  const batch = new ColumnBatch(reader.specs, 1)
  for (const bytes of [nested, digits]) {
    const took = await processorMs(() => {
      for (let at = 0; at < 100; at++)
        assert.throws(
          () => reader.read(bytes, batch, 0),
          (error: SluiceError) => error.code === 'RECORD_UNDECODABLE',
        )
    })
    assert.ok(took < 500, `100 records: ${took} ms of processor time`)
  }
})

test('large records are looked at as bytes: quotes, escapes and brackets in strings, and whatever comes after them', () => {
  const long = `${'["{'.repeat(30_000)}\\`
  assert.equal(read(`\ufeff{"kind":"é","pH":3,"other":{"${'7'.repeat(200_000)}":[[${JSON.stringify(long)}]]},"constructor":"end"}`), {
    dataType: 'é',
    cells: [3, undefined, 'end'],
  })
  assert.throws(() => read(`{"pH":"${'x'.repeat(70_000)}`), /not JSON/)
  assert.throws(() => read(`{"other":${JSON.stringify(long)},"pH":${'['.repeat(513)}`), /nested deeper than 512 levels/)
})

test('a number that no double can hold leaves no value of another record behind', () => {
  const batch = new ColumnBatch(reader.specs, 1)
  reader.read(Buffer.from('{"pH":3.5}'), batch, 0)
  batch.clear()
  assert.throws(() => reader.read(Buffer.from(`{"pH":${'9'.repeat(400)}}`), batch, 0), /too large for a double/)
})

test('long texts beside numbers of many digits are read', () => {
  for (const text of ['x'.repeat(9_000_000), '"'.repeat(3_000_000), '\\'.repeat(3_000_000), '1234567890123456789'])
    assert.equal(read({ pH: 0.12345678901234566, constructor: text, 'a"1234567890123456789': 1 }).cells, [
      0.12345678901234566,
      undefined,
      text,
    ])
})

test.run()
