import { SluiceError } from '../../base/index.ts'
import type { TensorInfo } from './onnx-session.ts'
import type { Place } from './tensor-cells.ts'

/** How a tensor's shape is filled with records. */
export interface InputLayout {
  /** The number of records in a run; undefined: any. */
  readonly batch: number | undefined
  /** The dimension that counts the records; undefined if there is none: the shape is that of one record. */
  readonly axis: number | undefined
  /** The shape of one record's values; an undefined dimension takes as many as there are columns. */
  readonly record: readonly (number | undefined)[]
  readonly width: number | undefined
}

/**
 * Records are counted by `axis`, unless the only dimension is fixed (`[11]`): then the shape is that of one record. Throws SluiceError
 * MODEL_LOAD_FAILED for a shape that records cannot fill.
 */
export function layoutOf(info: TensorInfo, axis: number): InputLayout {
  const { shape } = info
  const [first] = shape
  const batched = shape.length > 1 || (shape.length === 1 && (first === undefined || first === 1))
  const record = batched ? shape.filter((_, at) => at !== axis) : shape
  if (record.includes(0)) throw unsupported(info, `has the shape [${shape.map(dim => dim ?? '?').join(', ')}]`)
  const width = record.includes(undefined) ? undefined : record.reduce<number>((product, dim) => product * (dim ?? 1), 1)
  return { batch: batched ? shape[axis] : 1, axis: batched ? axis : undefined, record, width }
}

export function unsupported({ name }: TensorInfo, what: string): SluiceError {
  return new SluiceError(
    'MODEL_LOAD_FAILED',
    `the model's input ${name} ${what}, which cannot be filled from a record; export the model with inputs that take one value or one vector for each record`,
  )
}

/** The record's dimensions for this number of fields: the last open dimension takes the fields, other open ones are 1. */
export function recordShape(name: string, { record }: InputLayout, fields: number): readonly number[] {
  const known = record.reduce<number>((product, dim) => product * (dim ?? 1), 1)
  const last = record.lastIndexOf(undefined)
  if (fields % known === 0) return record.map((dim, at) => dim ?? (at === last ? fields / known : 1))
  throw new SluiceError(
    'MODEL_INPUT_MISMATCH',
    `input ${name} takes records of the shape [${record.map(dim => dim ?? '?').join(', ')}], which cannot be filled from ${fields} fields`,
  )
}

/** The tensor's shape for this number of records with these dimensions. */
export function dimsOf({ axis }: InputLayout, record: readonly number[], size: number): readonly number[] {
  return axis === undefined ? record : record.toSpliced(axis, 0, size)
}

const rowMajor = new Map<number, readonly Place[]>()

/** The position of each value in a tensor of this many records. */
export function placesOf(
  { axis = 0 }: InputLayout,
  record: readonly number[],
  { width, size }: { readonly width: number; readonly size: number },
): readonly Place[] {
  if (axis === 0) return rowMajorPlaces(width)
  const after = record.slice(axis).reduce((product, dim) => product * dim, 1)
  return Array.from({ length: width }, (_, at) => ({ start: Math.floor(at / after) * size * after + (at % after), stride: after }))
}

/** The positions are the same for every batch of this width, so they are computed once. */
function rowMajorPlaces(width: number): readonly Place[] {
  let places = rowMajor.get(width)
  if (places === undefined) {
    if (rowMajor.size >= 64) rowMajor.clear()
    rowMajor.set(width, (places = Array.from({ length: width }, (_, start) => ({ start, stride: width }))))
  }
  return places
}
