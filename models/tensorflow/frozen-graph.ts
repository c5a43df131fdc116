import { SluiceError } from '../../base/index.ts'
import type { CompiledTensorflow } from './compiled-tensorflow.ts'
import { type Shape, type GraphDef, type NodeDef, elementTypeOf, opError } from './graph/index.ts'
import { GraphCompiler, dataInputs } from './graph-compiler.ts'
import { graphInput } from './graph-input.ts'
import { declaredShape, inferredShape, isOpenShape, usualShape } from './placeholder-shape.ts'

/** Ops whose outputs no node consumes and that are not results either. */
const noResults = new Set(
  'NoOp Const Placeholder Assert SaveV2 RestoreV2 Assign AssignVariableOp MergeV2Checkpoints ScalarSummary HistogramSummary MergeSummary'.split(
    ' ',
  ),
)
const passing = new Set(['Identity', 'ReadVariableOp', 'StopGradient'])

/**
 * Compiles a graph whose weights are constants. Its inputs are the placeholders that the results need; its results are the nodes that nothing
 * consumes, in the graph's order, or `output` alone (a node's name, with or without `:0`).
 */
export function compileFrozenGraph(graph: GraphDef, output: string | undefined): CompiledTensorflow {
  const nodes = graph.node ?? []
  const compiler = new GraphCompiler(nodes, graph.library?.function ?? [], { variables: new Map(), tables: new Map() })
  for (const node of nodes.filter(({ op }) => op === 'Placeholder')) bindPlaceholder(compiler, node, nodes)
  const names = output === undefined ? resultsOf(nodes) : [withoutZero(output)]
  checkNames(names, nodes, output)
  const inputs = new Set(nodes.filter(({ op }) => op === 'Placeholder').map(({ name }) => name))
  const outputs = new Map(names.map(name => [inputs.has(name) ? `${name}:0` : name, compiler.compile(name)]))
  return { onnx: compiler.graph.finish(outputs), outputs: [...outputs.keys()] }
}

function bindPlaceholder(compiler: GraphCompiler, node: NodeDef, nodes: readonly NodeDef[]): void {
  const { name = '', attr } = node
  const type = elementTypeOf(attr?.['dtype']?.type ?? 1)
  if (type === undefined) throw opError(node, `is of TensorFlow’s type ${attr?.['dtype']?.type}, which is not supported`)
  const declared = declaredShape(attr?.['shape']?.shape)
  // Without dimensions it is a single value, or an old tool's way to say that it knows none: what it is multiplied with tells.
  const shape = isOpenShape(declared) ? (inferredShape(name, nodes, constantShapes(nodes)) ?? declared) : declared
  compiler.bind(name, graphInput(compiler.graph, name, { type, shape: shape ?? usualShape(type) }))
}

/** The shapes of constants, by reference, through copies. */
function constantShapes(nodes: readonly NodeDef[]): (reference: string) => Shape {
  const byName = new Map(nodes.map(node => [node.name ?? '', node]))
  return reference => {
    let node = byName.get(withoutZero(reference))
    for (let steps = 0; steps < 10 && node !== undefined && passing.has(node.op ?? ''); steps++)
      node = byName.get(withoutZero(dataInputs(node)[0] ?? ''))
    const tensor = node?.op === 'Const' ? node.attr?.['value']?.tensor : undefined
    return tensor === undefined || tensor === null ? undefined : declaredShape(tensor.tensor_shape)
  }
}

function resultsOf(nodes: readonly NodeDef[]): string[] {
  const consumed = new Set(nodes.flatMap(node => (node.input ?? []).map(input => input.replace(/^\^/, '').replace(/:\d+$/, ''))))
  return nodes.flatMap(({ name = '', op = '' }) => (consumed.has(name) || noResults.has(op) ? [] : [name]))
}

function checkNames(names: readonly string[], nodes: readonly NodeDef[], output: string | undefined): void {
  const known = new Set(nodes.map(({ name }) => name))
  const [first] = names
  if (first === undefined)
    throw new SluiceError('MODEL_LOAD_FAILED', 'the TensorFlow graph has no result: every node is an input of another node')
  if (output !== undefined && !known.has(first.replace(/:\d+$/, ''))) {
    const all = resultsOf(nodes).slice(0, 8).join(', ')
    throw new SluiceError('MODEL_LOAD_FAILED', `the TensorFlow graph has no node ${output}; its results are: ${all || 'none'}`)
  }
}

function withoutZero(reference: string): string {
  return reference.replace(/:0$/, '')
}
