import { Tensor } from 'onnxruntime-node'
import type { Column, NumberColumn } from '../../proto/column-batch.ts'
import type { ModelInput } from '../model.ts'

/** Rows [from, from + count) of a batch, for a tensor of `size` rows: what is beyond `count` repeats the last row. */
export interface RowRange {
  readonly from: number
  readonly count: number
  readonly size: number
}

/** Called with each row of the batch whose value the type cannot express. */
export type OnUnfit = (row: number) => void

/** The memory of one input, and how a column is written into it. */
export interface CellWriter {
  readonly type: ModelInput['type']
  /** Whether tensors are views of this memory, so that one can be used again when the memory was written anew. */
  readonly shared: boolean
  /** Makes room for so many rows of `width` values; true when earlier tensors are no views of the memory any more. */
  reserve(rows: number, width: number): boolean
  /** Puts a column's values at place `at` of each row. */
  write(column: Column, at: number, range: RowRange, onUnfit: OnUnfit): void
  /** The first so many values. */
  tensor(values: number, dims: readonly number[]): Tensor
}

/** The writer for an element type of ONNX Runtime; undefined for a type that records have no values for. */
export function cellWriter(type: string | undefined): CellWriter | undefined {
  switch (type) {
    case 'float32':
      return new NumberCells(type, count => new Float32Array(count))
    case 'float64':
      return new NumberCells(type, count => new Float64Array(count))
    case 'int32':
      return new NumberCells(type, count => new Int32Array(count), isInt32)
    case 'bool':
      return new NumberCells(type, count => new Uint8Array(count), isBoolean)
    case 'int64':
      return new Int64Cells()
    case 'string':
      return new TextCells()
    default:
      return undefined
  }
}

type NumberArray = Float32Array | Float64Array | Int32Array | Uint8Array

class NumberCells implements CellWriter {
  readonly type: 'float32' | 'float64' | 'int32' | 'bool'
  readonly shared = true
  readonly #allocate: (count: number) => NumberArray
  readonly #fits: ((value: number) => boolean) | undefined
  #cells: NumberArray
  #width = 0

  /** Without `fits` every number is a value of the type, NaN standing for a missing one. */
  constructor(type: NumberCells['type'], allocate: (count: number) => NumberArray, fits?: (value: number) => boolean) {
    this.type = type
    this.#allocate = allocate
    this.#fits = fits
    this.#cells = allocate(0)
  }

  reserve(rows: number, width: number): boolean {
    this.#width = width
    if (rows * width <= this.#cells.length) return false
    this.#cells = this.#allocate(rows * width)
    return true
  }

  write(column: Column, at: number, { from, count, size }: RowRange, onUnfit: OnUnfit): void {
    const width = this.#width
    const { values } = column as NumberColumn
    const cells = this.#cells
    const fits = this.#fits
    let target = at
    for (let row = from; row < from + count; row++, target += width) {
      const value = values[row] as number
      cells[target] = value
      if (fits !== undefined && !fits(value)) {
        cells[target] = 0
        onUnfit(row)
      }
    }
    const last = cells[target - width] as number
    for (let row = count; row < size; row++, target += width) cells[target] = last
  }

  tensor(values: number, dims: readonly number[]): Tensor {
    // The typings name each pair of type and array of its own.
    return new Tensor(this.type as 'float32', this.#cells.subarray(0, values) as Float32Array, dims)
  }
}

class Int64Cells implements CellWriter {
  readonly type = 'int64'
  readonly shared = true
  #cells = new BigInt64Array(0)
  #width = 0

  reserve(rows: number, width: number): boolean {
    this.#width = width
    if (rows * width <= this.#cells.length) return false
    this.#cells = new BigInt64Array(rows * width)
    return true
  }

  write(column: Column, at: number, { from, count, size }: RowRange, onUnfit: OnUnfit): void {
    const width = this.#width
    const { values, exact, missing } = column as NumberColumn
    let target = at
    for (let row = from; row < from + count; row++, target += width) {
      if (exact !== undefined && missing[row] !== 1) {
        this.#cells[target] = exact[row] as bigint
        continue
      }
      const value = values[row] as number
      const fits = Number.isInteger(value) && value >= -9223372036854775808 && value < 9223372036854775808
      this.#cells[target] = fits ? BigInt(value) : 0n
      if (!fits) onUnfit(row)
    }
    const last = this.#cells[target - width] as bigint
    for (let row = count; row < size; row++, target += width) this.#cells[target] = last
  }

  tensor(values: number, dims: readonly number[]): Tensor {
    return new Tensor('int64', this.#cells.subarray(0, values), dims)
  }
}

class TextCells implements CellWriter {
  readonly type = 'string'
  readonly shared = false
  #cells: string[] = []
  #width = 0

  reserve(_rows: number, width: number): boolean {
    this.#width = width
    return false
  }

  write(column: Column, at: number, { from, count, size }: RowRange, onUnfit: OnUnfit): void {
    const width = this.#width
    for (let row = from; row < from + size; row++) {
      const source = Math.min(row, from + count - 1)
      const value = column.values[source]
      if (typeof value !== 'string' && row === source) onUnfit(source)
      this.#cells[at + (row - from) * width] = typeof value === 'string' ? value : ''
    }
  }

  tensor(values: number, dims: readonly number[]): Tensor {
    return new Tensor('string', this.#cells.slice(0, values), dims)
  }
}

function isInt32(value: number): boolean {
  return (value | 0) === value
}

function isBoolean(value: number): boolean {
  return value === 0 || value === 1
}
