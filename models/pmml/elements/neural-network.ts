import { type PmmlElement, clip, targetNames } from '../document/index.ts'
import { type Scope, expressionNames, typedExpressionIn } from '../expressions/index.ts'
import type { CompiledMining } from './compiled-model.ts'
import { type CompiledNetwork, type CompiledNeuralNetwork, type Layer, type NetworkOutput, activations } from './compiled-network.ts'
import type { ModelContext } from '../contract/index.ts'
import { compileTargets } from './several-targets.ts'

export function compileNeuralNetwork(context: ModelContext): CompiledNeuralNetwork | CompiledMining {
  const { element, scope } = context
  context.allow('regression', 'classification')
  const neurons = new Map<string, number>()
  const inputs = element
    .needChild('NeuralInputs')
    .all('NeuralInput')
    .map(input => {
      neurons.set(input.need('id'), neurons.size)
      return typedExpressionIn(input.needChild('DerivedField'), scope)
    })
  const layers = element.all('NeuralLayer').map(layer => compileLayer(layer, element, neurons))
  if (layers.length === 0) element.fail('has no NeuralLayer')
  const network: CompiledNetwork = { kind: 'network', inputs, layers, neurons: neurons.size }
  const given = element
    .needChild('NeuralOutputs')
    .all('NeuralOutput')
    .map(output => ({ output, expression: outputExpression(output, scope) }))
  const fields = [...new Set(given.map(({ expression }) => expression.get('field')))]
  const targets = targetNames(element)
  const named = targets.length > 0 || context.classifies ? targets : fields
  const partFor = (own: ModelContext): CompiledNeuralNetwork => {
    const about = given.filter(({ expression }) => expression.get('field') === own.targetName)
    // The outputs of a network of one field need not name the field.
    const outputs = (about.length === 0 && named.length < 2 ? given : about).map(({ output, expression }) =>
      compileOutput(output, expression, { context: own, neurons }),
    )
    if (outputs.length === 0 || (!own.classifies && outputs.length > 1))
      element.fail(`has ${outputs.length} NeuralOutputs for ${clip(own.targetName ?? 'what it predicts')}`)
    const classes = own.classifies ? own.classes.values.length : 0
    return { kind: 'neuralNetwork', network, classes, outputs, order: outputs.map(({ classIndex }) => classIndex) }
  }
  return named.length < 2 ? partFor(context) : compileTargets(context, { names: named, source: network, partFor })
}

function compileLayer(element: PmmlElement, network: PmmlElement, neurons: Map<string, number>): Layer {
  const first = neurons.size
  const cells = element.all('Neuron')
  const start = [0]
  const from: number[] = []
  const weights: number[] = []
  // A neuron may only be connected to inputs and to neurons of earlier layers.
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

/** The expression of a NeuralOutput, or of the DerivedField to which it refers. */
function outputExpression(element: PmmlElement, { compilation }: Scope): PmmlElement {
  const expression = element.needChild('DerivedField').needChild(...expressionNames)
  const derived = expression.name === 'FieldRef' ? compilation.derivedFields.get(expression.need('field')) : undefined
  return derived?.needChild(...expressionNames) ?? expression
}

function compileOutput(
  element: PmmlElement,
  expression: PmmlElement,
  { context, neurons }: { context: ModelContext; neurons: ReadonlyMap<string, number> },
): NetworkOutput {
  const id = element.need('outputNeuron')
  const neuron = neurons.get(id) ?? element.fail('names a neuron that does not exist')
  const none = { origs: new Float64Array(0), norms: new Float64Array(0) }
  if (context.classifies) {
    if (expression.name !== 'NormDiscrete') expression.fail('is not a NormDiscrete, which a class needs')
    return { neuron, id, classIndex: context.classOf(expression.need('value'), expression), ...none }
  }
  if (expression.name === 'FieldRef') return { neuron, id, classIndex: -1, ...none }
  if (expression.name !== 'NormContinuous') expression.fail('cannot be inverted for the network’s output')
  const points = expression.all('LinearNorm')
  if (points.length < 2) expression.fail('lacks two LinearNorms')
  return {
    neuron,
    id,
    classIndex: -1,
    origs: Float64Array.from(points, point => point.number('orig')),
    norms: Float64Array.from(points, point => point.number('norm')),
  }
}
