import { type Row, medianOf } from '../expressions/index.ts'
import { adjustment, compareWith, isBinary, missingWeights } from './comparison.ts'
import { type Source, Evaluator, indexOfLargest } from '../contract/index.ts'
import type { CompiledNearestNeighbor, CompiledNeighbors } from './compiled-neighbors.ts'

/** Finds the instances that are nearest to a row, once for all evaluators that use them. */
export class Neighbors implements Source {
  readonly #model: CompiledNeighbors
  readonly #values: Float64Array
  readonly #weights: Float64Array
  /** The indices of the nearest instances, nearest first. `distances` has their distances or similarities. */
  readonly nearest: Int32Array
  readonly distances: Float64Array
  found = false

  constructor(model: CompiledNeighbors) {
    this.#model = model
    this.#values = new Float64Array(model.slots.length)
    this.#weights = missingWeights(undefined, model.slots.length)
    this.nearest = new Int32Array(model.ranked)
    this.distances = new Float64Array(model.ranked)
  }

  find(row: Row): boolean {
    const { slots, comparison } = this.#model
    const values = this.#values
    for (let i = 0; i < slots.length; i++) values[i] = row.read(slots[i] as number)
    const adjust = adjustment(values, this.#weights)
    this.found = adjust === adjust && !(isBinary(comparison) && values.includes(NaN))
    if (this.found) this.#rank(adjust)
    return this.found
  }

  /** Fills `nearest` and `distances`. Of equally near instances the one that is earlier in the document comes first. */
  #rank(adjust: number): void {
    const { comparison, instances, ids } = this.#model
    const { nearest } = this
    const distances = this.distances.fill(Infinity)
    const sign = comparison.isSimilarity ? -1 : 1
    for (let at = 0; at < ids.length; at++) {
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
}

export class NearestNeighborEvaluator extends Evaluator {
  readonly #model: CompiledNearestNeighbor
  readonly #found: Neighbors
  /** Whether the neighbors are shared with other evaluators, so that `run` does not find them itself. */
  readonly #shared: boolean

  constructor(model: CompiledNearestNeighbor, neighbors?: Neighbors) {
    const found = neighbors ?? new Neighbors(model.neighbors)
    const { ids } = model.neighbors
    super(model.classes, {
      entity: rank => ids[found.nearest[rank - 1] ?? -1],
      affinity: (rank, name) => found.distances[name === undefined ? rank - 1 : found.nearest.findIndex(at => ids[at] === name)] ?? NaN,
    })
    this.#model = model
    this.#found = found
    this.#shared = neighbors !== undefined
  }

  run(row: Row): boolean {
    const found = this.#shared ? this.#found.found : this.#found.find(row)
    if (!found) return false
    const { classes, targets, neighbors } = this.#model
    if (targets.length === 0) this.value = row.symbols.codeOf(neighbors.ids[this.#found.nearest[0] as number] ?? '')
    else this.value = classes > 0 ? this.#vote() : this.#average()
    return this.value === this.value
  }

  #weightOf(rank: number): number {
    const distance = this.#found.distances[rank] as number
    return this.#model.neighbors.comparison.isSimilarity ? distance : 1 / (distance + this.#model.threshold)
  }

  #average(): number {
    const { targets, method, neighbors } = this.#model
    const { nearest } = this.#found
    if (method === 'median') return medianOf(Array.from(nearest.subarray(0, neighbors.neighbors), at => targets[at] as number))
    let sum = 0
    let total = 0
    for (let rank = 0; rank < neighbors.neighbors; rank++) {
      const weight = method === 'weightedAverage' ? this.#weightOf(rank) : 1
      sum += weight * (targets[nearest[rank] as number] as number)
      total += weight
    }
    return sum / total
  }

  /** Returns the class with the most votes. The probability of a class is its share of the votes. */
  #vote(): number {
    const { targets, method, classes, neighbors, order } = this.#model
    const votes = new Float64Array(classes)
    for (let rank = 0; rank < neighbors.neighbors; rank++) {
      const index = targets[this.#found.nearest[rank] as number] as number
      votes[index] = (votes[index] as number) + (method === 'weightedMajorityVote' ? this.#weightOf(rank) : 1)
    }
    const most = votes[indexOfLargest(votes)] as number
    let total = 0
    for (let i = 0; i < classes; i++) total += votes[i] as number
    for (let i = 0; i < classes; i++) this.probabilities[i] = (votes[i] as number) / total
    return order.find(index => votes[index] === most) ?? NaN
  }
}
