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
  'modelChain',
] as const

export type Method = (typeof methods)[number]

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
  readonly classes: number
  readonly float: boolean
}

export function compileMining(context: ModelContext): CompiledMining {
  const { element } = context
  const segmentation = element.needChild('Segmentation')
  const method = segmentation.need('multipleModelMethod').replace(/^x-/, '')
  const known =
    methods.find(name => name === method) ?? segmentation.fail(`has multipleModelMethod="${method.slice(0, 80)}", which is not supported`)
  if (element.child('LocalTransformations', 'Regression', 'DecisionTree')?.name.match(/^(?:Regression|DecisionTree)$/))
    element.fail('holds an embedded model (before PMML 4), which is not supported')
  // Each segment can name what those before it gave out.
  const scope = new Scope(context.scope.compilation, context.scope)
  const inner = segmentation.all('Segment').map((segment, at) => compileSegment(segment, { context, scope, at }))
  const segments = inner.filter(({ predicate }) => predicate?.op !== 'simple' || predicate.test !== test.never)
  if (segments.length === 0) segmentation.fail('has no segments')
  const combines = known !== 'selectFirst' && known !== 'modelChain'
  const classifies = combines ? context.classifies : segments.some(({ model }) => model.classes.values.length > 0)
  if (combines)
    for (const { model } of segments) if (model.classifies !== classifies) segmentation.fail('combines models of different kinds')
  return {
    kind: 'mining',
    method: known,
    segments: segments.map(segment => ({ ...segment, classes: mapClasses(segment.model, context) })),
    onMissing: segmentation.oneOf('missingPredictionTreatment', ['continue', 'skipSegment', 'returnMissing']),
    missingThreshold: segmentation.number('missingThreshold', 1),
    classes: classifies ? context.classes.values.length : 0,
    float: context.float,
  }
}

function compileSegment(
  element: PmmlElement,
  { context, scope, at }: { context: ModelContext; scope: Scope; at: number },
): Omit<Segment, 'classes'> {
  const predicate = predicateIn(element, scope)
  const model = compileModel(element.needChild(...modelNames), { around: scope, target: context.target, outermost: false })
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
