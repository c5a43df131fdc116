import type { ModelContext } from '../contract/index.ts'
import type { CompiledModel } from './compiled-model.ts'

/** For each class of the model, its index in the context. Classes that the context does not have yet are added to it. */
export function mapClasses(model: CompiledModel, context: ModelContext): Int32Array {
  if (model.classes.type !== context.classes.type && model.classes.values.length > 0) {
    if (context.classes.values.length === 0) context.adoptType(model.classes.type)
    else context.element.fail('combines classes of different types')
  }
  return Int32Array.from(model.classes.values, value => context.addClass(value))
}
