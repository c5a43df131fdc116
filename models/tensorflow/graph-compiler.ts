import { SluiceError, messageOf } from '../../base/index.ts'
import { type Constant, type Surroundings, type Tensor, type FunctionDef, type NodeDef, OnnxGraph, Op, opError } from './graph/index.ts'
import { outputIndex } from './output-names.ts'
import { rules } from './ops/index.ts'

/** The contents of variables and tables, by the nodes that make them. */
export interface RestoredValues {
  readonly variables: ReadonlyMap<string, Constant>
  readonly tables: ReadonlyMap<string, { readonly keys: Constant; readonly values: Constant }>
}

/** Largest depth of function calls, and largest number of nodes after all calls are inlined. */
const deepestCall = 64
const mostNodes = 200_000

/** A body of nodes: the main graph, or a function that was called. */
interface Scope {
  readonly nodes: ReadonlyMap<string, NodeDef>
  /** What was computed or given so far, by node or argument. */
  readonly results: Map<string, readonly Tensor[]>
  readonly inFunction: boolean
}

/** One result of a node. */
interface Reference {
  readonly node: string
  readonly index: (op: string) => number
}

/**
 * Follows a TensorFlow graph from its results back to what they need, and writes that as an ONNX graph. Functions are written out where they
 * are called. Control dependencies are left out: nothing that can be compiled has an effect.
 */
export class GraphCompiler {
  readonly graph = new OnnxGraph()
  readonly #functions: ReadonlyMap<string, FunctionDef>
  readonly #restored: RestoredValues
  readonly #variables = new Map<string, Tensor>()
  readonly #main: Scope
  #depth = 0
  #nodes = 0

  constructor(nodes: readonly NodeDef[], functions: readonly FunctionDef[], restored: RestoredValues) {
    this.#functions = new Map(functions.map(each => [each.signature?.name ?? '', each]))
    this.#restored = restored
    this.#main = { nodes: byName(nodes), results: new Map(), inFunction: false }
  }

  /** Says what a node of the main graph is, in place of what it would compute: an input. */
  bind(node: string, tensor: Tensor): void {
    this.#main.results.set(node, [tensor])
  }

  /** The tensor of a reference like `dense/Softmax:0`. Throws SluiceError MODEL_LOAD_FAILED that names what cannot be compiled. */
  compile(reference: string): Tensor {
    return this.#fetch(this.#main, reference)
  }

  #fetch(scope: Scope, reference: string): Tensor {
    const { node, index } = parseReference(reference, scope.inFunction)
    this.#evaluate(scope, node)
    return this.#pick(scope, { node, index })
  }

  #pick(scope: Scope, { node, index }: Reference): Tensor {
    const at = index(scope.nodes.get(node)?.op ?? '')
    const tensor = scope.results.get(node)?.[at]
    if (tensor === undefined) throw failed(`the graph refers to output ${at} of node ${node}, which does not exist`)
    return tensor
  }

  /** Depth first, with a stack of its own: a graph may be deeper than calls can be. */
  #evaluate(scope: Scope, wanted: string): void {
    const stack = [wanted]
    const open = new Set<string>()
    for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
      if (scope.results.has(name)) {
        stack.pop()
        continue
      }
      const node = scope.nodes.get(name)
      if (node === undefined) throw failed(`the graph refers to node ${name}, which does not exist`)
      const references = dataInputs(node).map(input => parseReference(input, scope.inFunction))
      const missing = references.filter(reference => !scope.results.has(reference.node))
      if (missing.length === 0) {
        const inputs = references.map(reference => this.#pick(scope, reference))
        scope.results.set(name, this.#compileNode(node, inputs))
        open.delete(name)
        stack.pop()
        continue
      }
      if (open.has(name)) throw opError(node, 'is part of a cycle: loops of the old form are not supported')
      open.add(name)
      for (const reference of missing) {
        if (open.has(reference.node)) throw opError(node, 'is part of a cycle: loops of the old form are not supported')
        stack.push(reference.node)
      }
    }
  }

  #compileNode(node: NodeDef, inputs: readonly Tensor[]): readonly Tensor[] {
    if (++this.#nodes > mostNodes) throw failed(`the graph has more than ${mostNodes} nodes once its functions are inlined`)
    const dead = inputs.find(input => input.dead === true)
    if (dead !== undefined && node.op !== 'Merge' && node.op !== 'RefMerge') return [dead, dead]
    const rule = rules.get(node.op ?? '')
    if (rule === undefined)
      throw opError(node, 'is not supported: export a signature that starts after this op, or convert the model to ONNX')
    this.graph.origin = node.name ?? ''
    try {
      const given = rule(new Op(node, inputs, this.#around))
      return Array.isArray(given) ? (given as readonly Tensor[]) : [given as Tensor]
    } catch (error) {
      throw error instanceof SluiceError && error.message.startsWith('the ')
        ? error
        : opError(node, `cannot be compiled: ${messageOf(error)}`, error)
    }
  }

  readonly #around: Surroundings = {
    graph: this.graph,
    call: (name, inputs) => this.#call(name, inputs),
    variable: node => this.#variable(node),
    table: node => this.#restored.tables.get(node),
  }

  #variable(node: string): Tensor | undefined {
    const constant = this.#restored.variables.get(node)
    if (constant === undefined) return undefined
    const tensor = this.#variables.get(node) ?? this.graph.constant(constant)
    this.#variables.set(node, tensor)
    return tensor
  }

  #call(name: string, inputs: readonly Tensor[]): readonly Tensor[] {
    const called = this.#functions.get(name)
    if (called === undefined) throw failed(`the graph calls the function ${name}, which it does not have`)
    if (++this.#depth > deepestCall) throw failed(`the graph nests function calls more than ${deepestCall} levels deep: ${name}`)
    const given = (called.signature?.input_arg ?? []).map((arg, at) => [arg.name ?? '', inputs[at]] as const)
    const results = new Map<string, readonly Tensor[]>()
    for (const [arg, tensor] of given) if (tensor !== undefined) results.set(arg, [tensor])
    const scope: Scope = { nodes: byName(called.node_def ?? []), results, inFunction: true }
    const outputs = (called.signature?.output_arg ?? []).map(({ name: output = '' }) => {
      const reference = called.ret?.[output]
      if (reference === undefined) throw failed(`the function ${name} does not say what its result ${output} is`)
      return this.#fetch(scope, reference)
    })
    this.#depth--
    return outputs
  }
}

/** A node's inputs without its control dependencies. */
export function dataInputs(node: NodeDef): string[] {
  return (node.input ?? []).filter(input => !input.startsWith('^'))
}

/** `node`, `node:1`; within functions `argument`, `node:output:1`. */
export function parseReference(text: string, inFunction: boolean): Reference {
  const [node = '', second, third] = text.split(':')
  if (third !== undefined && inFunction) return { node, index: op => outputIndex(op, second ?? '', Number(third)) }
  return { node, index: () => Number(second ?? 0) }
}

function byName(nodes: readonly NodeDef[]): Map<string, NodeDef> {
  return new Map(nodes.map(node => [node.name ?? '', node]))
}

function failed(what: string): SluiceError {
  return new SluiceError('MODEL_LOAD_FAILED', `the TensorFlow model cannot be compiled: ${what}`)
}
