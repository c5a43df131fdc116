import { Tensor } from 'onnxruntime-node'
import type { ColumnBatch, NumberColumn, TextColumn } from '../../records/index.ts'
import { SluiceError } from '../../base/index.ts'
import type { FeatureMapping, MappedInput } from '../feature-mapping.ts'
import type { ModelInput } from '../model.ts'
import type { Feeds, TensorInfo } from './onnx-session.ts'
import { type InputLayout, dimsOf, layoutOf, placesOf, recordShape, unsupported } from './input-layout.ts'
import type { RecordAxes } from './flow/index.ts'
import { type CellWriter, type OnUnfit, type Place, type RowRange, cellWriter } from './tensor-cells.ts'

/** The number of batch sizes for which tensors are cached. */
const keptSizes = 64

/** Converts columns to input tensors of ONNX Runtime. Their memory is allocated once and reused for every batch. */
export class OnnxInputs {
  readonly inputs: readonly ModelInput[]
  /** The number of records that one run takes; undefined: any. */
  readonly fixedBatch: number | undefined
  readonly #slots: readonly InputSlot[]

  /** Throws SluiceError MODEL_LOAD_FAILED for an input that records cannot feed. */
  constructor(infos: readonly TensorInfo[], axes: RecordAxes = new Map()) {
    this.#slots = infos.map(info => new InputSlot(info, axes.get(info.name) ?? 0))
    this.inputs = this.#slots.map(slot => slot.input)
    const fixed = new Set(this.#slots.flatMap(({ layout }) => layout.batch ?? []))
    if (fixed.size > 1)
      throw new SluiceError('MODEL_LOAD_FAILED', `the model's inputs take different numbers of records: ${[...fixed].join(', ')}`)
    this.fixedBatch = [...fixed][0]
  }

  /** One tensor for each input; valid until the next call. */
  feeds(batch: ColumnBatch, mapping: FeatureMapping, range: RowRange, onUnfit: OnUnfit): Feeds {
    // Without a prototype: an input may have any name.
    const feeds = Object.create(null) as Feeds
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i] as InputSlot
      feeds[slot.input.name] = slot.fill(batch, mapping.inputs[i] as MappedInput, range, onUnfit)
    }
    return feeds
  }
}

class InputSlot {
  readonly input: ModelInput
  readonly layout: InputLayout
  readonly #writer: CellWriter
  /** By number of rows: views of the same memory, all for the current mapping. The records' dimensions depend on the mapping and are not in the key. */
  readonly #tensors = new Map<number, Tensor>()
  #mapped: MappedInput | undefined
  /** The dimensions of a record's values under that mapping. */
  #record: readonly number[] = []

  constructor(info: TensorInfo, axis: number) {
    const writer = cellWriter(info.type)
    if (writer === undefined) throw unsupported(info, `is ${info.kind}`)
    this.#writer = writer
    this.layout = layoutOf(info, axis)
    const { record, width } = this.layout
    const told = info.undeclared === true || (record.length === 1 && width !== undefined)
    this.input = { name: info.name, type: writer.type, width, ...(told ? {} : { shape: record }), required: true }
  }

  fill(batch: ColumnBatch, mapped: MappedInput, range: RowRange, onUnfit: OnUnfit): Tensor {
    if (mapped !== this.#mapped) this.#map(mapped)
    const { columns } = mapped
    const width = columns.length
    if (this.#writer.reserve(range.size * width)) this.#tensors.clear()
    const places = placesOf(this.layout, this.#record, { width, size: range.size })
    for (let at = 0; at < width; at++) {
      const column = batch.columns[columns[at] as number] as NumberColumn | TextColumn
      this.#writer.write(column, places[at] as Place, range, onUnfit)
      if (column.kind === 'number' && column.invalid !== undefined) tellInvalid(column.invalid, range, onUnfit)
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
    const tensor = this.#writer.tensor(size * width, dimsOf(this.layout, this.#record, size))
    if (this.#writer.shared) {
      if (this.#tensors.size >= keptSizes) this.#tensors.clear()
      this.#tensors.set(size, tensor)
    }
    return tensor
  }
}

function tellInvalid(invalid: Uint8Array, { from, count }: RowRange, onUnfit: OnUnfit): void {
  for (let row = from; row < from + count; row++) if (invalid[row] === 1) onUnfit(row)
}
