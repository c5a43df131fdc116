import type { ModelFormat } from '../models/index.ts'
import { sluice } from '../proto/messages.js'

const { ModelType } = sluice.ModelDescriptor

/** The format for a descriptor's type; undefined for TENSORFLOW, which is also the default value of a descriptor that names no type. */
export function formatOf(modeltype: sluice.ModelDescriptor.ModelType): ModelFormat | undefined {
  return modeltype === ModelType.TENSORFLOW ? undefined : (ModelType[modeltype] ?? `type ${modeltype as number}`)
}
