import type { CompiledMining, CompiledPart, CompiledSource } from './compiled-model.ts'
import { mapClasses } from './map-classes.ts'
import { modelOf } from './model-of.ts'
import { type Aim, ModelContext } from '../contract/index.ts'

interface Targets {
  readonly names: readonly (string | undefined)[]
  /** The calculation that all models share. */
  readonly source: CompiledSource
  /** Compiles the part for the context's field. */
  readonly partFor: (context: ModelContext) => CompiledPart
  /** The functionName for a field; undefined: the element's functionName applies to all. */
  readonly functionName?: (aim: Aim) => string
}

/**
 * Compiles a model of several fields as a multiModelChain of models that predict one field each and share the source. The context is then about the
 * first field.
 */
export function compileTargets(context: ModelContext, { names, source, partFor, functionName }: Targets): CompiledMining {
  const { element, scope } = context
  const aims = names.map((name): Aim => ({ name, target: name === undefined ? undefined : scope.compilation.dataFields.get(name) }))
  const kinds = aims.map(aim => functionName?.(aim) ?? context.functionName)
  const models = aims.map((aim, at) => {
    const own = new ModelContext(element, scope, aim, kinds[at])
    return modelOf(own, partFor(own), [])
  })
  const [main] = models
  context.aimAt(aims[0] ?? { name: undefined, target: undefined }, kinds[0] ?? context.functionName)
  const segments = models.map((model, at) => ({
    id: String(at + 1),
    weight: 1,
    predicate: undefined,
    model,
    isResult: at === 0,
    classes: at === 0 ? mapClasses(model, context) : new Int32Array(0),
  }))
  return {
    kind: 'mining',
    method: 'multiModelChain',
    segments,
    onMissing: 'continue',
    missingThreshold: 1,
    main: 0,
    named: [],
    asksSegments: true,
    classes: main === undefined || main.classes.values.length === 0 ? 0 : context.classes.values.length,
    float: context.float,
    mixed: false,
    source,
  }
}
