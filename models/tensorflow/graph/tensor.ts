import { type Constant, numbersOf } from './constant.ts'
import type { ElementType } from './element-type.ts'

/** `N` is the number of records in a run; undefined: not known before the run. */
export type Dim = number | 'N' | undefined
/** undefined: not even the number of dimensions is known. */
export type Shape = readonly Dim[] | undefined

/** A tensor while a graph is compiled: what is known of it, and its name in the ONNX graph once it has one. */
export interface Tensor {
  readonly type: ElementType
  readonly shape: Shape
  readonly constant?: Constant | undefined
  /** The values of a small tensor of whole numbers that was computed from shapes, as far as they are known, in row-major order. */
  readonly known?: readonly Dim[] | undefined
  /** A single number that is at least this, where that is known. */
  readonly least?: number | undefined
  /** For type `resource`: the node of the variable or table that it is. */
  readonly resource?: string | undefined
  /** For type `list`. */
  readonly items?: readonly (Tensor | undefined)[] | undefined
  /** The numbers whose bits it stands for: it has no other form. */
  readonly bitsOf?: Tensor | undefined
  /** Whether it is the result of a branch that is never taken. */
  readonly dead?: boolean | undefined
  /** In the ONNX graph; a constant gets its name when it is used first. */
  name?: string
  /** The name of the same values as int64, where there are such. */
  int64Name?: string
}

/** Constants of more values are not looked into while compiling. */
export const mostKnown = 4096

/** Its values as far as they are known; undefined when nothing is, or when there are too many to look at. */
export function knownOf(tensor: Tensor): readonly Dim[] | undefined {
  if (tensor.known !== undefined) return tensor.known
  if (tensor.constant === undefined || sizeOf(tensor.shape) === undefined || (sizeOf(tensor.shape) as number) > mostKnown) return undefined
  return numbersOf(tensor.constant)
}

/** The product of the dimensions, when all are numbers. */
export function sizeOf(shape: Shape): number | undefined {
  return shape?.reduce<number | undefined>(
    (product, dim) => (typeof dim === 'number' && product !== undefined ? product * dim : undefined),
    1,
  )
}

/** The shape that two shapes broadcast to. */
export function broadcast(a: Shape, b: Shape): Shape {
  if (a === undefined || b === undefined) return undefined
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, at): Dim => {
    const x = at < rank - a.length ? 1 : a[at - rank + a.length]
    const y = at < rank - b.length ? 1 : b[at - rank + b.length]
    if (x === 1) return y
    if (y === 1 || x === y) return x
    if (typeof x === 'number') return x
    return typeof y === 'number' ? y : undefined
  })
}

/** What two shapes of one tensor have in common: dimensions that differ are open. */
export function commonShape(a: Shape, b: Shape): Shape {
  if (a === undefined || b === undefined || a.length !== b.length) return undefined
  return a.map((dim, at) => (dim === b[at] ? dim : undefined))
}

/** An axis counted from the front. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis
}

/** Values over a broadcast shape, from one operand's. */
export function broadcastValues(values: readonly Dim[], from: readonly number[], to: readonly number[]): Dim[] {
  const total = to.reduce((product, dim) => product * dim, 1)
  const lead = to.length - from.length
  return Array.from({ length: total }, (_, flat) => {
    let rest = flat
    let at = 0
    let stride = 1
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const size = to[axis] as number
      const index = rest % size
      rest = (rest - index) / size
      if (axis < lead) continue
      const own = from[axis - lead] as number
      if (own !== 1) at += index * stride
      stride *= own
    }
    return values[at]
  })
}
