import { type PmmlElement, clip } from './element.ts'
import type { Evaluator } from './evaluator.ts'
import { type Expression, evaluate } from './evaluate.ts'
import { expressionIn } from './expressions.ts'
import type { ModelContext } from './model-context.ts'
import { type Row, giveUp } from './row.ts'
import { type DataType, castValue, dataTypeOf } from './values.ts'

type Source = TextSource | NumberSource

type TextSource =
  | { readonly feature: 'entityId' | 'reasonCode'; readonly rank: number }
  | { readonly feature: 'ruleValue'; readonly rank: number; readonly attribute: string }

type NumberSource =
  | { readonly feature: 'predictedValue' }
  | { readonly feature: 'predictedDisplayValue'; readonly displays: ReadonlyMap<number, number>; readonly named: boolean }
  /** classIndex -1: the predicted class. */
  | { readonly feature: 'probability' | 'confidence'; readonly classIndex: number }
  | { readonly feature: 'transformedValue'; readonly expression: Expression }
  | { readonly feature: 'affinity'; readonly rank: number; readonly entity: string | undefined }

/** An OutputField: plain data. */
export interface CompiledOutput {
  readonly name: string
  readonly slot: number
  readonly type: DataType
  readonly isFinal: boolean
  readonly source: Source
}

/** The model's OutputFields, each of which the following ones and later segments can name. */
export function compileOutputs(context: ModelContext): CompiledOutput[] {
  const { scope } = context
  return (context.element.child('Output')?.all('OutputField') ?? []).map(element => {
    const source = sourceOf(element, context)
    const name = element.need('name')
    const type = dataTypeOf(element, naturalType(source, context))
    const slot = scope.compilation.addSlot()
    if (!scope.has(name)) scope.add(name, { slot, type, depth: 0, definition: undefined })
    return { name, slot, type, isFinal: element.flag('isFinalResult', true), source }
  })
}

function sourceOf(element: PmmlElement, context: ModelContext): Source {
  const feature = element.get('feature') ?? 'predictedValue'
  const rank = element.number('rank', 1)
  if (element.get('segmentId') !== undefined) element.fail('takes its value from a segment (segmentId), which is not supported')
  if (element.flag('isMultiValued', false)) element.fail('has several values (isMultiValued), which is not supported')
  const value = element.get('value')
  switch (feature) {
    case 'predictedValue':
      return { feature }
    case 'predictedDisplayValue':
      return { feature, displays: context.displays, named: context.functionName === 'clustering' }
    case 'probability':
    case 'confidence':
      return { feature, classIndex: value === undefined || !context.hasClasses ? -1 : context.classOf(value, element) }
    case 'transformedValue':
    case 'decision':
      return { feature: 'transformedValue', expression: expressionIn(element, context.scope) }
    case 'entityId':
    case 'clusterId':
      return { feature: 'entityId', rank }
    case 'reasonCode':
      return { feature, rank }
    case 'affinity':
    case 'entityAffinity':
    case 'clusterAffinity':
      return { feature: 'affinity', rank, entity: value }
    case 'ruleValue':
      return { feature, rank, attribute: element.get('ruleFeature') ?? 'consequent' }
    default:
      return element.fail(`has feature="${clip(feature)}", which is not supported`)
  }
}

function naturalType(source: Source, context: ModelContext): DataType {
  switch (source.feature) {
    case 'predictedValue':
      return context.predictedType
    case 'transformedValue':
      return source.expression.type
    case 'probability':
    case 'confidence':
    case 'affinity':
      return 'double'
    default:
      return 'string'
  }
}

/** What an output is taken from. */
export interface Prediction {
  readonly evaluator: Evaluator
  /** NaN: there is none. */
  readonly value: number
  readonly type: DataType
  readonly found: boolean
}

/** Puts the output's value into its slot. */
export function setOutput(output: CompiledOutput, prediction: Prediction, row: Row): void {
  const { source, type } = output
  const { symbols } = row
  let value: number
  let from: DataType
  if (source.feature === 'transformedValue') {
    value = evaluate(source.expression, row)
    from = source.expression.type
  } else if (!prediction.found) {
    value = NaN
    from = type
  } else if (source.feature === 'predictedValue') {
    value = prediction.value
    from = prediction.type
  } else if (source.feature === 'predictedDisplayValue') {
    const display = source.displays.get(prediction.value)
    value =
      display !== undefined || source.named ? (display ?? NaN) : castValue(prediction.type, 'string', { value: prediction.value, symbols })
    from = 'string'
  } else if (source.feature === 'entityId' || source.feature === 'reasonCode' || source.feature === 'ruleValue') {
    const text = textOf(source, prediction.evaluator)
    value = text === undefined ? NaN : symbols.codeOf(text)
    from = 'string'
  } else {
    value = numberOf(source, prediction.evaluator)
    from = 'double'
  }
  const cast = from === type ? value : castValue(from, type, { value, symbols })
  row.values[output.slot] = Number.isNaN(cast) && !Number.isNaN(value) ? giveUp() : cast
}

function textOf(source: TextSource, { details }: Evaluator): string | undefined {
  if (source.feature === 'ruleValue') return details?.rule?.(source.rank, source.attribute)
  return source.feature === 'entityId' ? details?.entity?.(source.rank) : details?.reasonCode?.(source.rank)
}

function numberOf(source: Source, evaluator: Evaluator): number {
  if (source.feature === 'affinity') return evaluator.details?.affinity?.(source.rank, source.entity) ?? NaN
  if (source.feature !== 'probability' && source.feature !== 'confidence') return NaN
  const index = source.classIndex < 0 ? evaluator.value : source.classIndex
  const confidence = source.feature === 'confidence' ? evaluator.details?.confidence?.(index) : undefined
  return confidence ?? evaluator.probabilities[index] ?? NaN
}
