import type { Attributes, GraphOutline, NodeOutline } from '../proto/index.ts'

/** How a tensor depends on the records; undefined in its place: it does not depend on their values. */
export interface Flow {
  /** The dimension along which the records are, independent of each other; undefined: not known. */
  readonly axis: number | undefined
  readonly rank: number | undefined
}

export type MaybeFlow = Flow | undefined

/** A tensor that depends on the records in a way that is not known. */
export const somehow: Flow = { axis: undefined, rank: undefined }

/** A node, as a rule sees it. */
export interface FlowNode {
  readonly op: string
  readonly node: NodeOutline
  readonly attributes: Attributes
  readonly inputs: readonly MaybeFlow[]
  /** The version of the node's operator set. */
  readonly opset: number
  /** Follows a graph within the node. */
  readonly graphs: { within(graph: GraphOutline, given: readonly MaybeFlow[]): readonly MaybeFlow[] }
  /** The values of an input that is a small constant of whole numbers. */
  constant(at: number): readonly number[] | undefined
  /** The rank of an input that does not depend on the records, where it is known. */
  rankOf(at: number): number | undefined
}

/** Thrown by a rule: the result of a record depends on other records. */
export class RecordsMix {
  readonly why: string

  constructor(why: string) {
    this.why = why
  }
}

/** Returns the flows of a node's outputs, in their order; outputs beyond them depend on the records in an unknown way. Throws RecordsMix. */
export type FlowRule = (node: FlowNode) => readonly MaybeFlow[]

export function mix({ op, node }: Pick<FlowNode, 'op' | 'node'>, how: string): RecordsMix {
  return new RecordsMix(`${op}${node.name === undefined || node.name === '' ? '' : ` (node ${node.name})`} ${how}`)
}
