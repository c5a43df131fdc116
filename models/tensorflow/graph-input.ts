import type { ElementType, OnnxGraph, Shape, Tensor } from './graph/index.ts'

/** An input of the graph, in the type that the graph wants. Only bfloat16 cannot be fed: it is made of float32. */
export function graphInput(graph: OnnxGraph, name: string, { type, shape }: { type: ElementType; shape: Shape }): Tensor {
  return graph.cast(graph.input(name, { type: type === 'bfloat16' ? 'float32' : type, shape }), type)
}
