import { type Wine, normalNumbers, qualities } from './wine-data.ts'

/** Mean and deviation of each field, by which its values are standardized. */
export interface Scaling {
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
}

/** quality = bias + the sum of weight * scaled field. */
export interface LinearModel extends Scaling {
  readonly weights: readonly number[]
  readonly bias: number
}

/** One hidden layer of tanh, then a softmax over the qualities. Matrices are row by row: [inputs, hidden] and [hidden, qualities]. */
export interface NetworkModel extends Scaling {
  readonly hidden: number
  readonly weights1: readonly number[]
  readonly bias1: readonly number[]
  readonly weights2: readonly number[]
  readonly bias2: readonly number[]
}

export function fitScaling(wines: readonly Wine[]): Scaling {
  const width = wines[0]?.features.length ?? 0
  const columns = Array.from({ length: width }, (_, field) => wines.map(wine => wine.features[field] as number))
  const mean = columns.map(column => rounded(column.reduce((sum, value) => sum + value, 0) / column.length))
  const deviation = columns.map((column, field) =>
    rounded(Math.sqrt(column.reduce((sum, value) => sum + (value - (mean[field] as number)) ** 2, 0) / column.length)),
  )
  return { mean, deviation }
}

/** Least squares, by the normal equations with a touch of ridge. */
export function trainLinear(wines: readonly Wine[]): LinearModel {
  const scaling = fitScaling(wines)
  const rows = wines.map(wine => [...scale(wine, scaling), 1])
  const size = rows[0]?.length ?? 0
  const matrix = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (__, j) => rows.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), i === j ? 0.1 : 0)),
    rows.reduce((sum, row, at) => sum + (row[i] as number) * (wines[at] as Wine).quality, 0),
  ])
  const solution = solve(matrix).map(rounded)
  return { ...scaling, weights: solution.slice(0, -1), bias: solution.at(-1) as number }
}

const hiddenUnits = 12
const epochs = 800

/** Cross-entropy by gradient descent with momentum over all rows at once, so that the result does not depend on the order of rows. */
export function trainNetwork(wines: readonly Wine[], seed: number): NetworkModel {
  const scaling = fitScaling(wines)
  const inputs = wines.map(wine => scale(wine, scaling))
  const classes = wines.map(({ quality }) => quality - qualities[0])
  const network = new Network(inputs[0]?.length ?? 0, seed)
  for (let epoch = 0; epoch < epochs; epoch++) network.descend(inputs, classes)
  return { ...scaling, ...network.model() }
}

class Network {
  readonly #width: number
  readonly #parameters: Float64Array
  readonly #gradient: Float64Array
  readonly #velocity: Float64Array
  readonly #hidden = new Float64Array(hiddenUnits)
  readonly #error = new Float64Array(qualities.length)

  constructor(width: number, seed: number) {
    const normal = normalNumbers(seed)
    const outputs = qualities.length
    this.#width = width
    this.#parameters = new Float64Array((width + 1) * hiddenUnits + (hiddenUnits + 1) * outputs)
    this.#gradient = new Float64Array(this.#parameters.length)
    this.#velocity = new Float64Array(this.#parameters.length)
    for (let i = 0; i < this.#parameters.length; i++) this.#parameters[i] = 0.3 * normal()
  }

  descend(inputs: readonly (readonly number[])[], classes: readonly number[]): void {
    this.#gradient.fill(0)
    for (let row = 0; row < inputs.length; row++) this.#accumulate(inputs[row] as readonly number[], classes[row] as number)
    for (let i = 0; i < this.#parameters.length; i++) {
      const slope = (this.#gradient[i] as number) / inputs.length + 0.02 * (this.#parameters[i] as number)
      this.#velocity[i] = 0.9 * (this.#velocity[i] as number) - 0.15 * slope
      this.#parameters[i] = (this.#parameters[i] as number) + (this.#velocity[i] as number)
    }
  }

  /** Where each part of the parameters begins: weights1, bias1, weights2, bias2. */
  get #parts(): readonly [number, number, number, number] {
    const bias1 = this.#width * hiddenUnits
    const weights2 = bias1 + hiddenUnits
    return [0, bias1, weights2, weights2 + hiddenUnits * qualities.length]
  }

  #accumulate(input: readonly number[], target: number): void {
    const [, bias1, weights2, bias2] = this.#parts
    const { length } = qualities
    const [all, slope, hidden, error] = [this.#parameters, this.#gradient, this.#hidden, this.#error]
    this.#forward(input)
    error[target] = (error[target] as number) - 1
    for (let k = 0; k < length; k++) slope[bias2 + k] = (slope[bias2 + k] as number) + (error[k] as number)
    for (let j = 0; j < hiddenUnits; j++) {
      const unit = hidden[j] as number
      let back = 0
      for (let k = 0; k < length; k++) {
        const at = weights2 + j * length + k
        slope[at] = (slope[at] as number) + unit * (error[k] as number)
        back += (all[at] as number) * (error[k] as number)
      }
      back *= 1 - unit * unit
      slope[bias1 + j] = (slope[bias1 + j] as number) + back
      for (let i = 0; i < this.#width; i++)
        slope[i * hiddenUnits + j] = (slope[i * hiddenUnits + j] as number) + back * (input[i] as number)
    }
  }

  /** Leaves the hidden units' values and the qualities' probabilities in the scratch arrays. */
  #forward(input: readonly number[]): void {
    const [, bias1, weights2, bias2] = this.#parts
    const { length } = qualities
    const all = this.#parameters
    for (let j = 0; j < hiddenUnits; j++) {
      let sum = all[bias1 + j] as number
      for (let i = 0; i < this.#width; i++) sum += (input[i] as number) * (all[i * hiddenUnits + j] as number)
      this.#hidden[j] = Math.tanh(sum)
    }
    let total = 0
    for (let k = 0; k < length; k++) {
      let sum = all[bias2 + k] as number
      for (let j = 0; j < hiddenUnits; j++) sum += (this.#hidden[j] as number) * (all[weights2 + j * length + k] as number)
      this.#error[k] = Math.exp(sum)
      total += this.#error[k] as number
    }
    for (let k = 0; k < length; k++) this.#error[k] = (this.#error[k] as number) / total
  }

  model(): Omit<NetworkModel, keyof Scaling> {
    const [weights1, bias1, weights2, bias2] = this.#parts
    const part = (from: number, to?: number): number[] => [...this.#parameters.subarray(from, to)].map(rounded)
    return {
      hidden: hiddenUnits,
      weights1: part(weights1, bias1),
      bias1: part(bias1, weights2),
      weights2: part(weights2, bias2),
      bias2: part(bias2),
    }
  }
}

function scale({ features }: Wine, { mean, deviation }: Scaling): number[] {
  return features.map((value, field) => (value - (mean[field] as number)) / (deviation[field] as number))
}

/** Gauss's elimination of an augmented matrix. */
function solve(matrix: number[][]): number[] {
  const size = matrix.length
  for (let pivot = 0; pivot < size; pivot++) {
    const top = matrix[pivot] as number[]
    for (let row = 0; row < size; row++) {
      const target = matrix[row] as number[]
      if (row === pivot) continue
      const factor = (target[pivot] as number) / (top[pivot] as number)
      for (let column = pivot; column <= size; column++) target[column] = (target[column] as number) - factor * (top[column] as number)
    }
  }
  return matrix.map((row, at) => (row[size] as number) / (row[at] as number))
}

/** Rounds to six decimals, so that differences in the last bits between machines do not change the file. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6
}
