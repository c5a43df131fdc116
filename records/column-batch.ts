/** A column of numbers. Booleans are 0 and 1. A row without a value is marked in `missing`; its number is NaN. */
export interface NumberColumn {
  /** Distinguishes number columns from text columns. */
  readonly kind: 'number'
  /** One for each row; NaN: missing. */
  readonly values: Float64Array
  /** 1 where the row has no value. */
  readonly missing: Uint8Array
  /** Whether any row up to the batch's length is missing; if not, `missing` need not be read. */
  hasMissing: boolean
  /**
   * Exact values of the rows whose numbers are whole and at least 2^53 away from 0, as 64 bits. If the row's number is positive and the 64 bits
   * are negative, they are those of an unsigned number. Values of other rows are undefined. undefined: no row has an exact value.
   */
  exact?: BigInt64Array | undefined
  /** 1 where the row has a value that is not a number (its number is NaN and `missing` is 0); undefined: there is no such row. */
  invalid?: Uint8Array | undefined
}

/** A column of text: undefined where the row has no value. */
export interface TextColumn {
  /** Distinguishes text columns from number columns. */
  readonly kind: 'text'
  /** One for each row; undefined: missing. */
  readonly values: (string | undefined)[]
}

/** One field of all records of a batch. */
export type Column = NumberColumn | TextColumn

/** A field of records, which becomes a column. */
export interface ColumnSpec {
  /** The field's name, by which a model's input finds the column. */
  readonly name: string
  /** The kind of its values. */
  readonly kind: Column['kind']
  /** The tensor that the column is part of, for rows that came as tensors. Its columns are adjacent, in the order of its values. */
  readonly tensor?: RowTensor
}

/** A tensor from which rows were made: its name and the dimensions of one row's values. */
export interface RowTensor {
  /** The name of the input for which it is. */
  readonly name: string
  /** The dimensions of one row's values. */
  readonly shape: readonly number[]
}

/**
 * The fields of up to `capacity` records, column by column. Record readers fill it, models score it.
 * A batch is reused: a function must not keep a column after its call has ended.
 */
export class ColumnBatch {
  /** Largest number of rows. */
  readonly capacity: number
  /** The fields, in the order of the columns. */
  readonly specs: readonly ColumnSpec[]
  /** One for each field. */
  readonly columns: readonly Column[]
  /** Number of rows in use. */
  length = 0

  /** `columns`: those of the fields, if they are there already; default: empty ones. */
  constructor(specs: readonly ColumnSpec[], capacity: number, columns?: readonly Column[]) {
    this.capacity = capacity
    this.specs = specs
    this.columns =
      columns ??
      specs.map(spec =>
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

  /** Sets a cell of a number column. Use `setMissing` for a cell without a value. */
  setNumber(column: number, row: number, value: number): void {
    const target = this.columns[column] as NumberColumn
    target.values[row] = value
    target.missing[row] = 0
  }

  /** Sets a cell of a text column. */
  setText(column: number, row: number, value: string): void {
    ;(this.columns[column] as TextColumn).values[row] = value
  }

  /** Marks the cell as missing. */
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

  /** Sets a cell of a number column to a whole number of up to 64 bits that a double may not hold exactly. */
  setWhole(column: number, row: number, value: bigint): void {
    const target = this.columns[column] as NumberColumn
    this.setNumber(column, row, Number(value))
    target.exact ??= new BigInt64Array(this.capacity)
    target.exact[row] = BigInt.asIntN(64, value)
  }

  /** Marks a cell of a number column whose value is not a number. Models that do not handle such values have no result for the row. */
  setInvalid(column: number, row: number): void {
    const target = this.columns[column] as NumberColumn
    this.setNumber(column, row, NaN)
    target.invalid ??= new Uint8Array(this.capacity)
    target.invalid[row] = 1
  }

  /** Copies row `source` of a batch with the same columns to `row`. */
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

/** Whether a double is so large that it may differ from the whole number that it was made from. */
export function isLarge(value: number): boolean {
  return value >= 9007199254740992 || value <= -9007199254740992
}
