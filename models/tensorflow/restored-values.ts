import { SluiceError, messageOf } from '../../base/index.ts'
import {
  type Constant,
  type FunctionDef,
  type GraphDef,
  type NodeDef,
  constantOf,
  numberConstant,
  numbersOf,
  textsOf,
  checkpointObjects,
} from './graph/index.ts'
import { type RestoredValues, dataInputs, parseReference } from './graph-compiler.ts'
import type { TensorBundle } from './tensor-bundle.ts'

/** Ops that give a variable its value: their target comes first, the value second. */
const assigns = new Set(['Assign', 'AssignVariableOp'])
const imports = new Set(['LookupTableImportV2', 'LookupTableImport', 'InitializeTableV2', 'InitializeTable'])
const calls = new Set(['PartitionedCall', 'StatefulPartitionedCall'])
const passing = new Set(['Identity', 'Cast', 'Snapshot', 'StopGradient', 'EnsureShape'])
const variables = new Set(['VariableV2', 'Variable', 'VarHandleOp'])
const deepest = 16
const mostKeys = 10_000_000

/** The lines of an asset, by the node of the main graph that stands for its name; undefined: there is none. */
export type Asset = (node: string) => readonly string[] | undefined

/**
 * What the variables and tables of a graph hold. Which key of the checkpoint is whose is told by the graph itself: by the assignments that
 * restore it (in the graph, or in functions that it calls with the variables as arguments). Where there are none, by name.
 */
export function restoredValues(graph: GraphDef, bundle: TensorBundle | undefined, asset: Asset): RestoredValues {
  const finder = new ValueFinder(graph, bundle, asset)
  finder.walk()
  finder.addByName()
  return finder
}

/** The nodes of a graph or function, and what its arguments are bound to in the main graph. */
interface Body {
  readonly nodes: ReadonlyMap<string, NodeDef>
  readonly args: ReadonlyMap<string, Source | undefined>
  readonly inFunction: boolean
}

/** A result of a node of some body. */
interface Source {
  readonly body: Body
  readonly node: NodeDef
  readonly index: number
}

class ValueFinder implements RestoredValues {
  readonly variables = new Map<string, Constant>()
  readonly tables = new Map<string, { keys: Constant; values: Constant }>()
  /** The node that a variable's value comes from. */
  readonly #assigned = new Map<string, string>()
  readonly #graph: GraphDef
  readonly #functions: ReadonlyMap<string, FunctionDef>
  readonly #bundle: TensorBundle | undefined
  readonly #asset: Asset

  constructor(graph: GraphDef, bundle: TensorBundle | undefined, asset: Asset) {
    this.#graph = graph
    this.#functions = new Map((graph.library?.function ?? []).map(each => [each.signature?.name ?? '', each]))
    this.#bundle = bundle
    this.#asset = asset
  }

  walk(): void {
    this.#walkBody({ nodes: named(this.#graph.node ?? []), args: new Map(), inFunction: false }, 0)
  }

  /** Variables that nothing restores: by their own name, or by the one that the checkpoint notes with a key. */
  addByName(): void {
    const bundle = this.#bundle
    if (bundle === undefined) return
    const keys = noted(bundle.text('_CHECKPOINTABLE_OBJECT_GRAPH'))
    for (const { op = '', name = '', attr } of this.#graph.node ?? []) {
      if (!variables.has(op) || this.variables.has(name)) continue
      const shared = Buffer.from(attr?.['shared_name']?.s ?? new Uint8Array(0)).toString('utf8')
      const key = [name, shared, keys.get(shared), keys.get(name)].find(each => each !== undefined && each !== '' && bundle.has(each))
      const value = key === undefined ? undefined : bundle.read(key)
      if (value !== undefined) this.variables.set(name, value)
    }
  }

