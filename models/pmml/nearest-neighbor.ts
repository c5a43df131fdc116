import { medianOf } from './combine.ts'
import { type CompiledComparison, adjustment, compareWith, compileComparison, isBinary, missingWeights } from './comparison.ts'
import { type PmmlElement, clip, parseNumber } from './element.ts'
import { Evaluator, indexOfLargest } from './evaluator.ts'
import type { ModelContext } from './model-context.ts'
import { needNumeric } from './predicates.ts'
import type { Row } from './row.ts'
import { cellsOf, columnName } from './table-expressions.ts'

/** Plain data. */
export interface CompiledNearestNeighbor {
  readonly kind: 'nearestNeighbor'
  readonly classes: number
  readonly comparison: CompiledComparison
  readonly neighbors: number
  /** How many neighbors are put in order: those that count, and those that an output asks for. */
  readonly ranked: number
  readonly slots: Int32Array
  /** Instance after instance. */
  readonly instances: Float64Array
  /** By instance: a regression's value, or the class. */
  readonly targets: Float64Array
  readonly ids: readonly string[]
  /** The classes: of equals the first here wins. */
  readonly order: readonly number[]
  readonly method: 'average' | 'weightedAverage' | 'median' | 'majorityVote' | 'weightedMajorityVote'
  /** What is added to a distance before it is turned into a weight. */
  readonly threshold: number
}

export function compileNearestNeighbor(context: ModelContext): CompiledNearestNeighbor {
  const { element, scope } = context
  context.allow('regression', 'classification')
  const inputs = element.needChild('KNNInputs').all('KNNInput')
  const training = element.needChild('TrainingInstances')
  const columns = new Map(
    training
      .needChild('InstanceFields')
      .all('InstanceField')
      .map(field => [field.need('field'), columnName(field.get('column') ?? field.need('field'))]),
  )
  const rows = (training.child('InlineTable') ?? training.fail('has no InlineTable: instances from elsewhere are not supported'))
    .all('row')
    .map(cellsOf)
  const instances = new Float64Array(rows.length * inputs.length)
  const names = inputs.map(input => input.need('field'))
  const targetColumn = columns.get(context.targetName ?? '') ?? element.fail('has no instance field for its target')
  const idColumn = columns.get(element.get('instanceIdVariable') ?? '')
  const targets = Float64Array.from(rows, ({ row, cells }, at) => {
    for (const [i, name] of names.entries()) instances[at * names.length + i] = numberIn(row, cells.get(columns.get(name) ?? name))
    const text = cells.get(targetColumn) ?? row.fail('has no target')
    return context.classifies ? context.classOf(text, row) : numberIn(row, text)
  })
  const neighbors = element.number('numberOfNeighbors')
  if (!(neighbors >= 1) || rows.length === 0) element.fail(`looks for ${neighbors} neighbors among ${rows.length}`)
  return {
    kind: 'nearestNeighbor',
    classes: context.classifies ? context.classes.values.length : 0,
    comparison: compileComparison(element.needChild('ComparisonMeasure'), inputs),
    neighbors: Math.min(neighbors, rows.length),
    ranked: Math.min(Math.max(neighbors, ...ranksAsked(element)), rows.length),
    slots: Int32Array.from(inputs, input => needNumeric(input, input.need('field'), scope.fieldOf(input)).slot),
    instances,
    targets,
    ids: rows.map(({ cells }, at) => cells.get(idColumn ?? '') ?? String(at + 1)),
    order: context.classifies ? tieOrder({ classes: context.classes.values.length, targets, labels: context.classes.labels }) : [],
    method: context.classifies
      ? element.oneOf('categoricalScoringMethod', ['majorityVote', 'weightedMajorityVote'])
      : element.oneOf('continuousScoringMethod', ['average', 'weightedAverage', 'median']),
    threshold: element.number('threshold', 0.001),
  }
}

function ranksAsked(element: PmmlElement): number[] {
  return (element.child('Output')?.all('OutputField') ?? []).map(output => output.number('rank', 1))
}

