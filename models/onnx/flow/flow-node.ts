import type { Attributes, GraphOutline, NodeOutline } from '../proto/index.ts'

/** How a tensor depends on the records; undefined beside it: not at all (their number does not count). */
export interface Flow {
  /** The dimension along which the records lie, each by itself; undefined: not known. */
  readonly axis: number | undefined
  readonly rank: number | undefined
}

export type MaybeFlow = Flow | undefined

/** A tensor that depends on the records in a way that is not known. */
export const somehow: Flow = { axis: undefined, rank: undefined }

/** What a rule sees of a node. */
export interface FlowNode {
  readonly op: string
  readonly node: NodeOutline
  readonly attributes: Attributes
  readonly inputs: readonly MaybeFlow[]
  /** Of the operator set that the node is of. */
  readonly opset: number
  /** Follows a graph within the node. */
  readonly graphs: { within(graph: GraphOutline, given: readonly MaybeFlow[]): readonly MaybeFlow[] }
  /** The values of an input that is a small constant of whole numbers. */
  constant(at: number): readonly number[] | undefined
  /** The rank of an input that does not depend on the records, where it is known. */
  rankOf(at: number): number | undefined
}

/** Thrown by a rule: what one record gets depends on the others. */
export class RecordsMix {
  readonly why: string

  constructor(why: string) {
    this.why = why
  }
}

/** The flows of a node's outputs, in their order; those that it does not tell depend on the records somehow. Throws RecordsMix. */
export type FlowRule = (node: FlowNode) => readonly MaybeFlow[]

export function mix({ op, node }: Pick<FlowNode, 'op' | 'node'>, how: string): RecordsMix {
  return new RecordsMix(`${op}${node.name === undefined || node.name === '' ? '' : ` (node ${node.name})`} ${how}`)
}
