import {
  type CompiledModel,
  type CompiledPart,
  compileClustering,
  compileGeneralRegression,
  compileNaiveBayes,
  compileNearestNeighbor,
  compileNeuralNetwork,
  modelOf,
  compileOutputs,
  compileRegression,
  compileRuleSet,
  compileScorecard,
  compileSupportVectors,
} from '../elements/index.ts'
import { type PmmlElement, clip, isTarget, targetNames } from '../document/index.ts'
import { type Field, typedExpressionIn, Scope, treatment, treats } from '../expressions/index.ts'
import { compileMining, type Place } from './mining.ts'
import { ModelContext } from '../contract/index.ts'
import { compileTree } from '../trees/index.ts'

const compilers: Readonly<Record<string, (context: ModelContext) => CompiledPart>> = {
  TreeModel: compileTree,
  RegressionModel: compileRegression,
  MiningModel: context => compileMining(context, { find: segment => segment.needChild(...modelNames), compile: compileModel }),
  GeneralRegressionModel: compileGeneralRegression,
  NeuralNetwork: compileNeuralNetwork,
  Scorecard: compileScorecard,
  NaiveBayesModel: compileNaiveBayes,
  ClusteringModel: compileClustering,
  SupportVectorMachineModel: compileSupportVectors,
  RuleSetModel: compileRuleSet,
  NearestNeighborModel: compileNearestNeighbor,
}

/** The model elements of PMML that Sluice does not support. */
const unsupported = [
  'AnomalyDetectionModel',
  'AssociationModel',
  'BaselineModel',
  'BayesianNetworkModel',
  'GaussianProcessModel',
  'SequenceModel',
  'TextModel',
  'TimeSeriesModel',
] as const

export const modelNames: readonly string[] = [...Object.keys(compilers), ...unsupported]

export function compileModel(element: PmmlElement, place: Place): CompiledModel {
  return place.around.compilation.nested(element, () => compileWithin(element, place))
}

function compileWithin(element: PmmlElement, { around, target: outerTarget, outermost }: Place): CompiledModel {
  const compiler = Object.hasOwn(compilers, element.name) ? compilers[element.name] : undefined
  if (compiler === undefined) element.fail('is a model that is not supported')
  if (!element.flag('isScorable', true)) element.fail('is marked as not scorable (isScorable)')
  const { compilation } = around
  const schema = element.needChild('MiningSchema').all('MiningField')
  const [targetName] = targetNames(element)
  const scope = new Scope(compilation, around)
  if (!outermost) for (const mining of schema) if (!isTarget(mining)) addMiningField(mining, scope, around)
  addDerivedFields(element.child('LocalTransformations'), scope)
  const target = targetName === undefined ? outerTarget : compilation.dataFields.get(targetName)
  const context = new ModelContext(element, scope, { name: targetName, target })
  const part = compiler(context)
  const outputs = compileOutputs(context, part)
  return modelOf(context, part, outputs)
}

/** A nested model uses a field's value from the enclosing model, unless its own MiningSchema treats the field again. */
function addMiningField(mining: PmmlElement, scope: Scope, around: Scope): void {
  const name = mining.need('name')
  if (!treats(mining)) return
  scope.add(name, () => {
    const from = around.need(name, mining)
    // A derived field has no DataField that defines valid values.
    const definition = from.definition ?? {
      name,
      type: from.type,
      categorical: false,
      ordinal: false,
      valid: [],
      missing: [],
      invalid: [],
      intervals: [],
    }
    const slot = scope.compilation.addSlot({
      kind: 'treated',
      from: from.slot,
      treatment: treatment(mining, definition, scope.compilation.symbols),
    })
    return { ...from, slot, depth: from.depth + 1 }
  })
}

/** The DerivedFields of a TransformationDictionary or of LocalTransformations. */
export function addDerivedFields(holder: PmmlElement | undefined, scope: Scope): void {
  for (const element of holder?.all('DerivedField') ?? []) {
    const name = element.need('name')
    if (scope.has(name)) element.fail(`has the name ${clip(name)}, which another field has already`)
    scope.compilation.derivedFields.set(name, element)
    scope.add(name, () => derive(element, scope))
  }
}

function derive(element: PmmlElement, scope: Scope): Field {
  const expression = typedExpressionIn(element, scope)
  const slot = scope.compilation.addSlot({ kind: 'derived', expression })
  return { slot, type: expression.type, depth: expression.depth + 1, definition: undefined }
}
