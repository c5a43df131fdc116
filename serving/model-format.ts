import type { ModelFormat } from '../models/index.ts'
import { sluice } from '../proto/messages.js'

const { ModelType } = sluice.ModelDescriptor

/** The format that a descriptor's type names; undefined for TENSORFLOW, which is also what a record says that names none. */
export function formatOf(modeltype: sluice.ModelDescriptor.ModelType): ModelFormat | undefined {
  return modeltype === ModelType.TENSORFLOW ? undefined : (ModelType[modeltype] ?? `type ${modeltype as number}`)
}
