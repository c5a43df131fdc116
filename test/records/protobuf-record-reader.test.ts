import * as assert from 'uvu/assert'
import * as fc from 'fast-check'
import { suite } from 'uvu'
import { type Column, ColumnBatch } from '../../records/column-batch.ts'
import { sluice } from '../../proto/messages.js'
import { protobufRecordReader, wineRecordReader } from '../../records/protobuf-record-reader.ts'
import { parseSchema } from '../../records/protobuf-schema.ts'
import type { RecordReader } from '../../records/record-reader.ts'
import { type ScalarType, scalarTypes } from '../../records/scalar-types.ts'
import { protobufRecordReaderFromSchema } from '../../records/schema-record-reader.ts'
import { SluiceError } from '../../base/sluice-error.ts'

const test = suite('protobufRecordReader')

const names = wineRecordReader().specs.map(spec => spec.name)

/** A row's cells as plain values; undefined: missing. */
function rowOf(batch: ColumnBatch, row: number): (number | string | undefined)[] {
  return batch.columns.map((column: Column) =>
    column.kind === 'text' ? column.values[row] : column.missing[row] === 1 ? undefined : column.values[row],
  )
}

function readOne(
  reader: RecordReader,
  bytes: Uint8Array,
): { dataType: string; cells: (number | string | undefined)[]; batch: ColumnBatch } {
  const batch = new ColumnBatch(reader.specs, 2)
  const dataType = reader.read(bytes, batch, 1)
  return { dataType, cells: rowOf(batch, 1), batch }
}

function undecodable(reader: RecordReader, bytes: Uint8Array, message: RegExp): void {
  try {
    reader.read(bytes, new ColumnBatch(reader.specs, 1), 0)
  } catch (error) {
    assert.instance(error, SluiceError)
    assert.is((error as SluiceError).code, 'RECORD_UNDECODABLE')
    assert.match((error as SluiceError).message, message)
    return
  }
  assert.unreachable(`decoded ${Buffer.from(bytes).toString('hex')}`)
}

const doubles = fc.double({ noNaN: true })
const wine = fc.record(Object.fromEntries(names.map(name => [name, doubles])), { requiredKeys: [] })

test('reads the output of the generated encoder, at any place of a buffer', () => {
  const reader = wineRecordReader()
  const batch = new ColumnBatch(reader.specs, 4)
  fc.assert(
    fc.property(wine, fc.string({ unit: 'grapheme' }), fc.nat(20), fc.nat(3), (fields, dataType, shift, row) => {
      const bytes = sluice.WineRecord.encode({ ...fields, dataType }).finish()
      const shifted = new Uint8Array(bytes.length + shift + 3).subarray(shift, shift + bytes.length)
      shifted.set(bytes)
      const expected = names.map(name => (fields as Record<string, number | undefined>)[name] ?? 0)
      for (const input of [bytes, shifted]) {
        assert.is(reader.read(input, batch, row), dataType)
        assert.equal(rowOf(batch, row), expected)
      }
    }),
    { numRuns: 500 },
  )
})

const everyType = [...scalarTypes] as ScalarType[]
const everySchema = `syntax = "proto3"; message Every { ${everyType.map((type, at) => `${type} f_${type} = ${at + 1}; optional ${type} o_${type} = ${at + 301};`).join(' ')} }`
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const int64 = fc.maxSafeInteger()
const values: Record<ScalarType, fc.Arbitrary<number | string | boolean>> = {
  double: doubles,
  float: doubles.map(Math.fround),
  int32,
  int64,
  uint32,
  uint64: fc.maxSafeNat(),
  sint32: int32,
  sint64: int64,
  bool: fc.boolean(),
  fixed32: uint32,
  fixed64: fc.maxSafeNat(),
  sfixed32: int32,
  sfixed64: int64,
  string: fc.string({ unit: 'grapheme' }),
}

test('reads every scalar type, with and without presence, in any order', () => {
  const reader = protobufRecordReaderFromSchema(everySchema, 'Every')
  const type = parseSchema(everySchema).message<Record<string, unknown>>('Every')
  const fields = everyType.flatMap(name => [[`f_${name}`, values[name]] as const, [`o_${name}`, values[name]] as const])
  fc.assert(
    fc.property(fc.record(Object.fromEntries(fields), { requiredKeys: [] }), fc.boolean(), (message, reversed) => {
      const parts = Object.entries(message).map(([name, value]) => type.encode({ [name]: value }))
      const { cells, batch } = readOne(reader, Buffer.concat(reversed ? parts.reverse() : parts))
      const expected = reader.specs.map(({ name, kind }) => {
        const value = (message as Record<string, number | string | boolean | undefined>)[name]
        if (value === undefined) return name.startsWith('o_') ? undefined : kind === 'text' ? '' : 0
        return typeof value === 'boolean' ? Number(value) : value
      })
      // A negative zero of an integer type has no place on the wire.
      assert.equal(cells.map(noSign), expected.map(noSign))
      for (const [at, column] of batch.columns.entries()) {
        if (column.kind === 'number') assert.is(column.hasMissing, cells[at] === undefined)
      }
    }),
    { numRuns: 300 },
  )
})

