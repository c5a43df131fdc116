import { Tensor } from 'onnxruntime-node'

/** Moves the dimension that counts the records to the front; no copy if it is already there. */
export function recordsFirst(tensor: Tensor, axis: number): Tensor {
  if (axis === 0) return tensor
  const count = tensor.dims[axis] ?? 1
  const before = tensor.dims.slice(0, axis).reduce((product, dim) => product * dim, 1)
  const after = tensor.dims.slice(axis + 1).reduce((product, dim) => product * dim, 1)
  const source = tensor.data as Float32Array
  const moved = Array.isArray(source) ? Array.from<string>({ length: source.length }) : source.slice()
  let at = 0
  for (let record = 0; record < count; record++) {
    for (let block = 0; block < before; block++) {
      const from = (block * count + record) * after
      for (let i = 0; i < after; i++) moved[at++] = source[from + i] as number & string
    }
  }
  const dims = [count, ...tensor.dims.filter((_, each) => each !== axis)]
  return new Tensor(tensor.type as 'float32', moved as Float32Array, dims)
}
