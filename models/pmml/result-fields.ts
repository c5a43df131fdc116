import type { ModelInput } from '../model.ts'
import type { CompiledPmml } from './compile-pmml.ts'
import { type DataType, isDateType } from './document/index.ts'

/** One column of the model's results. */
export interface ResultField {
  readonly name: string
  readonly type: DataType
  /** The slot that holds it; -1: the prediction; below -1: the probability of class -2 - slot. */
  readonly slot: number
  readonly text: boolean
  /** The path of nested segments whose result must be that of the whole model for it to be shown; undefined: always shown. */
  readonly within: readonly number[] | undefined
}

/** The prediction, and the columns shown: without a named target, only the output fields. `probable`: whether the classes have probabilities. */
export function resultFields(
  { model, labels, outputs }: CompiledPmml,
  probable: boolean,
): { readonly prediction: ResultField; readonly shown: readonly ResultField[] } {
  const { targetName, predictedType } = model
  const prediction: ResultField = {
    name: targetName ?? 'prediction',
    type: predictedType,
    slot: -1,
    text: isText(predictedType),
    within: undefined,
  }
  const given = outputs.map(({ name, slot, type, within }): ResultField => ({
    name,
    slot,
    type,
    text: isText(type),
    within: within.length > 0 ? within : undefined,
  }))
  const main = targetName === undefined && given.length > 0 ? given : [prediction, ...given.filter(({ name }) => name !== prediction.name)]
  if (!probable || !model.classifies || model.outputs.length > 0 || outputs.length > 0) return { prediction, shown: main }
  const shares = labels.map((label, index): ResultField => {
    return { name: `probability(${label})`, type: 'double', slot: -2 - index, text: false, within: undefined }
  })
  return { prediction, shown: [...main, ...shares] }
}

function isText(type: DataType): boolean {
  return type === 'string' || type === 'boolean' || (isDateType(type) && !type.includes('['))
}

export function outputType({ type, text }: ResultField): ModelInput['type'] {
  if (text) return 'string'
  if (type === 'float') return 'float32'
  return type === 'double' ? 'float64' : 'int64'
}
