import { type Expression, type Row, evaluate, simplemax, softmax } from '../expressions/index.ts'
import { type Source, Evaluator, largestOf } from '../contract/index.ts'
import type { Activation, CompiledNetwork, CompiledNeuralNetwork, Layer, NetworkOutput } from './compiled-network.ts'

/** Computes the neurons' values for a row once, for all evaluators that use them. */
export class Network implements Source {
  readonly #network: CompiledNetwork
  readonly values: Float64Array
  found = false

  constructor(network: CompiledNetwork) {
    this.#network = network
    this.values = new Float64Array(network.neurons)
  }

  find(row: Row): boolean {
    this.found = this.#run(row)
    return this.found
  }

  #run(row: Row): boolean {
    const { inputs, layers } = this.#network
    const { values } = this
    for (let at = 0; at < inputs.length; at++) {
      const value = evaluate(inputs[at] as Expression, row)
      if (value !== value) return false
      values[at] = value
    }
    for (const layer of layers) runLayer(layer, values)
    return true
  }
}

export class NeuralNetworkEvaluator extends Evaluator {
  readonly #model: CompiledNeuralNetwork
  readonly #network: Network
  /** Whether the network is shared with other evaluators, so that `run` does not compute it itself. */
  readonly #shared: boolean

  constructor(model: CompiledNeuralNetwork, network?: Network) {
    super(model.classes, {
      entity: rank => (rank === 1 && model.classes > 0 ? model.outputs.find(({ classIndex }) => classIndex === this.value)?.id : undefined),
    })
    this.#model = model
    this.#network = network ?? new Network(model.network)
    this.#shared = network !== undefined
  }

  run(row: Row): boolean {
    const found = this.#shared ? this.#network.found : this.#network.find(row)
    if (!found) return false
    const { outputs, classes, order } = this.#model
    const { values } = this.#network
    if (classes === 0) {
      const output = outputs[0] as NetworkOutput
      this.value = denormalize(output, values[output.neuron] as number)
      return this.value === this.value
    }
    this.probabilities.fill(0)
    for (const { neuron, classIndex } of outputs) this.probabilities[classIndex] = values[neuron] as number
    this.value = largestOf(order, this.probabilities)
    return this.value >= 0
  }
}

function runLayer(
  { activation, threshold, normalization, first, biases, widths, altitudes, start, from, weights }: Layer,
  values: Float64Array,
): void {
  for (let n = 0; n < biases.length; n++) {
    const end = start[n + 1] as number
    let sum = 0
    for (let k = start[n] as number; k < end; k++) {
      const value = values[from[k] as number] as number
      sum += activation === 'radialBasis' ? ((weights[k] as number) - value) ** 2 : (weights[k] as number) * value
    }
    if (activation === 'radialBasis') {
      const spread = sum / (2 * (widths[n] as number) ** 2)
      values[first + n] = Math.exp((end - (start[n] as number)) * Math.log(altitudes[n] as number) - spread)
    } else values[first + n] = activate[activation](sum + (biases[n] as number), threshold)
  }
  if (normalization === 'none') return
  const layer = values.subarray(first, first + biases.length)
  if (normalization === 'softmax') softmax(layer, false)
  else simplemax(layer, false)
}

const activate: Readonly<Record<Exclude<Activation, 'radialBasis'>, (z: number, threshold: number) => number>> = {
  threshold: (z, threshold) => (z > threshold ? 1 : 0),
  logistic: z => 1 / (1 + Math.exp(-z)),
  tanh: Math.tanh,
  identity: z => z,
  exponential: Math.exp,
  reciprocal: z => 1 / z,
  square: z => z * z,
  Gauss: z => Math.exp(-z * z),
  sine: Math.sin,
  cosine: Math.cos,
  Elliott: z => z / (1 + Math.abs(z)),
  arctan: z => (2 * Math.atan(z)) / Math.PI,
  rectifier: z => Math.max(0, z),
}

/** Inverts the normalization. */
function denormalize({ origs, norms }: NetworkOutput, value: number): number {
  if (origs.length === 0) return value
  const last = norms.length - 1
  const rising = (norms[last] as number) >= (norms[0] as number)
  let at = 1
  while (at < last && (rising ? value > (norms[at] as number) : value < (norms[at] as number))) at++
  const [fromX, toX] = [norms[at - 1] as number, norms[at] as number]
  const [fromY, toY] = [origs[at - 1] as number, origs[at] as number]
  return fromY + ((value - fromX) / (toX - fromX)) * (toY - fromY)
}
