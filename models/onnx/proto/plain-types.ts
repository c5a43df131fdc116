import type { GraphModel } from './graph-outline.ts'
import { decodeModel } from './model-proto.ts'
import { attributeType, elementType, type GraphProto, modelProto, type NodeProto, type ValueInfoProto } from './onnx-schema.ts'

/** ONNX's element types that JavaScript cannot hold, with a type that can hold all of their values. */
const plainTypes: ReadonlyMap<number, number> = new Map([
  [16, elementType.float], // bfloat16
  ...[17, 18, 19, 20].map((float8): [number, number] => [float8, elementType.float]),
  [21, elementType.int32], // uint4
  [22, elementType.int32], // int4
])

/** Whether an input or output of the model is of such a type. */
export function hasOddTypes({ graph }: GraphModel): boolean {
  return [...(graph?.input ?? []), ...(graph?.output ?? [])].some(({ type }) => plainTypes.has(type?.tensor_type?.elem_type ?? 0))
}

/** The same model with inputs and outputs of types that JavaScript can hold, cast at the graph's inputs and outputs. */
export function withPlainTypes(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes)
  const graph = model.graph ?? {}
  const weights = new Set(graph.initializer?.map(({ name }) => name))
  const before = (graph.input ?? []).filter(({ name }) => !weights.has(name)).flatMap(input => castOf(graph, input, 'input'))
  const after = (graph.output ?? []).flatMap(output => castOf(graph, output, 'output'))
  graph.node = [...before, ...(graph.node ?? []), ...after]
  return modelProto.encode(model)
}

/** The cast between a value as it is to be and as the graph has it, which gets another name there; none for a type that is fine. */
function castOf(graph: GraphProto, { name = '', type }: ValueInfoProto, role: 'input' | 'output'): NodeProto[] {
  const tensor = type?.tensor_type
  const odd = tensor?.elem_type ?? 0
  const plain = plainTypes.get(odd)
  if (tensor === undefined || plain === undefined) return []
  tensor.elem_type = plain
  const inner = `${name}/inside`
  const renamed = (names: readonly string[] | undefined): string[] => (names ?? []).map(each => (each === name ? inner : each))
  for (const node of graph.node ?? []) {
    node.input = renamed(node.input)
    if (role === 'output') node.output = renamed(node.output)
  }
  const [from, to, wanted] = role === 'input' ? [name, inner, odd] : [inner, name, plain]
  return [
    { op_type: 'Cast', name: `${name}/cast`, input: [from], output: [to], attribute: [{ name: 'to', type: attributeType.int, i: wanted }] },
  ]
}
