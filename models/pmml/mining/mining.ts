import { type PmmlElement, clip, targetNames } from '../document/index.ts'
import type { ModelContext } from '../contract/index.ts'
import { type CompiledMining, type CompiledModel, type Method, type Segment, isSelection, methods, mapClasses } from '../elements/index.ts'
import { type FieldDefinition, predicateIn, test, Scope } from '../expressions/index.ts'

/** The surroundings of a model element. */
export interface Place {
  /** The scope of the fields that the MiningSchema can name. */
  readonly around: Scope
  /** The field that the enclosing model predicts. */
  readonly target: FieldDefinition | undefined
  /** Whether there is no enclosing model. Its MiningFields are then treated when the record is read. */
  readonly outermost: boolean
}

/** Compiles the models within a MiningModel. It is handed in because these may be MiningModels, which this file compiles: the recursion. */
export interface NestedModels {
  /** The model element of a Segment. */
  find(segment: PmmlElement): PmmlElement
  compile(element: PmmlElement, place: Place): CompiledModel
}

/** The segments whose result may be that of the whole model: in a chain, the last one that always runs and those after it. */
export function shownSegments<S extends Pick<Segment, 'predicate'>>({
  method,
  segments,
}: {
  method: Method
  segments: readonly S[]
}): readonly S[] {
  if (!isSelection(method)) return []
  const always = segments.findLastIndex(({ predicate }) => predicate === undefined)
  return method === 'modelChain' ? segments.slice(Math.max(always, 0)) : segments
}

export function compileMining(context: ModelContext, nested: NestedModels): CompiledMining {
  const { element } = context
  const segmentation = element.needChild('Segmentation')
  const method = methodOf(segmentation)
  if (element.child('LocalTransformations', 'Regression', 'DecisionTree')?.name.match(/^(?:Regression|DecisionTree)$/))
    element.fail('contains an embedded model (before PMML 4), which is not supported')
  // Each segment can name the outputs of those before it.
  const scope = new Scope(context.scope.compilation, context.scope)
  if (method === 'modelChain' || method === 'multiModelChain') context.outputScope = scope
  const target = targetNames(element).length < 2 ? context.target : undefined
  const inner = segmentation.all('Segment').map((segment, at) => compileSegment(segment, { context, scope, at, target, nested }))
  const segments = inner.filter(({ predicate }) => predicate?.op !== 'simple' || predicate.test !== test.never)
  if (segments.length === 0) segmentation.fail('has no segments')
  const own = segments.findIndex(({ model }) => model.targetName === context.targetName)
  const main = method === 'multiModelChain' ? Math.max(0, own) : -1
  const making = main < 0 ? shownSegments({ method, segments }) : segments.slice(main, main + 1)
  const results = new Set(isSelection(method) ? aimAtResults(context, making, segmentation) : segments)
  if (!isSelection(method) && segments.some(({ model }) => model.classifies !== context.classifies))
    segmentation.fail('combines models of different kinds')
  const mapped = segments.map(segment => ({
    ...segment,
    isResult: results.has(segment),
    classes: results.has(segment) ? mapClasses(segment.model, context) : new Int32Array(0),
  }))
  const names = [...new Set(Array.from(results, ({ model }) => model.targetName))]
  const known = isSelection(method) ? [...results].some(({ model }) => model.classes.values.length > 0) : context.classifies
  return {
    kind: 'mining',
    method,
    segments: mapped,
    onMissing: segmentation.oneOf('missingPredictionTreatment', ['continue', 'skipSegment', 'returnMissing']),
    missingThreshold: segmentation.number('missingThreshold', 1),
    main,
    named: isSelection(method) && names.length > 1 ? names.flatMap(name => namedSegments(name, segments)) : [],
    asksSegments: asksSegments(element, method),
    classes: known ? context.classes.values.length : 0,
    float: context.float,
    mixed: new Set(Array.from(results, ({ model }) => model.functionName)).size > 1,
    source: undefined,
  }
}

/**
 * The segments whose results can be that of the whole model: those with its functionName. The whole model then predicts what they predict, which in a
 * chain may be another field than the first that its MiningSchema names.
 */
function aimAtResults<S extends Pick<Segment, 'model'>>(context: ModelContext, making: readonly S[], segmentation: PmmlElement): S[] {
  const mixed = context.functionName === 'mixed'
  const results = making.filter(({ model }) => mixed || model.functionName === context.functionName)
  const [first] = results
  if (first === undefined) segmentation.fail(misfit(context.functionName))
  const names = [...new Set(results.map(({ model }) => model.targetName))]
  const name = names.length === 1 ? (names[0] ?? context.targetName) : undefined
  if (name !== context.targetName || mixed) {
    const target = name === undefined ? undefined : context.scope.compilation.dataFields.get(name)
    const classifying = results.find(({ model }) => model.functionName !== 'regression')
    context.aimAt({ name, target }, (classifying ?? first).model.functionName)
  }
  return results
}

/** The message if no segment has the functionName of the whole model. */
function misfit(functionName: string): string {
  return functionName === 'regression'
    ? 'predicts a class where its model predicts a number'
    : `has no segment with functionName="${clip(functionName)}", which its model has`
}

function namedSegments(name: string | undefined, segments: readonly Pick<Segment, 'model'>[]): CompiledMining['named'][number][] {
  if (name === undefined) return []
  return [{ name, segments: segments.flatMap(({ model }, at) => (model.targetName === name ? [at] : [])) }]
}

function methodOf(segmentation: PmmlElement): Method {
  const method = segmentation.need('multipleModelMethod').replace(/^x-/, '')
  const known = methods.find(name => name === method)
  return known ?? segmentation.fail(`has multipleModelMethod="${method.slice(0, 80)}", which is not supported`)
}

function asksSegments(element: PmmlElement, method: Method): boolean {
  const outputs = element.child('Output')?.all('OutputField') ?? []
  return method === 'selectAll' || method === 'multiModelChain' || outputs.some(field => field.get('segmentId') !== undefined)
}

interface SegmentSurroundings {
  readonly context: ModelContext
  readonly scope: Scope
  readonly at: number
  readonly target: FieldDefinition | undefined
  readonly nested: NestedModels
}

function compileSegment(
  element: PmmlElement,
  { context, scope, at, target: outer, nested }: SegmentSurroundings,
): Omit<Segment, 'classes' | 'isResult'> {
  const predicate = predicateIn(element, scope)
  const inner = nested.find(element)
  // If the whole model predicts a number, or several fields, its target does not define the classes of a segment.
  const target = inner.get('functionName') === context.functionName ? outer : undefined
  const model = nested.compile(inner, { around: scope, target, outermost: false })
  for (const { name, slot, type } of model.outputs) if (!scope.has(name)) scope.add(name, { slot, type, depth: 0, definition: undefined })
  return {
    id: element.get('id') ?? String(at + 1),
    weight: element.number('weight', 1),
    predicate: predicate.op === 'simple' && predicate.test === test.always ? undefined : predicate,
    model,
  }
}
