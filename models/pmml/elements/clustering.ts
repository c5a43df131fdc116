import { type CompiledComparison, adjustment, compareWith, compileComparison, isBinary, missingWeights } from './comparison.ts'
import { clip } from '../document/index.ts'
import { type ModelContext, Evaluator } from '../contract/index.ts'
import { type Row, needNumeric, numbersOf } from '../expressions/index.ts'

/** A compiled ClusteringModel: plain data. */
export interface CompiledClustering {
  readonly kind: 'clustering'
  readonly comparison: CompiledComparison
  readonly slots: Int32Array
  readonly missingWeights: Float64Array
  /** The coordinates of the centers, one cluster after another. */
  readonly centers: Float64Array
  readonly ids: readonly string[]
}

/** Compiles a ClusteringModel. Its classes are its clusters, named by their ids, else by their numbers from 1. */
export function compileClustering(context: ModelContext): CompiledClustering {
  const { element, scope } = context
  context.allow('clustering')
  if (element.oneOf('modelClass', ['centerBased', 'distributionBased']) !== 'centerBased')
    element.fail('is distribution based, which is not supported')
  const fields = element.all('ClusteringField').filter(field => field.flag('isCenterField', true))
  const clusters = element.all('Cluster')
  if (fields.length === 0 || clusters.length === 0) element.fail('has no ClusteringField or no Cluster')
  const centers = clusters.map(cluster => {
    const center = numbersOf(cluster.needChild('Array'))
    return center.length === fields.length ? center : cluster.fail(`has ${center.length} values for ${fields.length} fields`)
  })
  const ids = clusters.map((cluster, at) => cluster.get('id') ?? String(at + 1))
  const { symbols } = scope.compilation
  for (const [at, cluster] of clusters.entries()) {
    const id = symbols.codeOf(ids[at] ?? '')
    const name = cluster.get('name')
    if (name !== undefined) context.displays.set(id, symbols.codeOf(name))
    if (context.addClass(id) !== at) cluster.fail(`has the id of another cluster, ${clip(ids[at] ?? '')}`)
  }
  return {
    kind: 'clustering',
    comparison: compileComparison(element.needChild('ComparisonMeasure'), fields),
    slots: Int32Array.from(fields, field => needNumeric(field, field.need('field'), scope.fieldOf(field)).slot),
    missingWeights: missingWeights(element.child('MissingValueWeights'), fields.length),
    centers: Float64Array.from(centers.flatMap(center => [...center])),
    ids,
  }
}

export class ClusteringEvaluator extends Evaluator {
  readonly #model: CompiledClustering
  readonly #values: Float64Array
  readonly #affinities: Float64Array

  constructor(model: CompiledClustering) {
    super(0, {
      entity: rank => this.#model.ids[this.#ranked(rank)],
      affinity: (rank, name) => this.#affinities[name === undefined ? this.#ranked(rank) : this.#model.ids.indexOf(name)] ?? NaN,
    })
    this.#model = model
    this.#values = new Float64Array(model.slots.length)
    this.#affinities = new Float64Array(model.ids.length)
  }

  run(row: Row): boolean {
    const { slots, comparison, centers, ids } = this.#model
    const values = this.#values
    for (let i = 0; i < slots.length; i++) values[i] = row.read(slots[i] as number)
    const adjust = adjustment(values, this.#model.missingWeights)
    if (adjust !== adjust || (isBinary(comparison) && values.includes(NaN))) return false
    let best = 0
    for (let at = 0; at < ids.length; at++) {
      const affinity = compareWith(comparison, values, { instances: centers, from: at * values.length, adjust })
      this.#affinities[at] = affinity
      if (this.#closer(affinity, this.#affinities[best] as number)) best = at
    }
    this.value = best
    return true
  }

  #closer(a: number, b: number): boolean {
    return this.#model.comparison.isSimilarity ? a > b : a < b
  }

  /** The index of the cluster with that rank (1: the nearest); -1 if there are fewer clusters. */
  #ranked(rank: number): number {
    if (rank === 1) return this.value
    const order = Array.from(this.#affinities.keys())
    order.sort(
      (a, b) => ((this.#affinities[a] as number) - (this.#affinities[b] as number)) * (this.#model.comparison.isSimilarity ? -1 : 1),
    )
    return order[rank - 1] ?? -1
  }
}
