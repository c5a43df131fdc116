/** A column of numbers: a row that has no value is marked in `missing` (its number is then NaN). Booleans are 0 and 1. */
export interface NumberColumn {
  /** What tells it from text. */
  readonly kind: 'number'
  /** One for each row; NaN: missing. */
  readonly values: Float64Array
  /** 1 where the row has no value. */
  readonly missing: Uint8Array
  /** Whether any row up to the batch's length is missing: lets readers skip the mask. */
  hasMissing: boolean
  /**
   * Of the rows whose numbers are whole and 2^53 or more away from 0: the same exactly, as 64 bits (those of an unsigned number where the row's
   * number is positive and these are not). What it has for other rows means nothing. undefined: the doubles are all there is.
   */
  exact?: BigInt64Array | undefined
  /** 1 where the row has a value that is no number at all (its number is then NaN, and `missing` 0); undefined: there is no such row. */
  invalid?: Uint8Array | undefined
}

/** A column of text: undefined where the row has no value. */
export interface TextColumn {
  /** What tells it from numbers. */
  readonly kind: 'text'
  /** One for each row; undefined: missing. */
  readonly values: (string | undefined)[]
}

/** One field of all records of a batch. */
export type Column = NumberColumn | TextColumn

/** A field of the records that a reader reads. */
export interface ColumnSpec {
  /** By which a model's input finds it. */
  readonly name: string
  /** What its values are. */
  readonly kind: Column['kind']
  /** Of rows that came as tensors: which one the column is of. Its columns follow each other, in the order of its values. */
  readonly tensor?: RowTensor
}

/** A tensor that rows came as: its name, and the dimensions of one row's values. */
export interface RowTensor {
  /** The input that it is for. */
  readonly name: string
  /** Its dimensions. */
  readonly shape: readonly number[]
}

/**
 * The fields of up to `capacity` records, column by column: what record readers fill and models score.
 * One batch is filled and read again and again; nothing may keep a column beyond the call it was given in.
 */
export class ColumnBatch {
  /** How many rows it has room for. */
  readonly capacity: number
  /** The fields, in the order of the columns. */
  readonly specs: readonly ColumnSpec[]
  /** One for each field. */
  readonly columns: readonly Column[]
  /** Rows in use. */
  length = 0

  constructor(specs: readonly ColumnSpec[], capacity: number) {
    this.capacity = capacity
    this.specs = specs
    this.columns = specs.map(spec =>
      spec.kind === 'number'
        ? { kind: 'number', values: new Float64Array(capacity), missing: new Uint8Array(capacity), hasMissing: false }
        : { kind: 'text', values: Array.from<string | undefined>({ length: capacity }) },
    )
  }

  /** Makes the batch empty for the next use. */
  clear(): void {
    this.length = 0
    for (const column of this.columns) {
      if (column.kind !== 'number') continue
      column.hasMissing = false
      if (column.exact !== undefined) column.exact = undefined
      if (column.invalid !== undefined) column.invalid = undefined
    }
  }

  /** Sets a cell of a number column; NaN: missing. */
  setNumber(column: number, row: number, value: number): void {
    const target = this.columns[column] as NumberColumn
    target.values[row] = value
    target.missing[row] = 0
  }

  /** Sets a cell of a text column. */
  setText(column: number, row: number, value: string): void {
    ;(this.columns[column] as TextColumn).values[row] = value
  }

  /** The record has no such field. */
  setMissing(column: number, row: number): void {
    const target = this.columns[column] as Column
    if (target.kind === 'text') {
      target.values[row] = undefined
    } else {
      target.values[row] = NaN
      target.missing[row] = 1
      target.hasMissing = true
    }
  }

  /** A whole number of up to 64 bits, that a double may not hold. */
  setWhole(column: number, row: number, value: bigint): void {
    const target = this.columns[column] as NumberColumn
    this.setNumber(column, row, Number(value))
    target.exact ??= new BigInt64Array(this.capacity)
    target.exact[row] = BigInt.asIntN(64, value)
  }

  /** Says that the row has something else than a number in a column of numbers: models that know no such thing have no result for it. */
  setInvalid(column: number, row: number): void {
    const target = this.columns[column] as NumberColumn
    this.setNumber(column, row, NaN)
    target.invalid ??= new Uint8Array(this.capacity)
    target.invalid[row] = 1
  }

  /** Makes a row the same as another batch's, which has the same columns. */
  copyRow(row: number, from: ColumnBatch, source: number): void {
    for (let at = 0; at < this.columns.length; at++) {
      const column = from.columns[at] as Column
      if (column.kind === 'text') {
        ;(this.columns[at] as TextColumn).values[row] = column.values[source]
      } else if (column.missing[source] === 1) this.setMissing(at, row)
      else if (column.invalid?.[source] === 1) this.setInvalid(at, row)
      else this.#copyNumber(at, row, column, source)
    }
  }

  #copyNumber(at: number, row: number, { values, exact }: NumberColumn, source: number): void {
    this.setNumber(at, row, values[source] as number)
    if (exact === undefined || !isLarge(values[source] as number)) return
    const target = this.columns[at] as NumberColumn
    target.exact ??= new BigInt64Array(this.capacity)
    target.exact[row] = exact[source] as bigint
  }
}

/** Whether a double may stand for a whole number that it does not hold. */
export function isLarge(value: number): boolean {
  return value >= 9007199254740992 || value <= -9007199254740992
}