/** The classes, the winner of a tie first: of more instances, then of a smaller value. */
function tieOrder({ classes, targets, labels }: { classes: number; targets: Float64Array; labels: readonly string[] }): number[] {
  const counts = new Float64Array(classes)
  for (const index of targets) counts[index] = (counts[index] as number) + 1
  const smaller = (a: string, b: string): number => {
    const difference = Number(a) - Number(b)
    return Number.isNaN(difference) ? (a < b ? -1 : 1) : difference
  }
  return Array.from({ length: classes }, (_, index) => index).sort(
    (a, b) => (counts[b] as number) - (counts[a] as number) || smaller(labels[a] ?? '', labels[b] ?? ''),
  )
}

function numberIn(row: PmmlElement, text: string | undefined): number {
  const value = parseNumber(text ?? '')
  return Number.isNaN(value) ? row.fail(`has "${clip(text ?? '')}" where a number is needed`) : value
}

export class NearestNeighborEvaluator extends Evaluator {
  readonly #model: CompiledNearestNeighbor
  readonly #values: Float64Array
  readonly #weights: Float64Array
  /** The nearest instances, nearest first, and their distances. */
  readonly #nearest: Int32Array
  readonly #distances: Float64Array

  constructor(model: CompiledNearestNeighbor) {
    super(model.classes, {
      entity: rank => model.ids[this.#nearest[rank - 1] ?? -1],
      affinity: (rank, name) =>
        this.#distances[name === undefined ? rank - 1 : this.#nearest.findIndex(at => model.ids[at] === name)] ?? NaN,
    })
    this.#model = model
    this.#values = new Float64Array(model.slots.length)
    this.#weights = missingWeights(undefined, model.slots.length)
    this.#nearest = new Int32Array(model.ranked)
    this.#distances = new Float64Array(model.ranked)
  }

  run(row: Row): boolean {
    const { slots, comparison } = this.#model
    const values = this.#values
    for (let i = 0; i < slots.length; i++) values[i] = row.read(slots[i] as number)
    const adjust = adjustment(values, this.#weights)
    if (adjust !== adjust || (isBinary(comparison) && values.includes(NaN))) return false
    this.#find(adjust)
    this.value = this.#model.classes > 0 ? this.#vote() : this.#average()
    return this.value === this.value
  }

  /** Of equally near ones the earlier is nearer. */
  #find(adjust: number): void {
    const { comparison, instances, targets } = this.#model
    const nearest = this.#nearest
    const distances = this.#distances.fill(Infinity)
    const sign = comparison.isSimilarity ? -1 : 1
    for (let at = 0; at < targets.length; at++) {
      const distance = sign * compareWith(comparison, this.#values, { instances, from: at * this.#values.length, adjust })
      if (!(distance < (distances[distances.length - 1] as number)) && at >= distances.length) continue
      let place = Math.min(at, distances.length - 1)
      while (place > 0 && distance < (distances[place - 1] as number)) {
        distances[place] = distances[place - 1] as number
        nearest[place] = nearest[place - 1] as number
        place--
      }
      distances[place] = distance
      nearest[place] = at
    }
    if (sign < 0) for (let i = 0; i < distances.length; i++) distances[i] = -(distances[i] as number)
  }

  #weightOf(rank: number): number {
    const distance = this.#distances[rank] as number
    return this.#model.comparison.isSimilarity ? distance : 1 / (distance + this.#model.threshold)
  }

  #average(): number {
    const { targets, method, neighbors } = this.#model
    if (method === 'median') return medianOf(Array.from(this.#nearest.subarray(0, neighbors), at => targets[at] as number))
    let sum = 0
    let total = 0
    for (let rank = 0; rank < neighbors; rank++) {
      const weight = method === 'weightedAverage' ? this.#weightOf(rank) : 1
      sum += weight * (targets[this.#nearest[rank] as number] as number)
      total += weight
    }
    return sum / total
  }

  /** A class's probability is its part of the votes. */
  #vote(): number {
    const { targets, method, classes, neighbors, order } = this.#model
    const votes = new Float64Array(classes)
    for (let rank = 0; rank < neighbors; rank++) {
      const index = targets[this.#nearest[rank] as number] as number
      votes[index] = (votes[index] as number) + (method === 'weightedMajorityVote' ? this.#weightOf(rank) : 1)
    }
    const most = votes[indexOfLargest(votes)] as number
    let total = 0
    for (let i = 0; i < classes; i++) total += votes[i] as number
    for (let i = 0; i < classes; i++) this.probabilities[i] = (votes[i] as number) / total
    return order.find(index => votes[index] === most) ?? NaN
  }
}
