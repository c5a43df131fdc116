import { floats, int64s, node, onnx, value } from '../models/onnx-builder.ts'

/** Takes the eleven fields of a wine; gives their sum and `shift` under a name. */
export function first(shift: number, output = 'inner'): Uint8Array {
  return onnx({
    nodes: [node('ReduceSum', ['x', 'axes'], ['sum']), node('Add', ['sum', 'shift'], [output])],
    inputs: [value('x', 'float', ['N', 11])],
    outputs: [value(output, 'float', ['N', 1])],
    tensors: [int64s('axes', [1], [1]), floats('shift', [1], [shift])],
  })
}

/** Takes `inner` of another model and the field alcohol; gives `factor` times the one and the other. */
export function second(factor: number, inner = 'inner', own = 'alcohol'): Uint8Array {
  return onnx({
    nodes: [node('Mul', [inner, 'factor'], ['scaled']), node('Add', ['scaled', own], ['outer'])],
    inputs: [value(inner, 'float', ['N', 1]), value(own, 'float', ['N', 1])],
    outputs: [value('outer', 'float', ['N', 1])],
    tensors: [floats('factor', [1], [factor])],
  })
}
