import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rowEncoder } from '../../../cli/commands/csv-records.ts'
import { openRows, type RowInput, timeOf } from '../../../cli/commands/sent-rows.ts'
import { resolveClientConfig } from '../../../cli/config/config.ts'
import { type SluiceError, messageOf } from '../../../base/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'sluice-rows-'))
const flags = { dataFormat: 'json', dataFeatures: 'amount,country:text' }
const encoder = rowEncoder(resolveClientConfig({ flags, env: {}, readFile: () => '' }).data, 'orders')

async function recordsOf(name: string, content: string, input: Partial<RowInput> = {}) {
  const path = join(directory, name)
  writeFileSync(path, content)
  const given = {
    path,
    format: undefined,
    encoder,
    header: true,
    missing: undefined,
    keyColumn: undefined,
    timeColumn: undefined,
    ...input,
  }
  const { rows, recordOf } = await openRows(given, new AbortController().signal)
  const records: unknown[] = []
  for await (const row of rows) {
    try {
      const { key, value, timestamp } = recordOf(row)
      records.push([key && String(key), String(value), timestamp])
    } catch (error) {
      records.push(messageOf(error))
    }
  }
  return records
}

const sent = suite('rows as records')

sent.after(() => rmSync(directory, { recursive: true }))

const value = '{"amount":2,"country":"DE","dataType":"orders"}'

sent('key and time from columns, of CSV and of JSON lines; a key may be one of the fields', async () => {
  const columns = { keyColumn: 'country', timeColumn: 'at' }
  const expected = [['DE', value, 1_700_000_000_000]]
  assert.equal(await recordsOf('a.csv', 'at,amount,country\n1700000000,2,DE\n', columns), expected)
  assert.equal(await recordsOf('a.jsonl', '{"at":1700000000000,"amount":2,"country":"DE"}\n', columns), expected)
  assert.equal(await recordsOf('b.csv', '2,49,1700000000\n', columns), [['49', value.replace('DE', '49'), 1_700_000_000_000]])
  assert.equal(
    await recordsOf('c.txt', '{"at":"2023-11-14T22:13:20Z","amount":2,"country":"DE"}\n', { ...columns, format: 'json' }),
    expected,
  )
})

sent('without such columns a row gives neither', async () => {
  assert.equal(await recordsOf('d.csv', 'amount,country\n2,DE\n'), [[undefined, value, undefined]])
})

sent('what is wrong with a row is told with line and column; other rows are read', async () => {
  const csv = 'amount,country,at,id\nmuch,DE,1,a\n2,DE,,b\n2,DE,soon,c\n2,DE,1,\n2,DE\n2,DE,1,d\n'
  assert.equal(await recordsOf('e.csv', csv, { keyColumn: 'id', timeColumn: 'at' }), [
    'line 2: amount is "much", not a number',
    'line 3: at is empty, but the record needs it',
    'line 4: at is "soon", not a time: allowed are ISO 8601 (2026-01-31T12:00:00Z), and seconds or milliseconds since 1970',
    'line 5: id is empty, but the record needs it',
    'line 6 has 2 cells, the first line has 4',
    ['d', value, 1000],
  ])
})

sent('without a header there may be text, with a word for it', async () => {
  const columns = { keyColumn: 'id', timeColumn: 'at', header: false }
  const rows = '2,DE,a,2023-11-14T22:13:20Z\n2,DE,b,1700000000\n'
  assert.equal(await recordsOf('g.csv', rows, columns), [
    ['a', value, 1_700_000_000_000],
    ['b', value, 1_700_000_000_000],
  ])
})

sent('a key that UTF-8 cannot express is no key, instead of one that others have', async () => {
  const rows = '{"amount":2,"country":"DE","id":"\\ud800"}\n{"amount":2,"country":"DE","id":"\\ud83d\\ude00"}\n'
  assert.equal(await recordsOf('h.jsonl', rows, { keyColumn: 'id' }), [
    'line 1: id cannot be sent: "\\ud800" cannot be encoded as UTF-8: it contains half of a surrogate pair',
    ['😀', value, undefined],
  ])
})

sent('the same in the text of CSV records; in JSON it is written as an escape', async () => {
  const rows = '{"amount":2,"country":"\\ud800"}\n'
  assert.equal(await recordsOf('i.jsonl', rows), [[undefined, value.replace('DE', '\\ud800'), undefined]])
  const csv = rowEncoder(resolveClientConfig({ flags: { ...flags, dataFormat: 'csv' }, env: {}, readFile: () => '' }).data, 'orders')
  const [said] = await recordsOf('i.jsonl', rows, { encoder: csv })
  assert.match(String(said), /^line 1: the row cannot be sent: .* half of a surrogate pair$/)
})

sent('a column that the file does not have is an error at once', async () => {
  const failed = await recordsOf('f.csv', 'amount,country\n2,DE\n', { keyColumn: 'id' }).then(
    () => undefined,
    (error: SluiceError) => error,
  )
  assert.is(failed?.code, 'INPUT_INVALID')
  assert.match(String(failed?.message), /f\.csv has no column id; its first line is: amount, country$/)
})

for (const [cell, expected] of [
  ['0', 0],
  ['1700000000.25', 1_700_000_000_250],
  ['99999999999', 99_999_999_999_000],
  ['100000000000', 100_000_000_000],
  ['2026-01-31', Date.UTC(2026, 0, 31)],
  ['2026-01-31T12:30', Date.UTC(2026, 0, 31, 12, 30)],
  [' 2026-01-31 12:30:15,5+0130 ', Date.UTC(2026, 0, 31, 11, 0, 15, 500)],
  ['2026-01-31T12:30:15.123456789Z', Date.UTC(2026, 0, 31, 12, 30, 15, 123)],
] as const) {
  sent(`time ${cell}`, () => assert.is(timeOf(cell, 1, 'at'), expected))
}

for (const cell of ['', 'NaN', '-1', 'inf', '1e300', '2026-02-30', '2026-13-01', '2026-01-31T25:00', '31.01.2026', 'Z']) {
  sent(`no time: ${cell}`, () => assert.throws(() => timeOf(cell, 7, 'at'), /^line 7: at is /))
}

sent.run()
