import { Readable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readJsonLines } from '../../records/json-lines.ts'
import type { CsvRow } from '../../records/csv-rows.ts'
import type { SluiceError } from '../../base/index.ts'

const specs = [
  { name: 'amount', kind: 'number' },
  { name: 'country', kind: 'text' },
] as const

async function rowsOf(chunks: readonly (string | Buffer)[], options = {}): Promise<CsvRow[]> {
  const rows: CsvRow[] = []
  for await (const row of readJsonLines(Readable.from(chunks, { objectMode: false }), specs, options)) rows.push(row)
  return rows
}

const lines = suite('JSON lines')

lines('cells are the properties of exactly the names; null and absent are missing; the last line needs no end', async () => {
  const rows = await rowsOf([
    '\ufeff{"amount":1.50,"country":"DE","other":[1]}\r\n\n{"amo',
    'unt":null,"country":""}\n{"country":7,"amount":true}',
  ])
  assert.equal(rows, [
    { line: 1, cells: ['1.5', 'DE'] },
    { line: 3, cells: [undefined, ''] },
    { line: 4, cells: ['1', '7'] },
  ])
})

lines('a whole number of 64 bits keeps its digits', async () => {
  const [row] = await rowsOf(['{"amount":9223372036854775807}'])
  assert.is(row?.cells[0], '9223372036854775807')
})

lines('a text of the missing ones is no value', async () => {
  const [row] = await rowsOf(['{"amount":"NA","country":"NA"}'], { missing: new Set(['NA']) })
  assert.equal(row?.cells, [undefined, undefined])
})

for (const [line, fault] of [
  ['{"amount":', /line 2 of the input is not JSON: /],
  ['[1]', /line 2 of the input is not a JSON object$/],
  ['{"amounts":1}', /line 2 of the input has none of the fields amount, country$/],
  ['{"amount":{"value":1}}', /line 2 of the input has no single value in amount, but \{"value":1\}$/],
  [Buffer.from([0x7b, 0xff, 0x7d]), /line 2 of the input is not UTF-8 text$/],
] as const) {
  lines(`bad line ${String(line)}: it is named, or told with its row`, async () => {
    const input = [Buffer.from('{"amount":1}\n'), Buffer.from(line), Buffer.from('\n{"amount":2}\n')]
    try {
      await rowsOf(input)
      assert.unreachable()
    } catch (error) {
      assert.is((error as SluiceError).code, 'INPUT_INVALID')
      assert.match((error as SluiceError).message, fault)
    }
    const told = await rowsOf(input, { tellFaults: true })
    assert.equal(
      told.map(row => row.fault === undefined),
      [true, false, true],
    )
  })
}

lines('an input without a line is an error, and so is one that cannot be read', async () => {
  const failures = await Promise.allSettled([rowsOf(['\n \n']), readJsonLines('/does/not/exist', specs).next()])
  const [empty, absent] = failures.map(failure => (failure.status === 'rejected' ? (failure.reason as SluiceError) : undefined))
  assert.equal([empty?.code, empty?.message], ['INPUT_INVALID', 'the input has no rows'])
  assert.equal([absent?.code, absent?.message.startsWith('/does/not/exist cannot be read: ')], ['INPUT_INVALID', true])
})

lines('memory stays the same however long the input is', async () => {
  const chunk = Buffer.from(`{"amount":1,"country":"${'x'.repeat(1000)}"}\n`.repeat(64))
  function* endless(): Generator<Buffer> {
    for (let at = 0; at < 3000; at++) yield chunk
  }
  let rows = 0
  let most = 0
  for await (const row of readJsonLines(Readable.from(endless(), { objectMode: false }), specs)) {
    rows += row.cells.length
    if (rows % 20_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed)
  }
  assert.is(rows, 2 * 64 * 3000)
  assert.ok(most < 150 * 2 ** 20, `${most} bytes of heap for 190 MB of input`)
})

lines.run()
