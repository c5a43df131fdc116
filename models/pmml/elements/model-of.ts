import type { ModelContext } from '../contract/index.ts'
import { type CompiledModel, type CompiledPart, isSelection } from './compiled-model.ts'
import type { CompiledOutput } from './compiled-output.ts'
import { compileTarget } from './targets.ts'

/** What has been compiled of a model, for the field that the context is about. */
export function modelOf(context: ModelContext, part: CompiledPart, outputs: readonly CompiledOutput[]): CompiledModel {
  return {
    part,
    functionName: context.functionName,
    targetName: context.targetName,
    predictedType: context.predictedType,
    classifies: context.classifies,
    classes: context.classes,
    displays: context.displays,
    target: compileTarget(context, part.kind === 'mining' && isSelection(part.method)),
    outputs,
  }
}
