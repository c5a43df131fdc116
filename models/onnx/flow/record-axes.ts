import { type ValueOutline, graphModel } from '../proto/index.ts'
import { GraphFlow } from './record-flow.ts'
import { stepsInTime } from './record-flow-rules.ts'

/** The dimension that counts the records, by input; inputs that are not named: the first dimension. A map: a name may be one that every object has. */
export type RecordAxes = ReadonlyMap<string, number>

/** What a graph shows, without a run, about how it takes records. */
export interface RecordPlan {
  /** The possible dimensions of the records, the likeliest first. A trial is needed only if there are several. */
  readonly axes: readonly RecordAxes[]
  /** Why the result of a record depends on other records; undefined: no such reason is known. */
  readonly mixes: string | undefined
}

export const usualPlan: RecordPlan = { axes: [new Map()], mixes: undefined }

type Dim = number | string

interface ShapedInput {
  readonly name: string
  readonly shape: readonly Dim[]
}

/** Usual names of dimensions that count the records. */
const batchName = /^(?:n|bs)$|batch|^(?:num_|n_)?(?:samples|records|examples|rows)$/i
/** Usual names of dimensions that count something else. */
const timeName = /seq|time|step|len|token|word|height|width|^[tlhw]$/i

/**
 * Tells where the records lie in a model's inputs, and whether the graph mixes them. The first dimension counts them, unless another is open
 * and the first is fixed (to more than 1), or is one that the graph works along: the steps of time-major models. `named`: whether the
 * names of dimensions are the model's own.
 */
export function planRecords(bytes: Uint8Array, named: boolean): RecordPlan {
  const model = graphModel(bytes)
  if (model?.graph === undefined) return usualPlan
  const weights = new Set(model.graph.initializer?.map(({ name }) => name))
  const inputs = (model.graph.input ?? []).filter(({ name }) => !weights.has(name)).map(input => shaped(input, named))
  const flow = new GraphFlow(model)
  const mixing = (axes: RecordAxes): string | undefined =>
    flow.mixing(
      new Map(
        inputs
          .filter(({ name, shape }) => typeof shape[axes.get(name) ?? 0] === 'string' || shape.length === 0)
          .map(({ name, shape }) => [
            name,
            { axis: shape.length === 0 ? undefined : (axes.get(name) ?? 0), rank: shape.length || undefined },
          ]),
      ),
    )
  const candidates = candidatesOf(inputs, named)
  const judged = candidates.map(axes => ({ axes, mixes: mixing(axes) }))
  // A graph that takes the records for steps in time has them in another dimension, if there is one.
  const likely = judged.filter(({ mixes }) => mixes?.includes(stepsInTime) !== true)
  const [only = judged[0], ...others] = likely
  if (others.length > 0) return { axes: likely.map(({ axes }) => axes), mixes: undefined }
  return { axes: [only?.axes ?? new Map()], mixes: oneARun(inputs) ? undefined : only?.mixes }
}

function shaped({ name = '', type }: ValueOutline, named: boolean): ShapedInput {
  const dims = type?.tensor_type?.shape?.dim ?? []
  return {
    name,
    shape: dims.map(({ dim_value, dim_param }, at): Dim => {
      const size = dim_value === undefined || dim_value === null ? 0 : Number(dim_value)
      if (size > 0) return size
      return named && dim_param !== undefined && dim_param !== '' ? dim_param : `dimension ${at}`
    }),
  }
}

function symbolsOf(inputs: readonly ShapedInput[]): string[] {
  return [...new Set(inputs.flatMap(({ shape }) => shape.filter(dim => typeof dim === 'string')))]
}

function axesOf(inputs: readonly ShapedInput[], symbol: string): RecordAxes {
  return new Map(inputs.flatMap(({ name, shape }) => (shape.indexOf(symbol) > 0 ? [[name, shape.indexOf(symbol)] as const] : [])))
}

/** Whether a run always takes exactly one record. */
function oneARun(inputs: readonly ShapedInput[]): boolean {
  return inputs.every(({ shape: [first] }) => first === 1)
}

/** Where the records may lie: the first dimension, or one that is open beside it. Of two open ones of a matrix the first counts the records. */
function candidatesOf(inputs: readonly ShapedInput[], named: boolean): RecordAxes[] {
  const usual: RecordAxes = new Map()
  const symbols = symbolsOf(inputs)
  const firsts = new Set(inputs.map(({ shape: [first] }) => first))
  const telling = named ? symbols.filter(symbol => batchName.test(symbol)) : []
  if (telling.length === 1) return [axesOf(inputs, telling[0] as string)]
  const vague = inputs.filter(({ shape: [first, ...rest] }) => first !== 1 && (typeof first === 'number' || rest.length > 1))
  const open = symbols.filter(
    symbol => !firsts.has(symbol) && !(named && timeName.test(symbol)) && vague.some(({ shape }) => shape.includes(symbol)),
  )
  const others = open.map(symbol => axesOf(inputs, symbol))
  if (others.length === 0) return [usual]
  const [first] = firsts
  if (named && others.length === 1 && typeof first === 'string' && timeName.test(first)) return others
  return vague.some(({ shape: [size] }) => typeof size === 'number') ? [...others, usual] : [usual, ...others]
}
