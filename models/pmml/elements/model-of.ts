import type { ModelContext } from '../contract/index.ts'
import { type CompiledModel, type CompiledPart, isSelection } from './compiled-model.ts'
import type { CompiledOutput } from './compiled-output.ts'
import { compileTarget } from './targets.ts'

/** The compiled model for the context's field, from its compiled part and outputs. */
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