function noSign(value: number | string | undefined): number | string | undefined {
  return value === 0 ? 0 : value
}

test('random bytes, and records with changed or missing bytes, are read or refused as undecodable', () => {
  const reader = protobufRecordReaderFromSchema(everySchema, 'Every', { dataTypeField: 'o_string' })
  const batch = new ColumnBatch(reader.specs, 1)
  const wineReader = wineRecordReader()
  const wineBatch = new ColumnBatch(wineReader.specs, 1)
  let refused = 0
  const attempt = (bytes: Uint8Array): void => {
    for (const [each, into] of [[reader, batch] as const, [wineReader, wineBatch] as const]) {
      try {
        assert.type(each.read(bytes, into, 0), 'string')
      } catch (error) {
        assert.is((error as SluiceError).code, 'RECORD_UNDECODABLE')
        refused++
      }
    }
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), attempt), { numRuns: 3000 })
  const valid = sluice.WineRecord.encode({ fixed_acidity: 7, pH: 3.3, alcohol: 11, dataType: 'wine' }).finish()
  fc.assert(
    fc.property(fc.nat(valid.length - 1), fc.nat(255), fc.nat(valid.length), (at, byte, end) => {
      const changed = Uint8Array.from(valid)
      changed[at] = byte
      attempt(changed.subarray(0, end))
    }),
    { numRuns: 3000 },
  )
  assert.ok(refused > 1000)
})

test('a record that is truncated within a field is refused, with the byte', () => {
  const reader = wineRecordReader()
  const bytes = sluice.WineRecord.encode({ fixed_acidity: 7, pH: 3.3, dataType: 'wine' }).finish()
  const whole = [0, 9, 18, 24]
  for (let end = 0; end <= bytes.length; end++) {
    if (whole.includes(end)) assert.type(readOne(reader, bytes.subarray(0, end)).dataType, 'string')
    else undecodable(reader, bytes.subarray(0, end), new RegExp(`^not a WineRecord: .* at byte \\d+ of ${end}$`))
  }
})

test('unknown fields are skipped by wire type, and the last value of a field is used', () => {
  const reader = wineRecordReader()
  const skipped = Buffer.from('a006ff01 a1060102030405060708 a20603616263 a50601020304'.replaceAll(' ', ''), 'hex')
  const twice = ['one', 'two'].map((dataType, at) => sluice.WineRecord.encode({ pH: at + 3, dataType }).finish())
  const { dataType, cells } = readOne(reader, Buffer.concat([skipped, ...twice, skipped]))
  assert.is(dataType, 'two')
  assert.is(cells[8], 4)
})

test('refuses wire types that are not the field’s own, groups, endless numbers, field 0, text that is not UTF-8', () => {
  const reader = wineRecordReader()
  undecodable(reader, Buffer.from('0801', 'hex'), /field fixed_acidity \(1\) has wire type 0, which does not match its type, at byte 0/)
  undecodable(reader, Buffer.from('6001', 'hex'), /field dataType \(12\) has wire type 0/)
  undecodable(reader, Buffer.from('a306', 'hex'), /a group/)
  undecodable(reader, Buffer.from('a406', 'hex'), /a group/)
  undecodable(reader, Buffer.from('a606', 'hex'), /wire type 6/)
  undecodable(reader, Buffer.from('0001', 'hex'), /field number 0/)
  undecodable(reader, Buffer.from('a006ffffffffffffffffffff01', 'hex'), /more than 64 bits, at byte 2/)
  undecodable(reader, Buffer.from('a006ffffffffffffffffff02', 'hex'), /more than 64 bits/)
  undecodable(reader, Buffer.from('ffffffffff7f', 'hex'), /field number that is out of range/)
  undecodable(reader, Buffer.from('6202c328', 'hex'), /not UTF-8, at byte 2/)
  undecodable(reader, Buffer.from('62ffffffff0f61', 'hex'), /beyond the end/)
  const far = protobufRecordReader({ fields: [{ number: 1000, name: 'far', type: 'int32' }] })
  undecodable(far, Buffer.from('c13e0102030405060708', 'hex'), /field far \(1000\) has wire type 1/)
  assert.equal(readOne(far, Buffer.from('c03e05', 'hex')).cells, [5])
})

