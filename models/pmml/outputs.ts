import type { CompiledModel } from './compile-model.ts'
import { type PmmlElement, clip } from './element.ts'
import type { Expression } from './evaluate.ts'
import { expressionIn } from './expressions.ts'
import type { CompiledPart } from './evaluators.ts'
import type { CompiledMining } from './mining.ts'
import type { ModelContext } from './model-context.ts'
import { Scope } from './scope.ts'
import { type DataType, dataTypeOf, needValue } from './values.ts'

export type OutputSource = TextSource | NumberSource

export type TextSource =
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
  readonly source: OutputSource
  /** Where it is taken from; undefined: from the model's own result. */
  readonly segment: FromSegment | undefined
}

/** The segments of which the first one that gave a result counts, and the type of these results. */
export interface FromSegment {
  readonly indices: readonly number[]
  readonly type: DataType
  /** Whether it counts only if its result is the whole's. */
  readonly ifResult: boolean
}

/** What an OutputField can be about: a model, or one of its segments. */
interface Subject {
  readonly functionName: string
  readonly hasClasses: boolean
  readonly predictedType: DataType
  readonly displays: ReadonlyMap<number, number>
  classOf(text: string, user: PmmlElement): number
}

/** The model's OutputFields, each of which the following ones and later segments can name. Of results of several fields or segments there is one for each. */
export function compileOutputs(context: ModelContext, part: CompiledPart): CompiledOutput[] {
  const { scope } = context
  const elements = context.element.child('Output')?.all('OutputField') ?? []
  const visible = withTarget(elements, context)
  const outputs = elements.map(element => {
    const given = givenField(element, context, part)
    const segment = given === undefined ? segmentOf(element, context, part) : undefined
    const subject = segment === undefined || part.kind !== 'mining' ? context : subjectOf(segmentAt(part, segment), context)
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

/** The results of all segments, each by the field that it predicts, or where that is one for all by its id; of one segment there is none beside the whole's. */
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

/** An OutputField may name what the model predicts: in a record to be scored that has no value. */
function withTarget(elements: readonly PmmlElement[], context: ModelContext): Scope {
  const { outputScope: scope, target, targetName, element: user } = context
  const hidden = targetName === undefined || elements.some(element => element.get('name') === targetName)
  if (hidden || target === undefined || scope.find(targetName, user) !== undefined) return scope
  const visible = new Scope(scope.compilation, scope)
  visible.add(targetName, () => ({ slot: scope.compilation.addSlot(), type: target.type, depth: 0, definition: target }))
  return visible
}

/**
 * Where the OutputField takes its result from: the segment that it names, those that predict the field that it names, or both; undefined: from the
 * whole's result.
 */
function segmentOf(element: PmmlElement, context: ModelContext, part: CompiledPart): FromSegment | undefined {
  const [id, target] = [element.get('segmentId'), element.get('targetField')]
  if (id === undefined && (target === undefined || target === context.targetName)) return undefined
  const segments = part.kind === 'mining' ? part.segments : []
  const named = id === undefined ? undefined : segments.findIndex(segment => segment.id === id)
  if (named === -1) element.fail(`names the segment ${clip(id ?? '')}, which there is not`)
  const all = part.kind === 'mining' && (part.method === 'multiModelChain' || part.method === 'selectAll')
  const indices = segments.flatMap(({ model, isResult }, at) => {
    const wanted = named === undefined ? isResult || all : named === at
    return wanted && (target === undefined || model.targetName === target) ? [at] : []
  })
  const type = segments[indices[0] ?? -1]?.model.predictedType
  if (type === undefined) element.fail(`has targetField="${clip(target ?? '')}", which is nothing that its model predicts`)
  return { indices, type, ifResult: id === undefined && !all }
}

/** What a segment gave out, where an OutputField names that in place of the segment's result. */
function givenField(element: PmmlElement, { outputScope: scope }: ModelContext, part: CompiledPart): Expression | undefined {
  const [id, target, feature] = [element.get('segmentId'), element.get('targetField'), element.get('feature') ?? 'predictedValue']
  const transformed = id !== undefined && (feature === 'transformedValue' || feature === 'decision')
  if (part.kind !== 'mining' || !(transformed || (target !== undefined && feature === 'predictedValue'))) return undefined
  const name = transformed ? element.need('value') : target
  const inner = part.segments.filter(segment => id === undefined || segment.id === id)
  if (!transformed && inner.some(({ model }) => model.targetName === target)) return undefined
  const output = inner.flatMap(({ model }) => model.outputs).find(({ name: known }) => known === name)
  if (output === undefined) {
    if (transformed) element.fail(`takes the value ${clip(name ?? '')}, which the segment ${clip(id)} does not give out`)
    return undefined
  }
  const { slot, type } = output
  return scope.compilation.bounded(element, { op: 'field', type, depth: 1, steps: 1, slot, mapMissingTo: NaN })
}

function segmentAt({ segments }: CompiledMining, { indices }: FromSegment): CompiledModel {
  return segments[indices[0] ?? 0]?.model as CompiledModel
}

function subjectOf({ classes, predictedType, displays, functionName }: CompiledModel, { scope }: ModelContext): Subject {
  return {
    functionName,
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

function sourceOf(element: PmmlElement, subject: Subject, scope: Scope): OutputSource {
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

function naturalType(source: OutputSource, subject: Subject): DataType {
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
