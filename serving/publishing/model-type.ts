import { defaultModelFactory } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'

/** The name of a format in descriptors. */
export type ModelTypeName = keyof typeof sluice.ModelDescriptor.ModelType

/** The formats that descriptors can name. */
export const modelTypeNames: readonly ModelTypeName[] = ['ONNX', 'TENSORFLOW', 'TENSORFLOWSAVED', 'PMML', 'SERVICE', 'MODULE']

/** Detects the format of a model's bytes; undefined when it is not recognized, or when descriptors have no name for it. */
export function modelTypeOf(bytes: Uint8Array): ModelTypeName | undefined {
  const format = defaultModelFactory().detect(bytes)
  return format !== undefined && format in sluice.ModelDescriptor.ModelType ? (format as ModelTypeName) : undefined
}
