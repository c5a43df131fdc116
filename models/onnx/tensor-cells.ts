import { Tensor } from 'onnxruntime-node'
import { type Column, type NumberColumn, isLarge } from '../../records/index.ts'
import type { ValueType } from '../value-type.ts'
import { halfBits } from '../half-floats.ts'

/** Rows [from, from + count) of a batch, for a tensor of `size` rows; rows beyond `count` repeat the last one. */
export interface RowRange {
  readonly from: number
  readonly count: number
  readonly size: number
}

/** Where a column's values go: the position for the first row, and the distance between rows. */
export interface Place {
  readonly start: number
  readonly stride: number
}

/** Called with each row of the batch whose value the type cannot represent. */
export type OnUnfit = (row: number) => void

/** The memory of one input, and how columns are written into it. */
export interface CellWriter {
  readonly type: ValueType
  /** Whether tensors are views of this memory, so that a tensor can be reused after the memory is rewritten. */
  readonly shared: boolean
  /** Makes room for this many values; true if earlier tensors are no longer views of the memory. */
  reserve(values: number): boolean
  write(column: Column, place: Place, range: RowRange, onUnfit: OnUnfit): void
  /** A tensor of the first `values` values. */
  tensor(values: number, dims: readonly number[]): Tensor
}

/** The writer for an element type of ONNX Runtime; undefined for a type that records cannot fill. */
export function cellWriter(type: string | undefined): CellWriter | undefined {
  if (type === 'string') return new TextCells()
  if (type === 'int64') return new Int64Cells(type, count => new BigInt64Array(count))
  if (type === 'uint64') return new Int64Cells(type, count => new BigUint64Array(count))
  return isNumberType(type) ? new NumberCells(type, numberElements[type]) : undefined
}

type NumberArray = Float32Array | Float64Array | Int32Array | Int16Array | Int8Array | Uint32Array | Uint16Array | Uint8Array

/** How numbers are converted to elements of a type. */
interface NumberElement {
  readonly allocate: (count: number) => NumberArray
  /** Whether a number is a value of the type; without it all are, and NaN is a missing value. */
  readonly fits?: (value: number) => boolean
  /** Converts a number to the stored one; without it the number is stored as it is. */
  readonly encode?: (value: number) => number
}

type NumberType = Exclude<ValueType, 'int64' | 'uint64' | 'string'>

function isNumberType(type: string | undefined): type is NumberType {
  return type !== undefined && Object.hasOwn(numberElements, type)
}

const numberElements: Readonly<Record<NumberType, NumberElement>> = {
  float32: { allocate: count => new Float32Array(count) },
  float64: { allocate: count => new Float64Array(count) },
  float16: { allocate: count => new Uint16Array(count), encode: halfBits },
  int32: { allocate: count => new Int32Array(count), fits: wholeFrom(-2147483648, 2147483647) },
  int16: { allocate: count => new Int16Array(count), fits: wholeFrom(-32768, 32767) },
  int8: { allocate: count => new Int8Array(count), fits: wholeFrom(-128, 127) },
  uint32: { allocate: count => new Uint32Array(count), fits: wholeFrom(0, 4294967295) },
  uint16: { allocate: count => new Uint16Array(count), fits: wholeFrom(0, 65535) },
  uint8: { allocate: count => new Uint8Array(count), fits: wholeFrom(0, 255) },
  bool: { allocate: count => new Uint8Array(count), fits: wholeFrom(0, 1) },
}

function wholeFrom(least: number, most: number): (value: number) => boolean {
  return value => value >= least && value <= most && Number.isInteger(value)
}

class NumberCells implements CellWriter {
  readonly type: ValueType
  readonly shared = true
  readonly #element: NumberElement
  #cells: NumberArray

  constructor(type: NumberType, element: NumberElement) {
    this.type = type
    this.#element = element
    this.#cells = element.allocate(0)
  }

