import type { Op, Tensor } from '../graph/index.ts'

/** Whether the channels are the second dimension (`data_format` NCHW, NCW or NCDHW), as in ONNX. */
export function isChannelsFirst(op: Op): boolean {
  return op.text('data_format', 'NHWC').startsWith('NC')
}

/**
 * Moves the channels of x to the second dimension, where ONNX has them; `channelsBack` moves them back. ONNX Runtime removes pairs of transpositions that
 * cancel.
 */
export function channelsFirst(op: Op, x: Tensor): Tensor {
  if (isChannelsFirst(op)) return x
  const rank = x.shape?.length ?? op.fail('needs the number of dimensions of its input, which is not known')
  const perm = [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, at) => at + 1)]
  return op.graph.add('Transpose', [x], { type: x.type, shape: perm.map(at => x.shape?.[at]) }, { perm: perm.map(BigInt) })
}

export function channelsBack(op: Op, x: Tensor): Tensor {
  if (isChannelsFirst(op)) return x
  const rank = x.shape?.length ?? 4
  const perm = [0, ...Array.from({ length: rank - 2 }, (_, at) => at + 2), 1]
  return op.graph.add('Transpose', [x], { type: x.type, shape: perm.map(at => x.shape?.[at]) }, { perm: perm.map(BigInt) })
}
