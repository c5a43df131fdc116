import { type PmmlElement, clip } from '../document/element.ts'
import { type CompiledModel, compileModel, modelNames } from './compile-model.ts'
import type { CompiledSource } from './evaluators.ts'
import { targetNames } from '../document/mining-schema.ts'
import type { ModelContext } from '../contract/model-context.ts'
import { type Predicate, predicateIn, test } from '../expressions/predicates.ts'
import { Scope } from '../expressions/scope.ts'
import type { FieldDefinition } from '../expressions/treatments.ts'

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
  /** Whether its result can be the whole's, or is put together to it. */
  readonly isResult: boolean
  /** The segment's classes as the whole's; empty where its result is never the whole's, or a number. */
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
  /** Where the result is of one field for one record and of another for another: the fields, and the segments that predict each. */
  readonly named: readonly { readonly name: string; readonly segments: readonly number[] }[]
  /** Whether outputs ask for the segments' own results. */
  readonly asksSegments: boolean
  readonly classes: number
  readonly float: boolean
  /** Whether the result is a class for one record and a number for another. */
  readonly mixed: boolean
  /** What all segments make their results of. */
  readonly source: CompiledSource | undefined
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
  const target = targetNames(element).length < 2 ? context.target : undefined
  const inner = segmentation.all('Segment').map((segment, at) => compileSegment(segment, { context, scope, at, target }))
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
 * The segments whose results can be the whole's: those of its kind. What the whole predicts is then what they do: a chain's segments may be
 * about other fields than its MiningSchema names first.
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

/** What is wrong with a whole of which no segment is of its kind. */
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

function compileSegment(
  element: PmmlElement,
  { context, scope, at, target: outer }: { context: ModelContext; scope: Scope; at: number; target: FieldDefinition | undefined },
): Omit<Segment, 'classes' | 'isResult'> {
  const predicate = predicateIn(element, scope)
  const inner = element.needChild(...modelNames)
  // What the whole predicts as a number, or beside other fields, tells nothing of the classes of a segment.
  const target = inner.get('functionName') === context.functionName ? outer : undefined
  const model = compileModel(inner, { around: scope, target, outermost: false })
  for (const { name, slot, type } of model.outputs) if (!scope.has(name)) scope.add(name, { slot, type, depth: 0, definition: undefined })
  return {
    id: element.get('id') ?? String(at + 1),
    weight: element.number('weight', 1),
    predicate: predicate.op === 'simple' && predicate.test === test.always ? undefined : predicate,
    model,
  }
}

/** The model's classes as the context's, which gets those that it does not know yet. */
export function mapClasses(model: CompiledModel, context: ModelContext): Int32Array {
  if (model.classes.type !== context.classes.type && model.classes.values.length > 0) {
    if (context.classes.values.length === 0) context.adoptType(model.classes.type)
    else context.element.fail('combines classes of different types')
  }
  return Int32Array.from(model.classes.values, value => context.addClass(value))
}
