import { type ElementType, type Shape, type NodeDef, type TensorShapeProto, sizeOf } from './graph/index.ts'
import { dataInputs } from './graph-compiler.ts'

/** Ops that leave a tensor's last dimension as it is. */
const keeping = new Set(
  'Identity Cast Sub Add AddV2 Mul RealDiv Div Maximum Minimum Relu Tanh Sigmoid StopGradient PlaceholderWithDefault ClipByValue'.split(
    ' ',
  ),
)
const products = new Set(['MatMul', '_FusedMatMul'])
const convolutions = new Set(['Conv2D', '_FusedConv2D', 'DepthwiseConv2dNative'])

/** The shape that an input declares; if its first dimension is open, it counts the records. undefined: no shape is declared. */
export function declaredShape(shape: TensorShapeProto | null | undefined): Shape {
  if (shape === undefined || shape === null || shape.unknown_rank === true) return undefined
  return (shape.dim ?? []).map(({ size }, at) => {
    const dim = Number(size ?? 0)
    return dim >= 0 ? dim : at === 0 ? 'N' : undefined
  })
}

/** What an input is taken for whose shape nothing tells: a row of numbers a record, or one text. */
export function usualShape(type: ElementType): Shape {
  return type === 'string' ? ['N'] : ['N', undefined]
}

/** Whether a declared shape says too little: graphs that were frozen by old tools have inputs without any. */
export function isOpenShape(shape: Shape): boolean {
  return shape === undefined || shape.length === 0 || (shape.length > 1 && shape.at(-1) === undefined)
}

/**
 * The shape of an input that says none, from what its values are multiplied with: [records, rows of the matrix]. `weights` gives the shape of
 * a constant. undefined when nothing tells.
 */
export function inferredShape(input: string, nodes: readonly NodeDef[], weights: (reference: string) => Shape): Shape {
  const wanted = new Set([input])
  // Nodes may stand in any order: a few rounds follow chains of the ops that keep the last dimension.
  for (let round = 0; round < 4; round++) {
    for (const node of nodes) {
      const inputs = dataInputs(node).map(each => each.replace(/:0$/, ''))
      const at = inputs.findIndex(each => wanted.has(each))
      if (at < 0) continue
      const found = shapeFrom(node, inputs, { at, weights })
      if (found !== undefined) return found
      if (keeping.has(node.op ?? '')) wanted.add(node.name ?? '')
    }
  }
  return undefined
}

function shapeFrom(
  { op = '', attr }: NodeDef,
  inputs: readonly string[],
  { at, weights }: { at: number; weights: (reference: string) => Shape },
): Shape {
  const other = weights(inputs[1 - at] ?? '')
  if (products.has(op) && at === 0 && other?.length === 2) return ['N', attr?.['transpose_b']?.b === true ? other[1] : other[0]]
  if (convolutions.has(op) && at === 0 && other?.length === 4) return ['N', undefined, undefined, other[2]]
  // A constant vector that is added or subtracted: as long as a record.
  return keeping.has(op) && other?.length === 1 && (sizeOf(other) ?? 0) > 1 ? ['N', other[0]] : undefined
}