  #walkBody(body: Body, depth: number): void {
    const nodes = [...body.nodes.values()]
    // Assignments come first: imports and calls look up the values of the variables.
    for (const node of nodes) if (assigns.has(node.op ?? '')) this.#assign(body, node)
    for (const node of nodes) {
      const op = node.op ?? ''
      if (imports.has(op)) this.#import(body, node)
      else if (op.startsWith('InitializeTableFromTextFile')) this.#importFile(body, node)
      else if (calls.has(op) && depth < deepest) this.#walkCall(body, node, depth)
    }
  }

  /** Only functions that are given a variable or table can set one. */
  #walkCall(body: Body, node: NodeDef, depth: number): void {
    const called = this.#functions.get(node.attr?.['f']?.func?.name ?? '')
    if (called === undefined) return
    const given = dataInputs(node).map(input => this.#trace(body, input))
    const args = (called.signature?.input_arg ?? []).map((arg, at) => [arg.name ?? '', given[at]] as const)
    this.#walkBody({ nodes: named(called.node_def ?? []), args: new Map(args), inFunction: true }, depth + 1)
  }

  #assign(body: Body, node: NodeDef): void {
    const [target = '', source = ''] = dataInputs(node)
    const variable = this.#trace(body, target)?.node.name
    const value = this.#value(body, source, true)
    const sourceNode = this.#trace(body, source)?.node.name
    if (variable !== undefined && sourceNode !== undefined) this.#assigned.set(variable, sourceNode)
    if (variable !== undefined && value !== undefined) this.variables.set(variable, value)
  }

  #import(body: Body, node: NodeDef): void {
    const [target = '', keySource = '', valueSource = ''] = dataInputs(node)
    const table = this.#trace(body, target)?.node.name
    if (table === undefined) return
    const [keys, values] = [this.#value(body, keySource), this.#value(body, valueSource)]
    if (keys !== undefined && values !== undefined) this.tables.set(table, { keys, values })
  }

  /** A file of one key a line, whose line number is the value: what vocabularies are. */
  #importFile(body: Body, node: NodeDef): void {
    const [target = '', fileSource = ''] = dataInputs(node)
    const table = this.#trace(body, target)?.node.name
    const file = this.#assetNode(body, fileSource)
    const lines = file === undefined ? undefined : this.#asset(file)
    const [keyIndex, valueIndex] = ['key_index', 'value_index'].map(name => Number(node.attr?.[name]?.i ?? 0))
    if (table === undefined || lines === undefined || keyIndex !== -2 || valueIndex !== -1) return
    const numbers = Buffer.alloc(lines.length * 8)
    lines.forEach((_, at) => numbers.writeBigInt64LE(BigInt(at), at * 8))
    this.tables.set(table, {
      keys: { type: 'string', dims: [lines.length], bytes: new Uint8Array(0), texts: lines.map(line => Buffer.from(line)) },
      values: { type: 'int64', dims: [lines.length], bytes: numbers },
    })
  }

  /** The node that stands for an asset's name: itself, or what the variable is set to that holds it. */
  #assetNode(body: Body, reference: string): string | undefined {
    const source = this.#trace(body, reference)
    if (source?.node.op !== 'ReadVariableOp') return source?.node.name
    const [handle = ''] = dataInputs(source.node)
    return this.#assigned.get(this.#trace(source.body, handle)?.node.name ?? '')
  }

  /** What an input refers to, through copies and arguments. */
  #trace(body: Body, reference: string): Source | undefined {
    let at = { body, reference }
    for (let steps = 0; steps < 1000; steps++) {
      const { node: name, index } = parseReference(at.reference, at.body.inFunction)
      if (at.body.args.has(name)) return at.body.args.get(name)
      const node = at.body.nodes.get(name)
      if (node === undefined) return undefined
      const [next] = dataInputs(node)
      if (!passing.has(node.op ?? '') || next === undefined) return { body: at.body, node, index: index(node.op ?? '') }
      at = { body: at.body, reference: next }
    }
    return undefined
  }

  /** A value that is in the checkpoint or, unless it must be restored, in the graph. */
  #value(body: Body, reference: string, onlyRestored = false): Constant | undefined {
    const source = this.#trace(body, reference)
    if (source === undefined) return undefined
    const { node } = source
    if (node.op === 'Const') return onlyRestored ? undefined : constant(node)
    if (node.op === 'Range' && !onlyRestored) return this.#range(source)
    if (node.op !== 'RestoreV2') return undefined
    const [, keySource = '', partSource = ''] = dataInputs(node)
    const key = this.#texts(source.body, keySource)[source.index]
    const part = this.#texts(source.body, partSource)[source.index]
    return key === undefined ? undefined : this.#bundle?.read(key, part)
  }

  /** The whole numbers that number a table's keys. */
  #range({ body, node }: Source): Constant | undefined {
    const parts = dataInputs(node).map(input => this.#value(body, input))
    const [start, limit, step] = parts.map(part => (part === undefined ? undefined : numbersOf(part)?.[0]))
    if (start === undefined || limit === undefined || step === undefined) return undefined
    const count = Math.ceil((limit - start) / step)
    if (!(count >= 0 && count <= mostKeys)) return undefined
    return numberConstant(
      'int64',
      [count],
      Array.from({ length: count }, (_, at) => start + at * step),
    )
  }

  #texts(body: Body, reference: string): readonly string[] {
    const source = this.#trace(body, reference)
    const value = source?.node.op === 'Const' ? constant(source.node) : undefined
    return (value === undefined ? undefined : textsOf(value)) ?? []
  }
}

function named(nodes: readonly NodeDef[]): Map<string, NodeDef> {
  return new Map(nodes.map(node => [node.name ?? '', node]))
}

function constant(node: NodeDef): Constant | undefined {
  const tensor = node.attr?.['value']?.tensor
  return tensor === undefined || tensor === null ? undefined : constantOf(tensor)
}

/** The checkpoint's keys by the names of the saved variables; undefined for a name that occurs twice. */
function noted(bytes: Uint8Array | undefined): ReadonlyMap<string, string | undefined> {
  const keys = new Map<string, string | undefined>()
  if (bytes === undefined) return keys
  try {
    const all = (checkpointObjects.decode(bytes).nodes ?? []).flatMap(node => node.attributes ?? [])
    for (const { full_name: name = '', checkpoint_key: key } of all) keys.set(name, keys.has(name) ? undefined : key)
  } catch (error) {
    throw new SluiceError('MODEL_LOAD_FAILED', `the checkpoint’s object graph cannot be read: ${messageOf(error)}`, {
      cause: error,
    })
  }
  return keys
}
