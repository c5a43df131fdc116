import type { Expression } from '../expressions/index.ts'

export const activations = [
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

export type Activation = (typeof activations)[number]

/** A layer's neurons; connection k of neuron n is k in [start[n], start[n + 1]). */
export interface Layer {
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

export interface NetworkOutput {
  readonly neuron: number
  /** The neuron's, in the document. */
  readonly id: string
  readonly classIndex: number
  /** Of a regression: how its value is normalized, to be undone. */
  readonly origs: Float64Array
  readonly norms: Float64Array
}

/** The neurons, whatever is made of their values: plain data. */
export interface CompiledNetwork {
  readonly kind: 'network'
  readonly inputs: readonly Expression[]
  readonly layers: readonly Layer[]
  readonly neurons: number
}

/** A network and the outputs that tell one field: plain data. */
export interface CompiledNeuralNetwork {
  readonly kind: 'neuralNetwork'
  readonly network: CompiledNetwork
  readonly classes: number
  readonly outputs: readonly NetworkOutput[]
  /** The outputs' classes: of equals the first here is predicted. */
  readonly order: readonly number[]
}
