import { SluiceError } from '../base/index.ts'
import type { OutputColumn } from './model.ts'

/** Appends the columns of successive runs to each other. Throws SluiceError MODEL_FAILED if their shapes differ. */
export function joinColumns(parts: readonly (readonly OutputColumn[])[]): OutputColumn[] {
  const [first = []] = parts
  return first.map((column, at) => {
    const pieces = parts.map(part => part[at] as OutputColumn)
    const { name, width, shape } = column
    if (pieces.some(piece => piece.width !== width || String(piece.shape) !== String(shape)))
      throw new SluiceError('MODEL_FAILED', `output ${name} has different dimensions for different records`)
    if (column.kind === 'text')
      return { name, kind: 'text', width, shape, values: pieces.flatMap(piece => piece.values as readonly string[]) }
    const values = new Float64Array(pieces.reduce((sum, piece) => sum + piece.values.length, 0))
    let end = 0
    for (const piece of pieces) {
      values.set(piece.values as ArrayLike<number>, end)
      end += piece.values.length
    }
    return { name, kind: 'number', width, shape, values, ...joinExact(pieces, values.length) }
  })
}

function joinExact(pieces: readonly OutputColumn[], length: number): { readonly exact?: BigInt64Array | BigUint64Array } {
  const [first] = pieces
  if (first?.kind !== 'number' || first.exact === undefined) return {}
  const exact = first.exact instanceof BigInt64Array ? new BigInt64Array(length) : new BigUint64Array(length)
  let end = 0
  for (const piece of pieces) {
    if (piece.kind !== 'number' || piece.exact === undefined) return {}
    exact.set(piece.exact, end)
    end += piece.exact.length
  }
  return { exact }
}
