import type { PmmlElement } from './element.ts'
import { type CompiledModel, compileModel, modelNames } from './compile-model.ts'
import type { ModelContext } from './model-context.ts'
import { type Predicate, predicateIn, test } from './predicates.ts'
import { Scope } from './scope.ts'

const methods = [
  'majorityVote',
  'weightedMajorityVote',
  'average',
  'weightedAverage',
  'median',
  'weightedMedian',
  'max',
  'sum',
  'weightedSum',
  'selectFirst',
  'selectAll',
  'modelChain',
  'multiModelChain',
] as const

export type Method = (typeof methods)[number]

/** Whether one segment's result is the whole's, so that nothing is put together. */
export function isSelection(method: Method): boolean {
  return method === 'selectFirst' || method === 'selectAll' || method === 'modelChain' || method === 'multiModelChain'
}

interface Segment {
  readonly id: string
  readonly weight: number
  /** undefined: always. */
  readonly predicate: Predicate | undefined
  readonly model: CompiledModel
  /** The segment's classes as the whole's. */
  readonly classes: Int32Array
}

/** Several models in one: plain data. */
export interface CompiledMining {
  readonly kind: 'mining'
  readonly method: Method
  readonly segments: readonly Segment[]
  readonly onMissing: 'continue' | 'skipSegment' | 'returnMissing'
  readonly missingThreshold: number
  /** Of a multiModelChain, whose segments predict a field each: the segment that predicts what the whole does; else -1. */
  readonly main: number
  /** Whether outputs ask for the segments' own results. */
  readonly asksSegments: boolean
  readonly classes: number
  readonly float: boolean
}

/** The segments whose result may be the whole's: of a chain the last that always runs, and those after it. */
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

export function compileMining(context: ModelContext): CompiledMining {
  const { element } = context
  const segmentation = element.needChild('Segmentation')
  const method = methodOf(segmentation)
  if (element.child('LocalTransformations', 'Regression', 'DecisionTree')?.name.match(/^(?:Regression|DecisionTree)$/))
    element.fail('holds an embedded model (before PMML 4), which is not supported')
  // Each segment can name what those before it gave out.
  const scope = new Scope(context.scope.compilation, context.scope)
  if (method === 'modelChain' || method === 'multiModelChain') context.outputScope = scope
  const inner = segmentation.all('Segment').map((segment, at) => compileSegment(segment, { context, scope, at }))
  const segments = inner.filter(({ predicate }) => predicate?.op !== 'simple' || predicate.test !== test.never)
  if (segments.length === 0) segmentation.fail('has no segments')
  const own = segments.findIndex(({ model }) => model.targetName === context.targetName)
  const main = method === 'multiModelChain' ? Math.max(0, own) : -1
  const fault = faultOf({ method, segments, main }, context)
  if (fault !== undefined) segmentation.fail(fault)
  const numbers = context.functionName === 'regression'
  const known = isSelection(method) ? !numbers && segments.some(({ model }) => model.classes.values.length > 0) : context.classifies
  const mapped = segments.map((segment, at) => ({
    ...segment,
    classes: numbers || (main >= 0 && at !== main) ? new Int32Array(0) : mapClasses(segment.model, context),
  }))
  return {
    kind: 'mining',
    method,
    segments: mapped,
    onMissing: segmentation.oneOf('missingPredictionTreatment', ['continue', 'skipSegment', 'returnMissing']),
    missingThreshold: segmentation.number('missingThreshold', 1),
    main,
    asksSegments: asksSegments(element, method),
    classes: known ? context.classes.values.length : 0,
    float: context.float,
  }
}

function methodOf(segmentation: PmmlElement): Method {
  const method = segmentation.need('multipleModelMethod').replace(/^x-/, '')
  const known = methods.find(name => name === method)
  return known ?? segmentation.fail(`has multipleModelMethod="${method.slice(0, 80)}", which is not supported`)
}

/** Why the segments that make the result cannot give what the whole does; undefined: they can. */
function faultOf(
  { method, segments, main }: { readonly method: Method; readonly segments: readonly Omit<Segment, 'classes'>[]; readonly main: number },
  { functionName, classifies }: ModelContext,
): string | undefined {
  if (!isSelection(method))
    return segments.some(({ model }) => model.classifies !== classifies) ? 'combines models of different kinds' : undefined
  const making = main < 0 ? shownSegments({ method, segments }) : segments.slice(main, main + 1)
  const wrong = functionName === 'regression' && making.some(({ model }) => model.classes.values.length > 0)
  return wrong ? 'predicts a class where its model predicts a number' : undefined
}

function asksSegments(element: PmmlElement, method: Method): boolean {
  const outputs = element.child('Output')?.all('OutputField') ?? []
  return method === 'selectAll' || method === 'multiModelChain' || outputs.some(field => field.get('segmentId') !== undefined)
}

function compileSegment(
  element: PmmlElement,
  { context, scope, at }: { context: ModelContext; scope: Scope; at: number },
): Omit<Segment, 'classes'> {
  const predicate = predicateIn(element, scope)
  const inner = element.needChild(...modelNames)
  // What the whole predicts as a number tells nothing of the classes of a segment.
  const target = context.functionName === 'regression' && inner.get('functionName') !== 'regression' ? undefined : context.target
  const model = compileModel(inner, { around: scope, target, outermost: false })
  for (const { name, slot, type } of model.outputs) if (!scope.has(name)) scope.add(name, { slot, type, depth: 0, definition: undefined })
  return {
    id: element.get('id') ?? String(at + 1),
    weight: element.number('weight', 1),
    predicate: predicate.op === 'simple' && predicate.test === test.always ? undefined : predicate,
    model,
  }
}

function mapClasses(model: CompiledModel, context: ModelContext): Int32Array {
  if (model.classes.type !== context.classes.type && model.classes.values.length > 0) {
    if (context.classes.values.length === 0) context.adoptType(model.classes.type)
    else context.element.fail('combines classes of different types')
  }
  return Int32Array.from(model.classes.values, value => context.addClass(value))
}
