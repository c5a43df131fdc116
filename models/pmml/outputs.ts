import type { CompiledModel } from './compile-model.ts'
import { type PmmlElement, clip } from './element.ts'
import type { Evaluator } from './evaluator.ts'
import { type Expression, evaluate } from './evaluate.ts'
import { expressionIn } from './expressions.ts'
import type { CompiledPart } from './evaluators.ts'
import type { CompiledMining } from './mining.ts'
import type { ModelContext } from './model-context.ts'
import { type Row, giveUp } from './row.ts'
import { Scope } from './scope.ts'
import { type DataType, castValue, dataTypeOf, needValue } from './values.ts'

type Source = TextSource | NumberSource

type TextSource =
  | { readonly feature: 'entityId' | 'reasonCode'; readonly rank: number }
  | { readonly feature: 'warning' }
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
  /** The segment whose result it is taken from, and the type of that result; undefined: the model's own result. */
  readonly segment: { readonly index: number; readonly type: DataType } | undefined
}

/** What an OutputField can be about: a model, or one of its segments. */
interface Subject {
  readonly functionName: string
  readonly hasClasses: boolean
  readonly predictedType: DataType
  readonly displays: ReadonlyMap<number, number>
  classOf(text: string, user: PmmlElement): number
}

/** The model's OutputFields, each of which the following ones and later segments can name. Of all segments' results there is one for each. */
export function compileOutputs(context: ModelContext, part: CompiledPart): CompiledOutput[] {
  const { scope } = context
  const elements = context.element.child('Output')?.all('OutputField') ?? []
  const visible = withTarget(elements, context)
  const outputs = elements.map(element => {
    const segment = segmentOf(element, part)
    const subject = segment < 0 || part.kind !== 'mining' ? context : subjectOf(part.segments[segment]?.model as CompiledModel, context)
    const source = sourceOf(element, subject, visible)
    const name = element.need('name')
    const type = dataTypeOf(element, naturalType(source, subject))
    const slot = scope.compilation.addSlot()
    if (!scope.has(name)) scope.add(name, { slot, type, depth: 0, definition: undefined })
    const from = segment < 0 ? undefined : { index: segment, type: subject.predictedType }
    return { name, slot, type, isFinal: element.flag('isFinalResult', true), source, segment: from }
  })
  return part.kind === 'mining' && (part.method === 'selectAll' || part.main >= 0) ? [...resultsOf(part, context), ...outputs] : outputs
}

/** The results of all segments: each by the field that it predicts, or where that is one for all by its id. */
function resultsOf({ segments, main }: CompiledMining, { scope, targetName }: ModelContext): CompiledOutput[] {
  return segments.map(({ id, model: { predictedType: type, targetName: own } }, index) => ({
    name: main >= 0 && own !== undefined ? own : `${targetName ?? 'prediction'}(${id})`,
    slot: scope.compilation.addSlot(),
    type,
    isFinal: true,
    source: { feature: 'predictedValue' },
    segment: { index, type },
  }))
}

/** An OutputField may name what the model predicts: in a record to be scored that has no value. */
function withTarget(elements: readonly PmmlElement[], context: ModelContext): Scope {
  const { outputScope: scope, target, targetName, element: user } = context
  const hidden = targetName === undefined || elements.some(element => element.get('name') === targetName)
  if (hidden || target === undefined || scope.find(targetName, user) !== undefined) return scope
  const visible = new Scope(scope.compilation, scope)
  visible.add(targetName, () => ({ slot: scope.compilation.addSlot(), type: target.type, depth: 0, definition: target }))
  return visible
}

/** -1: the OutputField names no segment. */
function segmentOf(element: PmmlElement, part: CompiledPart): number {
  const id = element.get('segmentId')
  if (id === undefined) return -1
  const index = part.kind === 'mining' ? part.segments.findIndex(segment => segment.id === id) : -1
  return index < 0 ? element.fail(`names the segment ${clip(id)}, which there is not`) : index
}

