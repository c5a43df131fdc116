import { Attributes, type GraphOutline, type NodeOutline, graphModel } from '../proto/index.ts'
import { boundOf, type Known } from './operator-bounds.ts'

const unknown: Known = { origin: 'records', type: undefined }

/**
 * Why a graph may take long, much memory, or stop its process on some record; undefined: it provably does none of it. Every operator must be one
 * whose outputs have sizes that follow from sizes alone, in which no arithmetic is done: then a run on fewer records costs no more, and what
 * a run of many made-up records costs holds for all records.
 */
export function unboundedBecause(bytes: Uint8Array): string | undefined {
  const model = graphModel(bytes)
  if (model?.graph === undefined) return 'its graph cannot be read'
  if ((model.functions ?? []).length > 0) return 'it defines operators of its own'
  return openInput(model.graph) ?? new GraphBounds(model.graph).fault()
}

/** An input of more open dimensions than the one that counts the records: whoever asks chooses its size. */
function openInput({ input = [], initializer = [] }: GraphOutline): string | undefined {
  const weights = new Set(initializer.map(({ name }) => name))
  for (const { name = '', type } of input) {
    if (weights.has(name)) continue
    const dims = type?.tensor_type?.shape?.dim
    if (dims === undefined) return `the shape of its input ${name} is not declared`
    const open = dims.filter(({ dim_value }) => dim_value === undefined || dim_value === null || Number(dim_value) <= 0)
    if (open.length > 1) return `its input ${name} has ${open.length} dimensions of any size`
  }
  return undefined
}

class GraphBounds {
  readonly #known = new Map<string, Known>()
  readonly #nodes: readonly NodeOutline[]

  constructor({ node = [], initializer = [], input = [] }: GraphOutline) {
    this.#nodes = node
    for (const { name = '', type } of input) this.#known.set(name, { origin: 'records', type: type?.tensor_type?.elem_type })
    for (const { name = '', data_type } of initializer) this.#known.set(name, { origin: 'constant', type: data_type })
  }

  fault(): string | undefined {
    for (const node of this.#nodes) {
      const fault = this.#through(node)
      if (fault !== undefined) return `${node.op_type}${node.name ? ` (node ${node.name})` : ''} ${fault}`
    }
    return undefined
  }

  #through(node: NodeOutline): string | undefined {
    const bound = boundOf(node)
    if (bound === undefined) return 'is not among the operators whose work is known'
    const inputs = (node.input ?? []).map((name): Known =>
      name === '' ? { origin: 'constant', type: undefined } : (this.#known.get(name) ?? unknown),
    )
    let decoded: Attributes | undefined
    const attributes = (): Attributes => (decoded ??= new Attributes(node))
    const deciding = [...(bound.constant ?? []).map(at => [at, false] as const), ...(bound.sizes ?? []).map(at => [at, true] as const)]
    for (const [at, sizes] of deciding) {
      const origin = inputs[at]?.origin ?? 'constant'
      if (origin !== 'constant' && !(sizes && origin === 'sizes'))
        return `takes sizes or places from its input ${at + 1}, which depends on the records`
    }
    const refused = bound.refuse?.(node, inputs, attributes)
    if (refused !== undefined) return refused
    const origin = originOf(node, inputs, () => bound.selects?.(inputs, attributes) === true)
    const types = bound.types(node, inputs, attributes)
    for (const [at, name] of (node.output ?? []).entries()) this.#known.set(name, { origin, type: types[at] })
    return undefined
  }
}

function originOf({ op_type }: NodeOutline, inputs: readonly Known[], selects: () => boolean): Known['origin'] {
  if (op_type === 'Shape' || op_type === 'Size') return 'sizes'
  if (inputs.every(({ origin }) => origin === 'constant')) return 'constant'
  return inputs.every(({ origin }) => origin !== 'records') && selects() ? 'sizes' : 'records'
}