  reserve(values: number): boolean {
    if (values <= this.#cells.length) return false
    this.#cells = this.#element.allocate(values)
    return true
  }

  write(column: Column, { start, stride }: Place, { from, count, size }: RowRange, onUnfit: OnUnfit): void {
    const { values } = column as NumberColumn
    const cells = this.#cells
    const { fits, encode } = this.#element
    let target = start
    for (let row = from; row < from + count; row++, target += stride) {
      const value = values[row] as number
      cells[target] = encode === undefined ? value : encode(value)
      if (fits !== undefined && !fits(value)) {
        cells[target] = 0
        onUnfit(row)
      }
    }
    const last = cells[target - stride] as number
    for (let row = count; row < size; row++, target += stride) cells[target] = last
  }

  tensor(values: number, dims: readonly number[]): Tensor {
    // The typings have one overload for each pair of type and array.
    return new Tensor(this.type as 'float32', this.#cells.subarray(0, values) as Float32Array, dims)
  }
}

class Int64Cells implements CellWriter {
  readonly type: 'int64' | 'uint64'
  readonly shared = true
  readonly #allocate: (count: number) => BigInt64Array | BigUint64Array
  readonly #least: number
  readonly #beyond: number
  #cells: BigInt64Array | BigUint64Array

  constructor(type: 'int64' | 'uint64', allocate: (count: number) => BigInt64Array | BigUint64Array) {
    this.type = type
    this.#allocate = allocate
    this.#least = type === 'int64' ? -(2 ** 63) : 0
    this.#beyond = type === 'int64' ? 2 ** 63 : 2 ** 64
    this.#cells = allocate(0)
  }

  reserve(values: number): boolean {
    if (values <= this.#cells.length) return false
    this.#cells = this.#allocate(values)
    return true
  }

  write(column: Column, { start, stride }: Place, { from, count, size }: RowRange, onUnfit: OnUnfit): void {
    const { values, exact } = column as NumberColumn
    let target = start
    for (let row = from; row < from + count; row++, target += stride) {
      const value = values[row] as number
      const whole = exact !== undefined && isLarge(value) ? this.#held(value, exact[row] as bigint) : this.#wholeOf(value)
      this.#cells[target] = whole ?? 0n
      if (whole === undefined) onUnfit(row)
    }
    const last = this.#cells[target - stride] as bigint
    for (let row = count; row < size; row++, target += stride) this.#cells[target] = last
  }

  /** undefined if the type cannot represent it. */
  #wholeOf(value: number): bigint | undefined {
    return Number.isInteger(value) && value >= this.#least && value < this.#beyond ? BigInt(value) : undefined
  }

  /** The same by its 64 bits, which are those of an unsigned number where the number is positive. */
  #held(value: number, bits: bigint): bigint | undefined {
    const whole = value > 0 ? BigInt.asUintN(64, bits) : BigInt.asIntN(64, bits)
    return (this.#least < 0 ? whole <= 0x7fffffffffffffffn : whole >= 0n) ? whole : undefined
  }

  tensor(values: number, dims: readonly number[]): Tensor {
    return new Tensor(this.type as 'int64', this.#cells.subarray(0, values) as BigInt64Array, dims)
  }
}

class TextCells implements CellWriter {
  readonly type = 'string'
  readonly shared = false
  #cells: string[] = []

  reserve(): boolean {
    return false
  }

  write(column: Column, { start, stride }: Place, { from, count, size }: RowRange, onUnfit: OnUnfit): void {
    for (let row = from; row < from + size; row++) {
      const source = Math.min(row, from + count - 1)
      const value = column.values[source]
      // The runtime's binding cuts a text at its first zero byte, which would change it.
      const fits = typeof value === 'string' && !value.includes('\0')
      if (!fits && row === source) onUnfit(source)
      this.#cells[start + (row - from) * stride] = fits ? value : ''
    }
  }

  tensor(values: number, dims: readonly number[]): Tensor {
    return new Tensor('string', this.#cells.slice(0, values), dims)
  }
}
