import { randomFillSync } from 'node:crypto'
import { modelProto } from '../../../models/onnx/proto/onnx-schema.ts'
import { node, value } from '../onnx-builder.ts'

/** An ONNX model of about the given number of megabytes: 11 features through layers of a square matrix of small random weights to one number. */
export function largeOnnx(megabytes: number): Uint8Array {
  const width = 1024
  const layers = Math.max(1, Math.round(megabytes / 4))
  const weights = (name: string, rows: number, columns: number): object => {
    const data = new Float32Array(rows * columns)
    const bytes = new Uint8Array(data.buffer)
    // Random, so that nothing shares or packs it; tiny, so that sums stay numbers.
    randomFillSync(bytes)
    for (let i = 0; i < data.length; i++) data[i] = ((bytes[i * 4] as number) - 128) * 1e-4
    return { name, data_type: 1, dims: [rows, columns], raw_data: bytes }
  }
  const steps = Array.from({ length: layers }, (_, layer) => node('MatMul', [`h${layer}`, `w${layer}`], [`h${layer + 1}`]))
  return modelProto.encode({
    ir_version: 7,
    opset_import: [{ domain: '', version: 13 }],
    graph: {
      name: 'large',
      node: [node('MatMul', ['x', 'first'], ['h0']), ...steps, node('MatMul', [`h${layers}`, 'last'], ['y'])],
      input: [value('x', 'float', ['N', 11])],
      output: [value('y', 'float', ['N', 1])],
      initializer: [
        weights('first', 11, width),
        ...Array.from({ length: layers }, (_, layer) => weights(`w${layer}`, width, width)),
        weights('last', width, 1),
      ],
    },
  })
}
