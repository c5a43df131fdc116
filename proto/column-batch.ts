/** A column of numbers: a row that has no value is marked in `missing` (its number is then NaN). Booleans are 0 and 1. */
export interface NumberColumn {
  readonly kind: 'number'
  readonly values: Float64Array
  /** 1 where the row has no value. */
  readonly missing: Uint8Array
  /** Whether any row up to the batch's length is missing: lets readers skip the mask. */
  hasMissing: boolean
  /** The same values where they are whole numbers that a double may not hold; undefined: the doubles are all there is. */
  exact?: BigInt64Array | undefined
}

/** A column of text: undefined where the row has no value. */
export interface TextColumn {
  readonly kind: 'text'
  readonly values: (string | undefined)[]
}

export type Column = NumberColumn | TextColumn

export interface ColumnSpec {
  readonly name: string
  readonly kind: Column['kind']
  /** Of rows that came as tensors: which one the column is of. Its columns follow each other, in the order of its values. */
  readonly tensor?: RowTensor
}

/** A tensor that rows came as: its name, and the dimensions of one row's values. */
export interface RowTensor {
  readonly name: string
  readonly shape: readonly number[]
}

/**
 * The fields of up to `capacity` records, column by column: what record readers fill and models score.
 * One batch is filled and read again and again; nothing may keep a column beyond the call it was given in.
 */
export class ColumnBatch {
  readonly capacity: number
  readonly specs: readonly ColumnSpec[]
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
    }
  }

  setNumber(column: number, row: number, value: number): void {
    const target = this.columns[column] as NumberColumn
    target.values[row] = value
    target.missing[row] = 0
  }

  setText(column: number, row: number, value: string): void {
    ;(this.columns[column] as TextColumn).values[row] = value
  }

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
}
