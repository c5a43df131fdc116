import { type PmmlElement, type DataType, clip, dataTypeOf, needValue } from '../document/index.ts'
import { expressionIn, Scope } from '../expressions/index.ts'
import type { CompiledMining, CompiledModel, CompiledPart } from './compiled-model.ts'
import type { CompiledOutput, FromSegment, OutputSource } from './compiled-output.ts'
import type { ModelContext } from '../contract/index.ts'
import { OutputSegments } from './output-segments.ts'

/** The subject of an OutputField: a model, or one of its segments. */
interface Subject {
  readonly functionName: string
  readonly targetName: string | undefined
  readonly hasClasses: boolean
  readonly predictedType: DataType
  readonly displays: ReadonlyMap<number, number>
  classOf(text: string, user: PmmlElement): number
}

/**
 * Compiles the OutputFields. Following OutputFields and later segments can name each of them. A mining model with results for several fields or segments
 * also gets one output for each of these.
 */
export function compileOutputs(context: ModelContext, part: CompiledPart): CompiledOutput[] {
  const { scope } = context
  const elements = context.element.child('Output')?.all('OutputField') ?? []
  const visible = withTarget(elements, context)
  const sources = new OutputSegments(context, part)
  const outputs = elements.map(element => {
    const given = sources.given(element)
    const segment = given === undefined ? sources.of(element) : undefined
    const subject = segment === undefined ? context : subjectOf(sources.model(segment), context)
    const source: OutputSource =
      given === undefined ? sourceOf(element, subject, visible) : { feature: 'transformedValue', expression: given }
    const name = element.need('name')
    const type = dataTypeOf(element, naturalType(source, subject))
    const slot = scope.compilation.addSlot()
    if (!scope.has(name)) scope.add(name, { slot, type, depth: 0, definition: undefined })
    return { name, slot, type, source, segment }
  })
  return part.kind === 'mining' ? [...resultsOf(part, context), ...outputs] : outputs
}

/**
 * One output for each of several results, named by the predicted field, or by field and segment id if all segments predict the same field. None if the
 * model has one result.
 */
function resultsOf({ segments, main, named, method }: CompiledMining, { scope, targetName }: ModelContext): CompiledOutput[] {
  const result = (name: string, type: DataType, from: Omit<FromSegment, 'type'>): CompiledOutput => ({
    name,
    slot: scope.compilation.addSlot(),
    type,
    source: { feature: 'predictedValue' },
    segment: { ...from, type },
  })
  if (named.length > 0)
    return named.map(({ name, segments: indices }) =>
      result(name, segments[indices[0] ?? 0]?.model.predictedType ?? 'double', { indices, ifResult: true }),
    )
  if (method !== 'selectAll' && main < 0) return []
  return segments.map(({ id, model: { predictedType, targetName: own } }, index) => {
    const name = main >= 0 && own !== undefined ? own : `${targetName ?? 'prediction'}(${id})`
    return result(name, predictedType, { indices: [index], ifResult: false })
  })
}

/** The scope of the OutputFields, in which they can also name the predicted field; its value is missing unless the records have it. */
function withTarget(elements: readonly PmmlElement[], context: ModelContext): Scope {
  const { outputScope: scope, target, targetName, element: user } = context
  const hidden = targetName === undefined || elements.some(element => element.get('name') === targetName)
  if (hidden || target === undefined || scope.find(targetName, user) !== undefined) return scope
  const visible = new Scope(scope.compilation, scope)
  visible.add(targetName, () => ({ slot: scope.compilation.addSlot(), type: target.type, depth: 0, definition: target }))
  return visible
}

function subjectOf({ classes, predictedType, displays, functionName, targetName }: CompiledModel, { scope }: ModelContext): Subject {
  return {
    functionName,
    targetName,
    hasClasses: classes.values.length > 0,
    predictedType,
    displays,
    // A class that the segment does not know gets an index without a probability.
    classOf: (text, user) => {
      const index = classes.values.indexOf(needValue(user, { type: classes.type, text }, scope.compilation.symbols))
      return index < 0 ? classes.values.length : index
    },
  }
}

function sourceOf(element: PmmlElement, subject: Subject, scope: Scope): OutputSource {
  const feature = element.get('feature') ?? 'predictedValue'
  const rank = element.number('rank', 1)
  if (element.flag('isMultiValued', false)) element.fail('has several values (isMultiValued), which is not supported')
  const value = element.get('value')
  switch (feature) {
    case 'predictedValue':
    case 'warning':
    case 'x-report':
      return { feature }
    case 'residual': {
      const target = element.get('targetField') ?? subject.targetName
      const slot = target === undefined ? undefined : scope.find(target, element)?.slot
      return { feature, slot: slot ?? -1, isClass: subject.hasClasses }
    }
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

function naturalType(source: OutputSource, subject: Subject): DataType {
  switch (source.feature) {
    case 'predictedValue':
      return subject.predictedType
    case 'transformedValue':
      return source.expression.type
    case 'probability':
    case 'confidence':
    case 'residual':
    case 'affinity':
      return 'double'
    default:
      return 'string'
  }
}
