import { type Column, type ColumnBatch, type ColumnSpec, isLarge, type TextColumn } from './column-batch.ts'
import type { RecordReader } from './record-reader.ts'
import { type ScalarType, numberOf, wholeOf, wireTypes } from './scalar-types.ts'
import { SluiceError } from '../base/index.ts'
import { checkedOptions, completeOptions } from '../base/options/index.ts'
import { protobufReaderTable } from './reader-option-tables.ts'
import { TextCache } from './text-cache.ts'
import { WireError, WireReader, wire } from './wire-reader.ts'

/** A field that becomes a column: numbers and booleans a number column, strings a text column. */
export interface ProtobufField {
  /** The field number in the schema. */
  readonly number: number
  /** The name in the schema, by which models find the column. */
  readonly name: string
  /** The type in the schema. */
  readonly type: ScalarType
  /** Whether the field is declared `optional` or is in a oneof: an absent field is missing then, otherwise it has the type's default, 0 or ''. */
  readonly optional?: boolean
}

/** The fields of a message to read. The order of `fields` is the order of the columns. */
export interface ProtobufRecordShape {
  /** The message's name, for errors. */
  readonly message?: string
  /** The fields that become columns. */
  readonly fields: readonly ProtobufField[]
  /** The string field with the record's data type; undefined: the records have none. */
  readonly dataTypeField?: { readonly number: number; readonly name: string }
}

/**
 * Reads protobuf messages. Unknown fields are skipped. If a field occurs more than once, the last value counts. A 64-bit integer beyond 2^53 is
 * kept exactly beside its double. Truncated bytes, a known field with another wire type, groups and text that is not UTF-8 are
 * RECORD_UNDECODABLE.
 */
export function protobufRecordReader(shape: ProtobufRecordShape): RecordReader {
  const checked = checkedOptions({ of: 'protobufRecordReader' }, protobufReaderTable, shape)
  const kept = completeOptions(protobufReaderTable, checked) as unknown as ProtobufRecordShape
  checkShape(kept)
  return new ProtobufRecordReader(kept)
}

const wineFeatures = [
  'fixed_acidity',
  'volatile_acidity',
  'citric_acid',
  'residual_sugar',
  'chlorides',
  'free_sulfur_dioxide',
  'total_sulfur_dioxide',
  'density',
  'pH',
  'sulphates',
  'alcohol',
]

/** Reads WineRecord (wine.proto). */
export function wineRecordReader(): RecordReader {
  return protobufRecordReader({
    message: 'WineRecord',
    fields: wineFeatures.map((name, index) => ({ number: index + 1, name, type: 'double' })),
    dataTypeField: { number: 12, name: 'dataType' },
  })
}

/** Tags below this (field numbers below 256) are looked up in a table, others in a map. */
const tableSize = 2048
const dataTypeColumn = -2
const unknownColumn = -1
const dataTypeSlots = 65536
const textSlots = 1024

class ProtobufRecordReader implements RecordReader {
  readonly specs: readonly ColumnSpec[]
  readonly #shape: ProtobufRecordShape
  readonly #types: readonly ScalarType[]
  readonly #optional: readonly number[]
  readonly #textColumns: readonly number[]
  readonly #columnByTag = new Int32Array(tableSize).fill(unknownColumn)
  readonly #columnByNumber = new Map<number, number>()
  readonly #dataTypes = new TextCache(dataTypeSlots)
  readonly #texts: readonly TextCache[]
  readonly #reader = new WireReader()
  /** The columns of double fields by their tag, if it is one byte: the path of nearly all fields. */
  readonly #doubleByTag = new Int32Array(128).fill(unknownColumn)
  /** The batch to which the columns below belong; nearly always the batch of the previous read. */
  #batch: ColumnBatch | undefined
  #columns: readonly Column[] = []
  /** Values by column; a text column has unused arrays, so that the loop over columns has no branches. */
  #values: Float64Array[] = []
  #masks: Uint8Array[] = []

  constructor(shape: ProtobufRecordShape) {
    const { fields, dataTypeField } = shape
    this.#shape = shape
    this.specs = fields.map(({ name, type }) => ({ name, kind: type === 'string' ? 'text' : 'number' }))
    this.#types = fields.map(field => field.type)
    this.#optional = fields.flatMap((field, column) => (field.optional === true ? [column] : []))
    this.#textColumns = fields.flatMap((field, column) => (field.type === 'string' ? [column] : []))
    this.#texts = fields.map(field => new TextCache(field.type === 'string' ? textSlots : 1))
    for (const [column, field] of fields.entries()) {
      this.#register(field.number, wireTypes[field.type], column)
      if (field.type === 'double' && field.number < 16) this.#doubleByTag[field.number * 8 + wire.fixed64] = column
    }
    if (dataTypeField !== undefined) this.#register(dataTypeField.number, wire.bytes, dataTypeColumn)
  }

  read(value: Uint8Array, batch: ColumnBatch, row: number): string {
    if (batch !== this.#batch) this.#bind(batch)
    this.#setDefaults(row)
    this.#reader.open(value)
    let dataType: string
    try {
      dataType = this.#readFields(row)
    } catch (error) {
      throw error instanceof WireError ? this.#undecodable(error, value.length) : error
    }
    if (this.#optional.length > 0) this.#noteMissing(row)
    return dataType
  }

  #register(number: number, wireType: number, column: number): void {
    const tag = number * 8 + wireType
    if (tag < tableSize) this.#columnByTag[tag] = column
    this.#columnByNumber.set(number, column)
  }

  #bind(batch: ColumnBatch): void {
    const fits = batch.specs.length === this.specs.length && this.specs.every((spec, at) => spec.kind === batch.specs[at]?.kind)
    if (!fits) throw new SluiceError('INPUT_INVALID', `the batch's columns do not match the fields of the ${this.#name} reader`)
    this.#batch = batch
    this.#columns = batch.columns
    this.#values = batch.columns.map(column => (column.kind === 'number' ? column.values : new Float64Array(batch.capacity)))
    this.#masks = batch.columns.map(column => (column.kind === 'number' ? column.missing : new Uint8Array(batch.capacity)))
  }

