import { defaultModelFactory } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'

/** The name of a format in descriptors. */
export type ModelTypeName = keyof typeof sluice.ModelDescriptor.ModelType

/** The formats that descriptors can name. */
export const modelTypeNames: readonly ModelTypeName[] = ['ONNX', 'TENSORFLOW', 'TENSORFLOWSAVED', 'PMML', 'SERVICE', 'MODULE']

/** Detects the format of a model's bytes; undefined when it is not recognized, or when descriptors have no name for it. */
export function modelTypeOf(bytes: Uint8Array): ModelTypeName | undefined {
  const format = defaultModelFactory().detect(bytes) ?? (isPmml(bytes) ? 'PMML' : undefined)
  return format !== undefined && format in sluice.ModelDescriptor.ModelType ? (format as ModelTypeName) : undefined
}

const skipped: readonly (readonly [start: string, end: string])[] = [
  ['<!--', '-->'],
  ['<?', '?>'],
  ['<!', '>'],
]

/** Whether the bytes are XML whose root element is PMML; only declarations, comments and a document type may precede it. */
function isPmml(bytes: Uint8Array): boolean {
  let rest = Buffer.from(bytes.subarray(0, 8192))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
  for (;;) {
    rest = rest.trimStart()
    const part = skipped.find(([start]) => rest.startsWith(start))
    if (!part) return /^<(?:\w+:)?PMML[\s>]/.test(rest)
    const end = rest.indexOf(part[1])
    if (end < 0) return false
    rest = rest.slice(end + part[1].length)
  }
}
