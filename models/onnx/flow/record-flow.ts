import {
  type FunctionOutline,
  type GraphModel,
  type GraphOutline,
  type NodeOutline,
  type TensorOutline,
  Attributes,
  wholeValues,
} from '../proto/index.ts'
import { type Flow, type MaybeFlow, RecordsMix, somehow } from './flow-node.ts'
import { flowThrough } from './record-flow-rules.ts'

/** Deepest nesting of graphs that is followed. */
const deepest = 32

/** What is known at a node. */
class Scope {
  readonly flows = new Map<string, MaybeFlow>()
  readonly constants = new Map<string, TensorOutline>()
  readonly around: Scope | undefined

  constructor(around: Scope | undefined) {
    this.around = around
  }

  flow(name: string): MaybeFlow {
    return this.flows.has(name) ? this.flows.get(name) : this.around?.flow(name)
  }

  constant(name: string): TensorOutline | undefined {
    return this.constants.get(name) ?? (this.flows.has(name) ? undefined : this.around?.constant(name))
  }
}

/**
 * Follows the records through a graph, from the inputs to the outputs, by what each operator does to their dimension. Reports only operators
 * that certainly mix records (a sum over records, a condition that depends on records). Unknown cases are not reported; a trial must
 * determine them.
 */
export class GraphFlow {
  readonly #functions: ReadonlyMap<string, FunctionOutline>
  readonly #opsets: ReadonlyMap<string, number>
  readonly #graph: GraphOutline
  #scope = new Scope(undefined)
  #depth = 0

  constructor({ graph = {}, functions = [], opset_import = [] }: GraphModel) {
    this.#graph = graph
    this.#functions = new Map(functions.map(each => [`${each.domain ?? ''} ${each.name}`, each]))
    this.#opsets = new Map(opset_import.map(({ domain = '', version = 1 }) => [domain, Number(version)]))
  }

  /** Why the graph mixes records that are along these dimensions of the inputs; undefined: no such reason is known. */
  mixing(inputs: ReadonlyMap<string, Flow>): string | undefined {
    this.#scope = new Scope(undefined)
    try {
      for (const [name, flow] of inputs) this.#scope.flows.set(name, flow)
      this.#run(this.#graph.node ?? [], this.#graph.initializer ?? [])
      return undefined
    } catch (error) {
      if (error instanceof RecordsMix) return error.why
      throw error
    }
  }

  /** The flows of a subgraph's outputs, for the given flows of its inputs. */
  within({ node = [], initializer = [], input = [], output = [] }: GraphOutline, given: readonly MaybeFlow[]): MaybeFlow[] {
    return this.#nested(this.#scope, scope => {
      for (const [at, { name = '' }] of input.entries()) scope.flows.set(name, given[at])
      this.#run(node, initializer)
      return output.map(({ name = '' }) => scope.flow(name))
    })
  }

  #nested(around: Scope | undefined, use: (scope: Scope) => MaybeFlow[]): MaybeFlow[] {
    if (this.#depth >= deepest) return []
    const before = this.#scope
    this.#scope = new Scope(around)
    this.#depth++
    try {
      return use(this.#scope)
    } finally {
      this.#depth--
      this.#scope = before
    }
  }

  #run(nodes: readonly NodeOutline[], initializers: readonly TensorOutline[]): void {
    const scope = this.#scope
    for (const tensor of initializers) {
      scope.constants.set(tensor.name ?? '', tensor)
      if (!scope.flows.has(tensor.name ?? '')) scope.flows.set(tensor.name ?? '', undefined)
    }
    for (const node of nodes) {
      const outputs = this.#visit(node)
      for (const [at, name] of (node.output ?? []).entries()) scope.flows.set(name, at < outputs.length ? outputs[at] : somehow)
    }
  }

  /** The flows of the node's outputs; empty: they depend on the records in an unknown way. */
  #visit(node: NodeOutline): readonly MaybeFlow[] {
    const { op_type: op = '', input = [], output = [], domain = '' } = node
    const scope = this.#scope
    const inputs = input.map(name => (name === '' ? undefined : scope.flow(name)))
    const called = this.#functions.get(`${domain} ${op}`)
    if (called !== undefined) return this.#call(called, inputs)
    const hasGraphs = op === 'If' || op === 'Loop' || op === 'Scan'
    if (op === 'Constant') {
      const [name = ''] = output
      const attributes = new Attributes(node)
      const value = attributes.tensor('value') ?? constantOf(attributes)
      if (value !== undefined) scope.constants.set(name, value)
    }
    if (!hasGraphs && inputs.every(flow => flow === undefined)) return output.map(() => undefined)
    return flowThrough({
      op,
      node,
      attributes: new Attributes(node),
      inputs,
      opset: this.#opsets.get(domain === 'ai.onnx' ? '' : domain) ?? 13,
      graphs: this,
      constant: at => this.#valuesOf(input[at]),
      rankOf: at => scope.constant(input[at] ?? '')?.dims?.length,
    })
  }

  #valuesOf(name: string | undefined): readonly number[] | undefined {
    const tensor = name === undefined || name === '' ? undefined : this.#scope.constant(name)
    return tensor === undefined ? undefined : wholeValues(tensor)
  }

  #call({ input = [], output = [], node = [] }: FunctionOutline, given: readonly MaybeFlow[]): MaybeFlow[] {
    return this.#nested(undefined, scope => {
      for (const [at, name] of input.entries()) scope.flows.set(name, given[at])
      this.#run(node, [])
      return output.map(name => scope.flow(name))
    })
  }
}

function constantOf(attributes: Attributes): TensorOutline | undefined {
  if (attributes.has('value_int')) return { dims: [], data_type: 7, int64_data: [attributes.int('value_int', 0)] }
  const ints = attributes.has('value_ints') ? attributes.ints('value_ints') : undefined
  return ints === undefined ? undefined : { dims: [ints.length], data_type: 7, int64_data: ints }
}
