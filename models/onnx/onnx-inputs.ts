import { Tensor } from 'onnxruntime-node'
import type { ColumnBatch, NumberColumn, TextColumn } from '../../proto/column-batch.ts'
import { SluiceError } from '../../proto/sluice-error.ts'
import type { FeatureMapping, MappedInput } from '../features.ts'
import type { ModelInput } from '../model.ts'
import type { Feeds, TensorInfo } from './onnx-session.ts'
import { type CellWriter, type OnUnfit, type RowRange, cellWriter } from './tensor-cells.ts'

/** The largest number of batch sizes that tensors are kept for. */
const keptSizes = 64

/** Turns columns to ONNX Runtime's input tensors. Their memory is allocated once and used for every batch. */
export class OnnxInputs {
  readonly inputs: readonly ModelInput[]
  /** The number of records that one run takes; undefined: any. */
  readonly fixedBatch: number | undefined
  readonly #slots: readonly InputSlot[]

  /** Throws SluiceError MODEL_LOAD_FAILED for an input that records cannot feed. */
  constructor(infos: readonly TensorInfo[]) {
    this.#slots = infos.map(info => new InputSlot(info))
    this.inputs = this.#slots.map(slot => slot.input)
    const fixed = new Set(this.#slots.flatMap(({ layout }) => layout.batch ?? []))
    if (fixed.size > 1)
      throw new SluiceError('MODEL_LOAD_FAILED', `the model's inputs take different numbers of records: ${[...fixed].join(', ')}`)
    this.fixedBatch = [...fixed][0]
  }

  /** One tensor an input; they are good until the next call. */
  feeds(batch: ColumnBatch, mapping: FeatureMapping, range: RowRange, onUnfit: OnUnfit): Feeds {
    const feeds: Feeds = {}
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i] as InputSlot
      feeds[slot.input.name] = slot.fill(batch, mapping.inputs[i] as MappedInput, range, onUnfit)
    }
    return feeds
  }
}

/** Where records lie in a tensor's shape. */
interface Layout {
  /** Records a run: undefined for any number. */
  readonly batch: number | undefined
  /** Whether the shape has a dimension for the records. */
  readonly batched: boolean
  /** The shape of one record's values; undefined: as many as there are columns. */
  readonly record: readonly (number | undefined)[]
  readonly width: number | undefined
}

class InputSlot {
  readonly input: ModelInput
  readonly layout: Layout
  readonly #writer: CellWriter
  /** By number of rows: views of the same memory, all of them for one mapping. What a mapping has beside it, the records' dimensions, is not in the key. */
  readonly #tensors = new Map<number, Tensor>()
  #mapped: MappedInput | undefined
  /** The dimensions of a record's values under that mapping. */
  #record: readonly number[] = []

  constructor(info: TensorInfo) {
    const writer = cellWriter(info.type)
    if (writer === undefined)
      throw unsupported(info, `is ${info.type === undefined ? 'no tensor of numbers or text' : `of type ${info.type}`}`)
    this.#writer = writer
    this.layout = layoutOf(info)
    const { record, width } = this.layout
    const told = info.undeclared === true || (record.length === 1 && width !== undefined)
    this.input = { name: info.name, type: writer.type, width, ...(told ? {} : { shape: record }), required: true }
  }

  fill(batch: ColumnBatch, mapped: MappedInput, range: RowRange, onUnfit: OnUnfit): Tensor {
    if (mapped !== this.#mapped) this.#map(mapped)
    const { columns } = mapped
    const width = columns.length
    if (this.#writer.reserve(range.size, width)) this.#tensors.clear()
    for (let at = 0; at < width; at++) {
      const column = batch.columns[columns[at] as number] as NumberColumn | TextColumn
      this.#writer.write(column, at, range, onUnfit)
    }
    return this.#tensor(range.size, width)
  }

  #map(mapped: MappedInput): void {
    this.#tensors.clear()
    this.#mapped = undefined
    this.#record = mapped.shape ?? recordShape(this.input.name, this.layout, mapped.columns.length)
    this.#mapped = mapped
  }

  #tensor(size: number, width: number): Tensor {
    const kept = this.#tensors.get(size)
    if (kept !== undefined) return kept
    const tensor = this.#writer.tensor(size * width, this.layout.batched ? [size, ...this.#record] : this.#record)
    if (this.#writer.shared) {
      if (this.#tensors.size >= keptSizes) this.#tensors.clear()
      this.#tensors.set(size, tensor)
    }
    return tensor
  }
}

/**
 * The first dimension counts the records, except for a single dimension that is fixed (`[11]`): that is one record's values.
 */
function layoutOf(info: TensorInfo): Layout {
  const [first, ...rest] = info.shape
  const batched = info.shape.length > 1 || (info.shape.length === 1 && (first === undefined || first === 1))
  const record = batched ? rest : info.shape
  if (record.includes(0)) throw unsupported(info, `has the shape [${info.shape.map(dim => dim ?? '?').join(', ')}]`)
  const width = record.includes(undefined) ? undefined : record.reduce<number>((product, dim) => product * (dim ?? 1), 1)
  return { batch: batched ? first : 1, batched, record, width }
}

/** So many fields in the record's dimensions: of those that are open the last one takes what there is, the others are 1. */
function recordShape(name: string, { record }: Layout, fields: number): readonly number[] {
  const known = record.reduce<number>((product, dim) => product * (dim ?? 1), 1)
  const last = record.lastIndexOf(undefined)
  if (fields % known === 0) return record.map((dim, at) => dim ?? (at === last ? fields / known : 1))
  throw new SluiceError(
    'MODEL_INPUT_MISMATCH',
    `input ${name} takes records of the shape [${record.map(dim => dim ?? '?').join(', ')}], of which ${fields} fields cannot make one`,
  )
}

function unsupported({ name }: TensorInfo, what: string): SluiceError {
  return new SluiceError(
    'MODEL_LOAD_FAILED',
    `the model's input ${name} ${what}, which records cannot feed; export the model with tensors of one value or one vector a record`,
  )
}