  #setDefaults(row: number): void {
    const values = this.#values
    const masks = this.#masks
    for (let column = 0; column < values.length; column++) {
      ;(values[column] as Float64Array)[row] = 0
      ;(masks[column] as Uint8Array)[row] = 0
    }
    for (const column of this.#textColumns) this.#setText(column, row, '')
    for (const column of this.#optional) {
      ;(values[column] as Float64Array)[row] = NaN
      ;(masks[column] as Uint8Array)[row] = 1
      if (this.#types[column] === 'string') this.#setText(column, row, undefined)
    }
  }

  #readFields(row: number): string {
    const reader = this.#reader
    let dataType = ''
    this.#readDoubles(row)
    while (reader.at < reader.end) {
      const tagAt = reader.at
      const tag = reader.tag()
      const column = tag < tableSize ? (this.#columnByTag[tag] as number) : this.#find(tag)
      if (column === dataTypeColumn) dataType = this.#text(this.#dataTypes)
      else if (column === unknownColumn) this.#skip(tag, tagAt)
      else if (this.#types[column] === 'string') this.#setText(column, row, this.#text(this.#texts[column] as TextCache))
      else {
        const value = numberOf(this.#types[column] as ScalarType, reader)
        ;(this.#values[column] as Float64Array)[row] = value
        ;(this.#masks[column] as Uint8Array)[row] = 0
        if (isLarge(value)) this.#setExact(column, row)
      }
      this.#readDoubles(row)
    }
    return dataType
  }

  /** Reads consecutive double fields. */
  #readDoubles(row: number): void {
    const reader = this.#reader
    const { bytes, end, view, offset } = reader
    const columns = this.#doubleByTag
    const values = this.#values
    const masks = this.#masks
    let at = reader.at
    while (at + 9 <= end) {
      const tag = bytes[at] as number
      const column = tag < 128 ? (columns[tag] as number) : unknownColumn
      if (column < 0) break
      ;(values[column] as Float64Array)[row] = view.getFloat64(offset + at + 1, true)
      ;(masks[column] as Uint8Array)[row] = 0
      at += 9
    }
    reader.at = at
  }

  /** Keeps all bits of the large number that was just read, if it is a whole number. */
  #setExact(column: number, row: number): void {
    const whole = wholeOf(this.#types[column] as ScalarType, this.#reader)
    if (whole !== undefined) this.#batch?.setWhole(column, row, whole)
  }

  #setText(column: number, row: number, text: string | undefined): void {
    ;(this.#columns[column] as TextColumn).values[row] = text
  }

  #text(cache: TextCache): string {
    const start = this.#reader.span()
    const text = cache.decode(this.#reader.bytes, start, this.#reader.at)
    if (text === undefined) throw new WireError('text that is not UTF-8', start)
    return text
  }

  /** The column of a tag beyond the table. */
  #find(tag: number): number {
    const column = this.#columnByNumber.get(tag >>> 3) ?? unknownColumn
    if (column === unknownColumn) return unknownColumn
    const expected = column === dataTypeColumn ? wire.bytes : wireTypes[this.#types[column] as ScalarType]
    return (tag & 7) === expected ? column : unknownColumn
  }

  /** Skips an unknown field. Throws for a known field with a wrong wire type. */
  #skip(tag: number, tagAt: number): void {
    const number = tag >>> 3
    if (number === 0) throw new WireError('field number 0, which is not allowed', tagAt)
    const column = this.#columnByNumber.get(number)
    if (column !== undefined) {
      const name = column === dataTypeColumn ? this.#shape.dataTypeField?.name : this.specs[column]?.name
      throw new WireError(`field ${name} (${number}) has wire type ${tag & 7}, which does not match its type`, tagAt)
    }
    this.#reader.skip(tag & 7)
  }

  #noteMissing(row: number): void {
    for (const at of this.#optional) {
      const column = this.#columns[at] as Column
      if (column.kind === 'number' && column.missing[row] === 1) column.hasMissing = true
    }
  }

  get #name(): string {
    return this.#shape.message ?? 'protobuf message'
  }

  #undecodable(error: WireError, length: number): SluiceError {
    return new SluiceError('RECORD_UNDECODABLE', `not a ${this.#name}: ${error.message}, at byte ${error.at} of ${length}`, {
      cause: error,
    })
  }
}

function checkShape({ fields, dataTypeField, message }: ProtobufRecordShape): void {
  const where = message === undefined ? '' : ` of ${message}`
  const all = dataTypeField === undefined ? fields : [...fields, dataTypeField]
  const numbers = new Set<number>()
  for (const { name, number } of all) {
    const legal = Number.isInteger(number) && number >= 1 && number < 536870912
    if (!legal)
      throw new SluiceError('CONFIG_INVALID', `field ${name}${where} has the number ${number}, which is not a protobuf field number`)
    if (numbers.has(number))
      throw new SluiceError('CONFIG_INVALID', `field ${name}${where} has the number ${number}, which another field has too`)
    numbers.add(number)
  }
}
