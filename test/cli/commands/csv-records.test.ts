import { Readable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { resolveClientConfig } from '../../../cli/config/config.ts'
import { type RowEncoder, rowEncoder } from '../../../cli/commands/csv-records.ts'
import { aheadOf } from '../../../cli/commands/pace.ts'
import { spans } from '../../../cli/commands/sending.ts'
import { ColumnBatch } from '../../../records/column-batch.ts'
import { csvRecordReader } from '../../../records/csv-record-reader.ts'
import { readCsvRows } from '../../../records/csv-rows.ts'
import { sluice } from '../../../proto/messages.js'
import { SluiceError } from '../../../base/sluice-error.ts'

function encoder(flags: Record<string, string>, dataType = 'wine'): RowEncoder {
  return rowEncoder(resolveClientConfig({ flags, env: {}, readFile: () => '' }).data, dataType)
}

async function records(csv: string, using: RowEncoder): Promise<Uint8Array[]> {
  const encoded: Uint8Array[] = []
  for await (const row of readCsvRows(Readable.from([csv]), using.fields)) encoded.push(using.encode(row))
  return encoded
}

const wine = suite('csv to WineRecord')

wine('every field, by name or by place; the data type is in the record', async () => {
  const numbers = [7.4, 0.7, 0, 1.9, 0.076, 11, 34, 0.9978, 3.51, 0.56, 9.4]
  const names = encoder({}).fields
  const expected = { ...Object.fromEntries(names.map((name, at) => [name, numbers[at]])), dataType: 'wine' }
  const byPlace = await records(`${numbers.join(';')};5`, encoder({}))
  const reversed = `${[...names].reverse().join(',').toUpperCase().replaceAll('_', ' ')}\n${[...numbers].reverse().join(',')}\n`
  const byName = await records(reversed, encoder({}))
  for (const [first] of [byPlace, byName]) {
    assert.equal(sluice.WineRecord.toObject(sluice.WineRecord.decode(first as Uint8Array), { defaults: true }), expected)
  }
  assert.is(byPlace.length + byName.length, 2)
})

wine('a missing cell leaves its field unset', async () => {
  const [record] = await records('pH,alcohol,density\n,1e1,.5\n', encoder({}))
  const expected = sluice.WineRecord.encode({ density: 0.5, alcohol: 10, dataType: 'wine' }).finish()
  assert.equal(Buffer.from(record as Uint8Array), Buffer.from(expected))
})

for (const cell of ['abc', '0x10', 'NaNs', '1,5', '1e999', '--1']) {
  wine(`${cell} is no number: line and field are named`, async () => {
    try {
      await records(`pH;alcohol\n1;2\n3;${cell}\n`, encoder({}))
      assert.unreachable()
    } catch (error) {
      assert.is((error as SluiceError).code, 'INPUT_INVALID')
      assert.match((error as SluiceError).message, `line 3: alcohol is "${cell}"`)
    }
  })
}

wine('features must be fields of the message; other messages are refused', () => {
  assert.equal(encoder({ dataFeatures: 'pH,alcohol' }).fields, ['pH', 'alcohol'])
  assert.throws(() => encoder({ dataFeatures: 'pH,colour' }), /"colour" is not a field of WineRecord/)
  assert.throws(
    () => encoder({ dataSchema: 'a.proto', dataMessage: 'a.B' }),
    /"a.B" cannot be sent: rows are sent as WineRecord, JSON or CSV/,
  )
})

wine.run()

const json = suite('csv to JSON')

json('numbers and text as the features say; the data type in its field', async () => {
  const flags = { dataFormat: 'json', dataFeatures: 'amount,country:text,code:text', dataDataTypeField: 'kind' }
  const found = await records('country,amount,code,extra\nFR,12.5,007,x\n,,8,y\n', encoder(flags, 'orders'))
  assert.equal(
    found.map(record => JSON.parse(Buffer.from(record).toString()) as unknown),
    [
      { amount: 12.5, country: 'FR', code: '007', kind: 'orders' },
      { code: '8', kind: 'orders' },
    ],
  )
})

json('whole numbers of 64 bits exactly, infinities, blanks around text; NaN is left out', async () => {
  const flags = { dataFormat: 'json', dataFeatures: 'amount,country:text', dataDataTypeField: 'kind' }
  const csv = 'country,amount\n b,9007199254740993\n c ,-inf\nNaN,nan\n ,  \n'
  const found = await records(csv, encoder(flags, 'orders'))
  assert.equal(
    found.map(record => Buffer.from(record).toString()),
    [
      '{"amount":9007199254740993,"country":" b","kind":"orders"}',
      '{"amount":-1e999,"country":" c ","kind":"orders"}',
      '{"country":"NaN","kind":"orders"}',
      '{"country":" ","kind":"orders"}',
    ],
  )
})

json.run()

const csv = suite('rowEncoder: CSV records')

csv('sent rows are read back, including text with separators and quotes', () => {
  const specs = [
    { name: 'pH', kind: 'number' },
    { name: 'note', kind: 'text' },
    { name: 'alcohol', kind: 'number' },
  ] as const
  const lines = encoder({ dataFormat: 'csv', dataFeatures: 'pH,note:text,alcohol' })
  const batch = new ColumnBatch(specs, 1)
  const exact = lines.encode({ line: 1, cells: ['9007199254740993', ' b\r', '-inf'] })
  assert.is(Buffer.from(exact).toString(), '9007199254740993," b\r",-Infinity')
  csvRecordReader(specs).read(lines.encode({ line: 1, cells: ['3.2', 'a;b, "c"', undefined] }), batch, 0)
  assert.equal(
    batch.columns.map(column => column.values[0]),
    [3.2, 'a;b, "c"', NaN],
  )
})

csv.run()

const pace = suite('send: pace and offsets')

pace('returns the time by which sending is ahead of the rate', () => {
  for (const [sent, rate, elapsed, ahead] of [
    [0, 100, 0, 0],
    [10, 100, 0, 100],
    [10, 100, 250, -150],
    [1, 0.5, 0, 2000],
    [1_000_000, undefined, 0, 0],
  ] as const) {
    assert.is(aheadOf(sent, rate, elapsed), ahead)
  }
})

pace('counts written records by partition', () => {
  const ranges = [
    { partition: 1, offset: 7, count: 3 },
    { partition: 0, offset: 0, count: 1 },
    { partition: 1, offset: 12, count: 2 },
  ]
  assert.equal(spans(ranges), [
    { partition: 0, firstOffset: 0, lastOffset: 0, records: 1 },
    { partition: 1, firstOffset: 7, lastOffset: 13, records: 5 },
  ])
})

pace.run()
