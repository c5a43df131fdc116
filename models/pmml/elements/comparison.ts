import { type PmmlElement, parseNumber } from '../document/index.ts'
import { numbersOf, giveUp } from '../expressions/index.ts'

const measures = [
  'euclidean',
  'squaredEuclidean',
  'chebychev',
  'cityBlock',
  'minkowski',
  'simpleMatching',
  'jaccard',
  'tanimoto',
  'binarySimilarity',
] as const

const comparers = ['absDiff', 'gaussSim', 'delta', 'equal', 'table'] as const

type Comparer = (typeof comparers)[number]

/** How two records are compared: each field by a comparer, the fields together by a measure. Plain data. */
export interface CompiledComparison {
  readonly measure: (typeof measures)[number]
  readonly isSimilarity: boolean
  readonly power: number
  /** The parameters of binarySimilarity: c00, c01, c10, c11, then d00, d01, d10, d11. Empty for other measures. */
  readonly parameters: readonly number[]
  readonly comparers: readonly Comparer[]
  readonly weights: Float64Array
  readonly scales: Float64Array
}

/** `fields`: the ClusteringFields or KNNInputs, which have the weights. */
export function compileComparison(element: PmmlElement, fields: readonly PmmlElement[]): CompiledComparison {
  const chosen = element.child(...measures) ?? element.fail('has no known measure')
  const common = element.oneOf('compareFunction', comparers)
  const own = fields.map(field => (field.get('compareFunction') === undefined ? common : field.oneOf('compareFunction', comparers)))
  if (own.includes('table')) element.fail('compares by a table, which is not supported')
  const names = ['c00', 'c01', 'c10', 'c11', 'd00', 'd01', 'd10', 'd11'].map(name => `${name}-parameter`)
  return {
    measure: measures.find(name => name === chosen.name) ?? 'euclidean',
    isSimilarity: element.oneOf('kind', ['distance', 'similarity']) === 'similarity',
    power: chosen.name === 'minkowski' ? chosen.number('p-parameter') : 2,
    parameters: chosen.name === 'binarySimilarity' ? names.map(name => chosen.number(name)) : [],
    comparers: own,
    weights: Float64Array.from(fields, field => field.number('fieldWeight', 1)),
    scales: Float64Array.from(fields, field => parseNumber(field.get('similarityScale') ?? '')),
  }
}

/** Whether the field's values are only tested for equality, so that they may be texts. */
export function comparesTexts(comparison: CompiledComparison, field: number): boolean {
  const comparer = comparison.comparers[field]
  return !isBinary(comparison) && (comparer === 'delta' || comparer === 'equal')
}

/** The weights of a MissingValueWeights element, one for each field; 1 each if it has none. */
export function missingWeights(element: PmmlElement | undefined, count: number): Float64Array {
  const weights = element?.child('Array') === undefined ? new Float64Array(count).fill(1) : numbersOf(element.needChild('Array'))
  if (weights.length !== count) element?.fail(`has ${weights.length} weights for ${count} fields`)
  return weights
}

/**
 * The distance or similarity of the values (NaN: missing) and the instance whose values begin at `from` in `instances`. `adjust`: from `adjustment`.
 */
export function compareWith(
  comparison: CompiledComparison,
  values: Float64Array,
  instance: { readonly instances: Float64Array; readonly from: number; readonly adjust: number },
): number {
  const { measure, comparers: own, weights, scales, power } = comparison
  const { instances, from, adjust } = instance
  if (isBinary(comparison)) return similarity(comparison, values, instance)
  let result = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (value !== value) continue
    const difference = distance(own[i] as Comparer, value, instances[from + i] as number, scales[i] as number)
    const weight = weights[i] as number
    if (measure === 'chebychev') result = Math.max(result, difference * weight)
    else if (measure === 'cityBlock') result += weight * difference
    else result += weight * (measure === 'minkowski' ? difference ** power : difference * difference)
  }
  if (measure === 'chebychev' || measure === 'cityBlock' || measure === 'squaredEuclidean') return result * adjust
  return measure === 'minkowski' ? (result * adjust) ** (1 / power) : Math.sqrt(result * adjust)
}

/** Whether the measure counts fields whose values are 0 or 1. */
export function isBinary({ measure }: CompiledComparison): boolean {
  return measure === 'simpleMatching' || measure === 'jaccard' || measure === 'tanimoto' || measure === 'binarySimilarity'
}

/** The sum of all weights, divided by the sum of the weights of the values that are not missing; NaN if all are missing. */
export function adjustment(values: Float64Array, weights: Float64Array): number {
  let all = 0
  let known = 0
  for (let i = 0; i < values.length; i++) {
    all += weights[i] as number
    if (!Number.isNaN(values[i])) known += weights[i] as number
  }
  return known === 0 ? NaN : all / known
}

function distance(comparer: Comparer, a: number, b: number, scale: number): number {
  switch (comparer) {
    case 'gaussSim':
      return Math.exp((-Math.LN2 * (a - b) ** 2) / scale ** 2)
    case 'delta':
      return a === b ? 0 : 1
    case 'equal':
      return a === b ? 1 : 0
    default:
      return Math.abs(a - b)
  }
}

/** The similarity of fields whose values are 0 or 1. Ends the row's scoring if one of its values is neither. */
function similarity(
  { measure, parameters }: CompiledComparison,
  values: Float64Array,
  { instances, from }: { readonly instances: Float64Array; readonly from: number },
): number {
  let [a00, a01, a10, a11] = [0, 0, 0, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (value !== 0 && value !== 1) giveUp()
    const other = instances[from + i] as number
    if (value === 1 && other === 1) a11++
    else if (value === 1) a10++
    else if (other === 1) a01++
    else a00++
  }
  if (measure === 'simpleMatching') return (a11 + a00) / (a11 + a10 + a01 + a00)
  if (measure === 'jaccard') return a11 / (a11 + a10 + a01)
  if (measure === 'tanimoto') return (a11 + a00) / (a11 + 2 * (a10 + a01) + a00)
  const [c00 = 0, c01 = 0, c10 = 0, c11 = 0, d00 = 0, d01 = 0, d10 = 0, d11 = 0] = parameters
  return (c11 * a11 + c10 * a10 + c01 * a01 + c00 * a00) / (d11 * a11 + d10 * a10 + d01 * a01 + d00 * a00)
}
