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

/** The neurons of a layer. Neuron n has the connections k with start[n] ≤ k < start[n + 1]. */
export interface Layer {
  readonly activation: Activation
  readonly threshold: number
  readonly normalization: 'none' | 'simplemax' | 'softmax'
  /** The index of the layer's first neuron among the values of all neurons. */
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
  /** The id of the neuron in the document. */
  readonly id: string
  readonly classIndex: number
  /** The points of a regression's normalization, which the evaluator inverts. Empty: the value is not normalized. */
  readonly origs: Float64Array
  readonly norms: Float64Array
}

/** The neurons without the outputs: plain data. */
export interface CompiledNetwork {
  readonly kind: 'network'
  readonly inputs: readonly Expression[]
  readonly layers: readonly Layer[]
  readonly neurons: number
}

/** A network and its outputs for one field: plain data. */
export interface CompiledNeuralNetwork {
  readonly kind: 'neuralNetwork'
  readonly network: CompiledNetwork
  readonly classes: number
  readonly outputs: readonly NetworkOutput[]
  /** The classes of the outputs. Of classes with equal probabilities the first in this order is predicted. */
  readonly order: readonly number[]
}
