import { type Flow, type FlowNode, type FlowRule, type MaybeFlow, mix, somehow } from './flow-node.ts'

/** Most passes over a loop to determine which of its values depend on the records. */
const rounds = 3

/** An If has one condition for all records of a batch. */
const branch: FlowRule = node => {
  if (node.inputs[0] !== undefined) throw mix(node, 'takes one decision for all records, from their values')
  const [yes, no] = ['then_branch', 'else_branch'].map(name => outputsOf(node, name, []))
  return (node.node.output ?? []).map((_, at) => merged(yes?.[at], no?.[at]))
}

const loop: FlowRule = node => {
  const [most, condition, ...given] = node.inputs
  if (most !== undefined || condition !== undefined) throw mix(node, 'repeats for all records, depending on their values')
  let states = [...given]
  let outputs: readonly MaybeFlow[] = []
  for (let round = 0; round < rounds; round++) {
    outputs = outputsOf(node, 'body', [undefined, undefined, ...states])
    if (outputs[0] !== undefined) throw mix(node, 'repeats for all records, depending on their values')
    states = states.map((state, at) => merged(state, outputs[at + 1]))
  }
  return [...states, ...outputs.slice(1 + states.length).map(stacked)]
}

const scan: FlowRule = node => {
  const count = node.attributes.int('num_scan_inputs', 0)
  const kept = node.inputs.length - count
  const axes = node.attributes.ints('scan_input_axes') ?? []
  const slices = node.inputs.slice(kept).map((flow, at): MaybeFlow => {
    if (flow === undefined || flow.axis === undefined || flow.rank === undefined) return flow && somehow
    const given = axes[at] ?? 0
    const axis = given < 0 ? given + flow.rank : given
    if (axis === flow.axis) throw mix(node, 'iterates over the records')
    return { axis: axis < flow.axis ? flow.axis - 1 : flow.axis, rank: flow.rank - 1 }
  })
  let states = node.inputs.slice(0, kept)
  let outputs: readonly MaybeFlow[] = []
  for (let round = 0; round < rounds; round++) {
    outputs = outputsOf(node, 'body', [...states, ...slices])
    states = states.map((state, at) => merged(state, outputs[at]))
  }
  const plain = !node.attributes.has('scan_output_axes')
  return [...states, ...outputs.slice(kept).map(flow => (plain ? stacked(flow) : flow && somehow))]
}

function outputsOf({ attributes, graphs }: FlowNode, name: string, given: readonly MaybeFlow[]): readonly MaybeFlow[] {
  const body = attributes.graph(name)
  return body === undefined ? [] : graphs.within(body, given)
}

/** What a step gives, of all steps below each other. */
function stacked(flow: MaybeFlow): MaybeFlow {
  if (flow?.axis === undefined) return flow
  return { axis: flow.axis + 1, rank: flow.rank === undefined ? undefined : flow.rank + 1 }
}

function merged(a: MaybeFlow, b: MaybeFlow): MaybeFlow {
  if (a === undefined || b === undefined) return a ?? b
  const alike = (of: (flow: Flow) => number | undefined): number | undefined => (of(a) === of(b) ? of(a) : undefined)
  return { axis: alike(flow => flow.axis), rank: alike(flow => flow.rank) }
}

/** If, Loop and Scan. */
export const controlRules: readonly (readonly [op: string, rule: FlowRule])[] = [
  ['If', branch],
  ['Loop', loop],
  ['Scan', scan],
]