test('many alternating data types are distinguished', () => {
  const reader = wineRecordReader()
  const batch = new ColumnBatch(reader.specs, 1)
  const types = Array.from({ length: 20000 }, (_, at) => (at % 500 === 0 ? `${'long'.repeat(30)}${at}` : `type-${at}`))
  const records = types.map(dataType => sluice.WineRecord.encode({ dataType }).finish())
  for (let round = 0; round < 2; round++) {
    assert.equal(
      records.map(record => reader.read(record, batch, 0)),
      types,
    )
  }
})

test('decoded values do not change when the memory of the record is reused', () => {
  const reader = wineRecordReader()
  const batch = new ColumnBatch(reader.specs, 1)
  const memory = Buffer.from(sluice.WineRecord.encode({ dataType: 'aa' }).finish())
  assert.is(reader.read(memory, batch, 0), 'aa')
  memory.write('bb', memory.length - 2)
  assert.is(reader.read(memory, batch, 0), 'bb')
  memory.write('aa', memory.length - 2)
  assert.is(reader.read(memory, batch, 0), 'aa')
})

test('fields of a schema are chosen by name, and reported if they cannot be columns', () => {
  const schema = `syntax = "proto3"; package p; enum Colour { RED = 0; WHITE = 3; } message Inner { double x = 1; }
    message Row { string kind = 1; Colour colour = 2; repeated double list = 3; Inner inner = 4; optional float amount = 5; map<string, int32> m = 6; google.protobuf.Timestamp when = 10; bytes raw = 7; oneof either { int32 left = 8; } }`
  const all = protobufRecordReaderFromSchema(schema, 'p.Row', { dataTypeField: 'kind' })
  assert.equal(all.specs, [
    { name: 'colour', kind: 'number' },
    { name: 'amount', kind: 'number' },
    { name: 'left', kind: 'number' },
  ])
  const bytes = Buffer.concat([Buffer.from('0a03726564', 'hex'), Buffer.from('1003', 'hex')])
  const { dataType, cells } = readOne(all, bytes)
  assert.is(dataType, 'red')
  assert.equal(cells, [3, undefined, undefined])
  assert.equal(
    protobufRecordReaderFromSchema(schema, 'Row', { features: ['amount', 'colour'] }).specs.map(spec => spec.name),
    ['amount', 'colour'],
  )
  const wrong = (run: () => unknown, message: RegExp): void =>
    assert.throws(run, (error: SluiceError) => error.code === 'CONFIG_INVALID' && message.test(error.message))
  wrong(() => protobufRecordReaderFromSchema(schema, 'Row', { features: ['nope'] }), /no field nope; it has: kind, colour/)
  wrong(() => protobufRecordReaderFromSchema(schema, 'Row', { features: ['list'] }), /list of Row cannot be a feature/)
  wrong(() => protobufRecordReaderFromSchema(schema, 'Row', { dataTypeField: 'colour' }), /colour of Row cannot hold the data type/)
  wrong(() => protobufRecordReaderFromSchema(schema, 'Rows'), /no message Rows; it has: p.Inner, p.Row/)
  wrong(() => protobufRecordReaderFromSchema('message {', 'Row'), /cannot be read: .*line 1/)
  wrong(() => protobufRecordReader({ fields: [{ number: 0, name: 'x', type: 'bool' }] }), /not a protobuf field number/)
  wrong(
    () => protobufRecordReader({ fields: [{ number: 1, name: 'x', type: 'bool' }], dataTypeField: { number: 1, name: 'y' } }),
    /which another field has too/,
  )
})

test('integers of 64 bits are kept exactly, whatever their type', () => {
  const text =
    'syntax = "proto3"; message M { int64 a = 1; uint64 b = 2; sint64 c = 3; fixed64 d = 4; sfixed64 e = 5; double f = 6; int64 g = 7; }'
  const reader = protobufRecordReaderFromSchema(text, 'M')
  const bytes = Buffer.concat([
    Buffer.from([0x08, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]), // a = 2^53 + 1
    Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]), // b = 2^64 - 1
    Buffer.from([0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]), // c = -2^63
    Buffer.from('21ffffffffffffffff', 'hex'), // d = 2^64 - 1
    Buffer.from('290100000000000080', 'hex'), // e = -2^63 + 1
    Buffer.from('310000000000004043', 'hex'), // f = a double
    Buffer.from([0x38, 0x07]),
  ])
  const { batch } = readOne(reader, bytes)
  const exact = batch.columns.map(column => (column.kind === 'number' ? column.exact?.[1] : undefined))
  assert.equal(exact, [2n ** 53n + 1n, -1n, -(2n ** 63n), -1n, -(2n ** 63n) + 1n, undefined, undefined])
})

test.run()
