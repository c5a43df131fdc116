import { type PmmlElement, clip } from './element.ts'
import { type Expression, evaluate } from './evaluate.ts'
import { Evaluator, largestOf } from './evaluator.ts'
import { compileExpression, expressionNames } from './expressions.ts'
import type { ModelContext } from './model-context.ts'
import { simplemax, softmax } from './normalization.ts'
import type { Row } from './row.ts'

const activations = [
  'threshold',
  'logistic',
  'tanh',
  'identity',
  'exponential',
  'reciprocal',
  'square',
  'Gauss',
  'sine',
  'cosine',
  'Elliott',
  'arctan',
  'rectifier',
  'radialBasis',
] as const

type Activation = (typeof activations)[number]

/** A layer's neurons; connection k of neuron n is k in [start[n], start[n + 1]). */
interface Layer {
  readonly activation: Activation
  readonly threshold: number
  readonly normalization: 'none' | 'simplemax' | 'softmax'
  /** Where its neurons' values are, among all. */
  readonly first: number
  readonly biases: Float64Array
  readonly widths: Float64Array
  readonly altitudes: Float64Array
  readonly start: Int32Array
  readonly from: Int32Array
  readonly weights: Float64Array
}

interface Output {
  readonly neuron: number
  readonly classIndex: number
  /** Of a regression: how its value is normalized, to be undone. */
  readonly origs: Float64Array
  readonly norms: Float64Array
}

/** Plain data. */
export interface CompiledNeuralNetwork {
  readonly kind: 'neuralNetwork'
  readonly classes: number
  readonly inputs: readonly Expression[]
  readonly layers: readonly Layer[]
  readonly neurons: number
  readonly outputs: readonly Output[]
  /** The outputs' classes: of equals the first here is predicted. */
  readonly order: readonly number[]
}

export function compileNeuralNetwork(context: ModelContext): CompiledNeuralNetwork {
  const { element, scope } = context
  context.allow('regression', 'classification')
  const neurons = new Map<string, number>()
  const inputs = element
    .needChild('NeuralInputs')
    .all('NeuralInput')
    .map(input => {
      neurons.set(input.need('id'), neurons.size)
      return compileExpression(input.needChild('DerivedField').needChild(...expressionNames), scope)
    })
  const layers = element.all('NeuralLayer').map(layer => compileLayer(layer, element, neurons))
  if (layers.length === 0) element.fail('has no NeuralLayer')
  const outputs = element
    .needChild('NeuralOutputs')
    .all('NeuralOutput')
    .map(output => compileOutput(output, context, neurons))
  if (outputs.length === 0 || (!context.classifies && outputs.length > 1)) element.fail(`has ${outputs.length} NeuralOutputs`)
  return {
    kind: 'neuralNetwork',
    classes: context.classifies ? context.classes.values.length : 0,
    inputs,
    layers,
    neurons: neurons.size,
    outputs,
    order: outputs.map(({ classIndex }) => classIndex),
  }
}

function compileLayer(element: PmmlElement, network: PmmlElement, neurons: Map<string, number>): Layer {
  const first = neurons.size
  const cells = element.all('Neuron')
  const start = [0]
  const from: number[] = []
  const weights: number[] = []
  // A neuron may only take from what comes before its layer.
  for (const cell of cells) {
    for (const connection of cell.all('Con')) {
      const id = connection.need('from')
      from.push(neurons.get(id) ?? connection.fail(`comes from the neuron ${clip(id)}, which no earlier layer has`))
      weights.push(connection.number('weight'))
    }
    start.push(from.length)
  }
  for (const cell of cells) {
    if (neurons.has(cell.need('id'))) cell.fail('has the id of another neuron')
    neurons.set(cell.need('id'), neurons.size)
  }
  const owner = (attribute: string): PmmlElement => (element.get(attribute) === undefined ? network : element)
  const width = owner('width').number('width', 1)
  const altitude = owner('altitude').number('altitude', 1)
  owner('activationFunction').need('activationFunction')
  return {
    activation: owner('activationFunction').oneOf('activationFunction', activations),
    threshold: owner('threshold').number('threshold', 0),
    normalization: owner('normalizationMethod').oneOf('normalizationMethod', ['none', 'simplemax', 'softmax']),
    first,
    biases: Float64Array.from(cells, cell => cell.number('bias', 0)),
    widths: Float64Array.from(cells, cell => cell.number('width', width)),
    altitudes: Float64Array.from(cells, cell => cell.number('altitude', altitude)),
    start: Int32Array.from(start),
    from: Int32Array.from(from),
    weights: Float64Array.from(weights),
  }
}

function compileOutput(element: PmmlElement, context: ModelContext, neurons: ReadonlyMap<string, number>): Output {
  const neuron = neurons.get(element.need('outputNeuron')) ?? element.fail('names a neuron that there is not')
  const expression = element.needChild('DerivedField').needChild(...expressionNames)
  const none = { origs: new Float64Array(0), norms: new Float64Array(0) }
  if (context.classifies) {
    if (expression.name !== 'NormDiscrete') expression.fail('is no NormDiscrete, as a class needs')
    return { neuron, classIndex: context.classOf(expression.need('value'), expression), ...none }
  }
  if (expression.name === 'FieldRef') return { neuron, classIndex: -1, ...none }
  if (expression.name !== 'NormContinuous') expression.fail('cannot be undone for the network’s output')
  const points = expression.all('LinearNorm')
  if (points.length < 2) expression.fail('lacks two LinearNorms')
  return {
    neuron,
    classIndex: -1,
    origs: Float64Array.from(points, point => point.number('orig')),
    norms: Float64Array.from(points, point => point.number('norm')),
  }
}

export class NeuralNetworkEvaluator extends Evaluator {
  readonly #model: CompiledNeuralNetwork
  readonly #values: Float64Array

  constructor(model: CompiledNeuralNetwork) {
    super(model.classes)
    this.#model = model
    this.#values = new Float64Array(model.neurons)
  }

  run(row: Row): boolean {
    const { inputs, layers, outputs } = this.#model
    const values = this.#values
    for (let at = 0; at < inputs.length; at++) {
      const value = evaluate(inputs[at] as Expression, row)
      if (value !== value) return false
      values[at] = value
    }
    for (const layer of layers) runLayer(layer, values)
    if (this.#model.classes === 0) {
      const output = outputs[0] as Output
      this.value = denormalize(output, values[output.neuron] as number)
      return this.value === this.value
    }
    this.probabilities.fill(0)
    for (const { neuron, classIndex } of outputs) this.probabilities[classIndex] = values[neuron] as number
    this.value = largestOf(this.#model.order, this.probabilities)
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

/** The value whose normalization is that one. */
function denormalize({ origs, norms }: Output, value: number): number {
  if (origs.length === 0) return value
  const last = norms.length - 1
  const rising = (norms[last] as number) >= (norms[0] as number)
  let at = 1
  while (at < last && (rising ? value > (norms[at] as number) : value < (norms[at] as number))) at++
  const [fromX, toX] = [norms[at - 1] as number, norms[at] as number]
  const [fromY, toY] = [origs[at - 1] as number, origs[at] as number]
  return fromY + ((value - fromX) / (toX - fromX)) * (toY - fromY)
}
