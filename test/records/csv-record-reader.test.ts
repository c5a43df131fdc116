import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ColumnBatch } from '../../records/column-batch.ts'
import { csvRecordReader } from '../../records/csv-record-reader.ts'
import type { SluiceError } from '../../base/sluice-error.ts'

const test = suite('csvRecordReader')

const reader = csvRecordReader([
  { name: 'pH', kind: 'number' },
  { name: 'colour', kind: 'text' },
  { name: 'alcohol', kind: 'number' },
])

function read(line: string): (number | string | undefined)[] {
  const batch = new ColumnBatch(reader.specs, 2)
  assert.is(reader.read(Buffer.from(line), batch, 1), '', 'the key tells the data type')
  return batch.columns.map(column => (column.kind === 'number' && column.missing[1] === 1 ? undefined : column.values[1]))
}

const good: Record<string, (number | string | undefined)[]> = {
  '3.2,red,9.4': [3.2, 'red', 9.4],
  '3.2;red;9.4;further;cells': [3.2, 'red', 9.4],
  '-1e3\t"a\t""b"""\t.5\r\n': [-1000, 'a\t"b"', 0.5],
  '1,"a;b",2': [1, 'a;b', 2],
  ',,': [undefined, undefined, undefined],
  ' 3 , red , 0 ': [3, ' red ', 0],
  ' ,  , ': [undefined, '  ', undefined],
  '\ufeffNaN,NaN,-inf\n': [undefined, 'NaN', -Infinity],
}
for (const [line, cells] of Object.entries(good)) test(JSON.stringify(line), () => assert.equal(read(line), cells))

const bad: Record<string, RegExp> = {
  '3.2,red': /2 cells for 3 fields/,
  '3.2,red,strong': /alcohol is "strong", not a number/,
  '3.2,red,1e999': /alcohol is "1e999"/,
  '3.2,"red,9.4': /not a CSV record/,
  '1,a,2\n3,b,4': /several lines/,
  '': /1 cells/,
}
for (const [line, message] of Object.entries(bad)) {
  test(`refuses ${JSON.stringify(line)}`, () => {
    assert.throws(
      () => read(line),
      (error: SluiceError) => error.code === 'RECORD_UNDECODABLE' && message.test(error.message),
    )
  })
}

test('integers of 64 bits are kept exactly', () => {
  const batch = new ColumnBatch(reader.specs, 1)
  reader.read(Buffer.from('9007199254740993,,18446744073709551615'), batch, 0)
  const exact = batch.columns.map(column => (column.kind === 'number' ? column.exact?.[0] : undefined))
  assert.equal(exact, [9007199254740993n, undefined, -1n])
  batch.clear()
  reader.read(Buffer.from('1,,2.5'), batch, 0)
  assert.ok(batch.columns.every(column => column.kind === 'text' || column.exact === undefined))
})

test.run()
