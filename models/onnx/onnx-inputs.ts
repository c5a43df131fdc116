import { Tensor } from 'onnxruntime-node'
import type { ColumnBatch, NumberColumn, TextColumn } from '../../proto/column-batch.ts'
import { SluiceError } from '../../proto/sluice-error.ts'
import type { FeatureMapping } from '../features.ts'
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
      feeds[slot.input.name] = slot.fill(batch, mapping.inputs[i]?.columns ?? [], range, onUnfit)
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
  /** By number of rows: views of the same memory. */
  readonly #tensors = new Map<number, Tensor>()

  constructor(info: TensorInfo) {
    const writer = cellWriter(info.type)
    if (writer === undefined)
      throw unsupported(info, `is ${info.type === undefined ? 'no tensor of numbers or text' : `of type ${info.type}`}`)
    this.#writer = writer
    this.layout = layoutOf(info)
    this.input = { name: info.name, type: writer.type, width: this.layout.width, required: true }
  }

  fill(batch: ColumnBatch, columns: readonly number[], range: RowRange, onUnfit: OnUnfit): Tensor {
    const width = columns.length
    if (this.#writer.reserve(range.size, width)) this.#tensors.clear()
    for (let at = 0; at < width; at++) {
      const column = batch.columns[columns[at] as number] as NumberColumn | TextColumn
      this.#writer.write(column, at, range, onUnfit)
    }
    return this.#tensor(range.size, width)
  }

  #tensor(size: number, width: number): Tensor {
    const kept = this.#tensors.get(size)
    if (kept !== undefined) return kept
    const tensor = this.#writer.tensor(size * width, this.#dims(size, width))
    if (this.#writer.shared) {
      if (this.#tensors.size >= keptSizes) this.#tensors.clear()
      this.#tensors.set(size, tensor)
    }
    return tensor
  }

  #dims(size: number, width: number): number[] {
    const known = this.layout.record.reduce<number>((product, dim) => product * (dim ?? 1), 1)
    const record = this.layout.record.map(dim => dim ?? width / known)
    return this.layout.batched ? [size, ...record] : record
  }
}

/**
 * The first dimension counts the records, except for a single dimension that is fixed (`[11]`): that is one record's values.
 * Of a record's own dimensions one may be open.
 */
function layoutOf(info: TensorInfo): Layout {
  const [first, ...rest] = info.shape
  const batched = info.shape.length > 1 || (info.shape.length === 1 && (first === undefined || first === 1))
  const record = batched ? rest : info.shape
  const open = record.filter(dim => dim === undefined).length
  if (open > 1 || record.includes(0)) throw unsupported(info, `has the shape [${info.shape.map(dim => dim ?? '?').join(', ')}]`)
  const width = open === 1 ? undefined : record.reduce<number>((product, dim) => product * (dim ?? 1), 1)
  return { batch: batched ? first : 1, batched, record, width }
}

function unsupported({ name }: TensorInfo, what: string): SluiceError {
  return new SluiceError(
    'MODEL_LOAD_FAILED',
    `the model's input ${name} ${what}, which records cannot feed; export the model with tensors of one value or one vector a record`,
  )
}
