import type { ElementType } from './element-type.ts'
import type { OnnxGraph } from './onnx-graph.ts'
import type { Shape, Tensor } from './tensor.ts'

/** Types that records cannot feed, and the one that they are fed as. */
const fedAs: Partial<Record<ElementType, ElementType>> = {
  uint8: 'int32',
  int8: 'int32',
  uint16: 'int32',
  int16: 'int32',
  uint32: 'int64',
  uint64: 'int64',
  float16: 'float32',
  bfloat16: 'float32',
}

/** An input of the graph, in the type that the graph wants. Small whole numbers and half floats are made of larger ones. */
export function graphInput(graph: OnnxGraph, name: string, { type, shape }: { type: ElementType; shape: Shape }): Tensor {
  return graph.cast(graph.input(name, { type: fedAs[type] ?? type, shape }), type)
}
