import type { FormatLoader } from '../format-loader.ts'
import type { ModelFormat, ModelSource } from '../model.ts'
import { type CompiledOnnx, constructOnnx, leastRunOf } from '../onnx/index.ts'
import { unboundedBecause } from '../onnx/bounds/index.ts'
import { planRecords } from '../onnx/flow/index.ts'

/** How TensorFlow's models are loaded: compiled to ONNX, and run as that. */
export function tensorflowLoader(format: ModelFormat, detect: (bytes: Uint8Array) => boolean, module: string): FormatLoader {
  const compile = async ({ bytes, files, output }: ModelSource): Promise<CompiledOnnx> => {
    // Only such models bring in the compiler.
    const { compileTensorflow, compileTensorflowFiles } = await import('./compile-tensorflow.ts')
    const { onnx } = await (files === undefined ? compileTensorflow(bytes, output) : compileTensorflowFiles(files, output))
    // What holds the score is the only output when it was asked for, else the first.
    const plan = planRecords(onnx, false)
    return { bytes: onnx, classes: new Map(), output: undefined, leastRun: leastRunOf(onnx), plan, format }
  }
  return {
    module,
    detect,
    unpacks: true,
    compile,
    construct: (compiled, oneByOne) => constructOnnx(compiled as CompiledOnnx, oneByOne),
    unbounded: compiled => unboundedBecause((compiled as CompiledOnnx).bytes),
    load: async source => constructOnnx(await compile(source)),
  }
}
