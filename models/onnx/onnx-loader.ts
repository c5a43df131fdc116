import { isArchive } from '../archive-names.ts'
import type { FormatLoader } from '../format-loader.ts'
import { unboundedBecause } from './bounds/index.ts'
import { isOnnx } from './proto/index.ts'
import { isOnnxArchive } from './onnx-bytes.ts'
import type { CompiledOnnx } from './compiled-onnx.ts'
import { compileOnnx, constructOnnx, loadOnnxModel } from './load-onnx.ts'

/** ONNX models: a file, or an archive of one with the files that hold its weights. */
export const formatLoader: FormatLoader = {
  module: import.meta.url,
  detect: bytes => (isArchive(bytes) ? isOnnxArchive(bytes) : isOnnx(bytes)),
  load: source => loadOnnxModel(source),
  compile: compileOnnx,
  construct: (compiled, oneByOne) => constructOnnx(compiled as CompiledOnnx, oneByOne),
  unpacks: true,
  unbounded: compiled => unboundedBecause((compiled as CompiledOnnx).bytes),
}
