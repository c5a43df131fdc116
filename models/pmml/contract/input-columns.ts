import type { ColumnBatch, ColumnSpec, NumberColumn, TextColumn } from '../../../records/index.ts'
import { readDate } from '../document/index.ts'
import { type Row, type InputField, treat, treatForeign } from '../expressions/index.ts'

interface Input {
  readonly field: InputField
  /** The index of the column; -1 if the records have no such field. */
  readonly column: number
}

/**
 * A batch's fields after the treatment that the MiningSchema asks for. Numbers are treated column by column before any row is scored. Texts are
 * treated row by row, because symbols of texts that only a record has are dropped after it.
 */
export class InputColumns {
  length = 0
  /** Numbers that need no treatment: the batch's own columns are used. */
  #plain: readonly Input[] = []
  #treated: readonly Input[] = []
  #texts: readonly Input[] = []
  readonly #textSources: (TextColumn | undefined)[] = []
  /** The slots of the plain inputs, then of the treated ones, and their values. */
  #slots = new Int32Array(0)
  readonly #columns: Float64Array[] = []
  readonly #bySlot: (Float64Array | undefined)[] = []
  /** 1 for each row with an invalid number. */
  #invalid: Uint8Array = new Uint8Array(0)
  #anyInvalid = false

  /** Assigns columns to fields. `columns`: for each field, the index of its column in `specs`; -1 if there is none. */
  map(fields: readonly InputField[], columns: readonly number[], specs: readonly ColumnSpec[]): void {
    const inputs = fields
      .map((field, at): Input => ({ field, column: columns[at] ?? -1 }))
      .filter(({ field }) => field.used || !field.treatment.free)
    const isText = ({ column }: Input): boolean => specs[column]?.kind === 'text'
    const isPlain = ({ field, column }: Input): boolean => column >= 0 && field.treatment.free && field.type !== 'float'
    const numbers = inputs.filter(input => !isText(input))
    this.#texts = inputs.filter(isText)
    this.#plain = numbers.filter(isPlain)
    this.#treated = numbers.filter(input => !isPlain(input))
    const ordered = [...this.#plain, ...this.#treated]
    this.#slots = Int32Array.from(ordered, ({ field }) => field.slot)
    this.#columns.length = 0
    this.#bySlot.length = 0
    for (const _ of ordered) this.#columns.push(new Float64Array(0))
  }

  /** Whether all inputs are in columns, because none is text. */
  get complete(): boolean {
    return this.#texts.length === 0
  }

  open(batch: ColumnBatch): void {
    const { length } = batch
    this.length = length
    if (this.#anyInvalid || this.#invalid.length < length) this.#invalid = clear(this.#invalid, length)
    this.#anyInvalid = false
    const plain = this.#plain
    for (let i = 0; i < plain.length; i++) this.#columns[i] = this.#given(plain[i] as Input, batch)
    const treated = this.#treated
    for (let i = 0; i < treated.length; i++) this.#treat(plain.length + i, treated[i] as Input, batch)
    for (let i = 0; i < this.#slots.length; i++) this.#bySlot[this.#slots[i] as number] = this.#columns[i]
    for (let i = 0; i < this.#texts.length; i++) this.#textSources[i] = batch.columns[(this.#texts[i] as Input).column] as TextColumn
  }

  /** The numbers of a slot; NaN: missing. Undefined if the slot is not an input's, or is text. */
  column(slot: number): Float64Array | undefined {
    return this.#bySlot[slot]
  }

  isValid(at: number): boolean {
    return this.#invalid[at] === 0
  }

  /** Writes the row's fields to their slots. False if one is invalid; the row then has no result. */
  read(at: number, row: Row): boolean {
    if (this.#invalid[at] !== 0) return false
    const { values } = row
    const slots = this.#slots
    const columns = this.#columns
    for (let i = 0; i < slots.length; i++) values[slots[i] as number] = (columns[i] as Float64Array)[at] as number
    const texts = this.#texts
    for (let i = 0; i < texts.length; i++) {
      const { field } = texts[i] as Input
      const text = this.#textSources[i]?.values[at]
      const value = text === undefined ? NaN : field.type === 'string' ? row.symbols.codeOf(text) : readDate(field.type, text)
      const treated = field.treatment.free ? value : treat(field.treatment, value)
      if (treated === undefined) return false
      values[field.slot] = treated
    }
    return true
  }

  #treat(index: number, { field, column }: Input, batch: ColumnBatch): void {
    const { length } = this
    let values = this.#columns[index] as Float64Array
    if (values.length < length) values = this.#columns[index] = new Float64Array(Math.max(length, 2 * values.length))
    const { values: source, invalid } = (batch.columns[column] ?? {}) as Partial<NumberColumn>
    const { treatment } = field
    if (treatment.free && source !== undefined && invalid === undefined) {
      for (let i = 0; i < length; i++) values[i] = Math.fround(source[i] as number)
      return
    }
    for (let i = 0; i < length; i++) {
      const raw = source === undefined ? NaN : (source[i] as number)
      const treated = invalid?.[i] === 1 ? treatForeign(treatment) : treat(treatment, raw)
      values[i] = this.#accept(i, treated)
    }
  }

  /** The batch's own column, or a copy if some of its values are not numbers. */
  #given({ field, column }: Input, batch: ColumnBatch): Float64Array {
    const { values, invalid } = batch.columns[column] as NumberColumn
    if (invalid === undefined) return values
    const copy = values.slice()
    for (let i = 0; i < this.length; i++) if (invalid[i] === 1) copy[i] = this.#accept(i, treatForeign(field.treatment))
    return copy
  }

  /** The value after treatment; undefined marks the row invalid. */
  #accept(at: number, treated: number | undefined): number {
    if (treated !== undefined) return treated
    this.#invalid[at] = 1
    this.#anyInvalid = true
    return NaN
  }
}

function clear(flags: Uint8Array, length: number): Uint8Array {
  return flags.length < length ? new Uint8Array(Math.max(length, 2 * flags.length)) : flags.fill(0)
}