function subjectOf({ classes, predictedType }: CompiledModel, { displays, scope }: ModelContext): Subject {
  return {
    functionName: 'classification',
    hasClasses: classes.values.length > 0,
    predictedType,
    displays,
    // A class that the segment does not know is none that it has a probability of.
    classOf: (text, user) => {
      const index = classes.values.indexOf(needValue(user, { type: classes.type, text }, scope.compilation.symbols))
      return index < 0 ? classes.values.length : index
    },
  }
}

function sourceOf(element: PmmlElement, subject: Subject, scope: Scope): Source {
  const feature = element.get('feature') ?? 'predictedValue'
  const rank = element.number('rank', 1)
  if (element.flag('isMultiValued', false)) element.fail('has several values (isMultiValued), which is not supported')
  const value = element.get('value')
  switch (feature) {
    case 'predictedValue':
    case 'warning':
      return { feature }
    case 'predictedDisplayValue':
      return { feature, displays: subject.displays, named: subject.functionName === 'clustering' }
    case 'probability':
    case 'confidence':
      return { feature, classIndex: value === undefined || !subject.hasClasses ? -1 : subject.classOf(value, element) }
    case 'transformedValue':
    case 'decision':
      return { feature: 'transformedValue', expression: expressionIn(element, scope) }
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

function naturalType(source: Source, subject: Subject): DataType {
  switch (source.feature) {
    case 'predictedValue':
      return subject.predictedType
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
export function setOutput(output: CompiledOutput, whole: Prediction, row: Row): void {
  const { source, type, segment } = output
  const { symbols } = row
  const given = segment === undefined ? whole : segmentPrediction(whole, segment)
  let value: number
  let from: DataType
  if (source.feature === 'transformedValue') {
    value = evaluate(source.expression, row)
    from = source.expression.type
  } else if (given === undefined || !given.found) {
    value = NaN
    from = type
  } else if (source.feature === 'predictedValue') {
    value = given.value
    from = given.type
  } else if (source.feature === 'predictedDisplayValue') {
    const display = source.displays.get(given.value)
    value = display !== undefined || source.named ? (display ?? NaN) : castValue(given.type, 'string', { value: given.value, symbols })
    from = 'string'
  } else if (isText(source)) {
    const text = textOf(source, given.evaluator)
    value = text === undefined ? NaN : symbols.codeOf(text)
    from = 'string'
  } else {
    value = numberOf(source, given.evaluator)
    from = 'double'
  }
  const cast = from === type ? value : castValue(from, type, { value, symbols })
  row.values[output.slot] = Number.isNaN(cast) && !Number.isNaN(value) ? giveUp() : cast
}

function segmentPrediction({ evaluator }: Prediction, { index, type }: { index: number; type: DataType }): Prediction | undefined {
  const result = evaluator.details?.segment?.(index)
  return result === undefined ? undefined : { evaluator: result.evaluator, value: result.value, type, found: true }
}

function isText(source: Source): source is TextSource {
  return source.feature === 'entityId' || source.feature === 'reasonCode' || source.feature === 'ruleValue' || source.feature === 'warning'
}

function textOf(source: TextSource, { details }: Evaluator): string | undefined {
  if (source.feature === 'warning') return undefined
  if (source.feature === 'ruleValue') return details?.rule?.(source.rank, source.attribute)
  return source.feature === 'entityId' ? details?.entity?.(source.rank) : details?.reasonCode?.(source.rank)
}

function numberOf(source: Source, evaluator: Evaluator): number {
  if (source.feature === 'affinity') return evaluator.details?.affinity?.(source.rank, source.entity) ?? NaN
  if (source.feature !== 'probability' && source.feature !== 'confidence') return NaN
  const index = source.classIndex < 0 ? evaluator.value : source.classIndex
  const confidence = source.feature === 'confidence' ? evaluator.details?.confidence?.(index) : undefined
  return confidence ?? evaluator.probabilities[index] ?? (index >= 0 && evaluator.probabilities.length > 0 ? 0 : NaN)
}
