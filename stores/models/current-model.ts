import { SluiceError } from '../../base/index.ts'
import { sluice } from '../../proto/messages.js'
import { asBuffer, type Serde } from '../../records/index.ts'
import { type ModelState, modelStateSerde, type ModelVersion } from './model-rows.ts'
import { modelServingView } from './model-views.ts'
import type { NewModel } from './new-model.ts'

/** The row of a data type in a standard key-value store: what `ModelState` says of its model, and the model's descriptor. */
export class CurrentModel {
  /** A serialized `ModelState` with one version. */
  readonly head: Buffer
  /** A serialized `ModelDescriptor`, with the model's bytes or its location. */
  readonly descriptor: Buffer

  constructor(head: Uint8Array, descriptor: Uint8Array) {
    this.head = asBuffer(head)
    this.descriptor = asBuffer(descriptor)
  }

  static of(state: ModelState, descriptor: Uint8Array): CurrentModel {
    return new CurrentModel(modelStateSerde.serialize(state), descriptor)
  }

  get state(): ModelState {
    return modelStateSerde.deserialize(this.head)
  }

  /** The bytes from which the model is loaded; undefined: they are at its location. */
  get bytes(): Uint8Array | undefined {
    const { data, location, modeltype } = sluice.ModelDescriptor.decode(this.descriptor)
    // The content of a model that runs in another server is its location.
    if (modeltype === sluice.ModelDescriptor.ModelType.SERVICE) return Buffer.from(location ?? '')
    return data && data.length > 0 ? data : undefined
  }

  /** The signature with which the model came; undefined: it came without one. */
  get signature(): Uint8Array | undefined {
    const { signature } = sluice.ModelDescriptor.decode(this.descriptor)
    return signature.length > 0 ? signature : undefined
  }

  /** For interactive queries: the view of other stores of models, without the figures of its use and without bytes. */
  toJSON(): unknown {
    const { state } = this
    const view = modelServingView(state, undefined)
    if (view === undefined) return { dataType: state.dataType, current: 0, latest: state.latest }
    const { dataType, name, description, version, hash, modeltype, size, since, location } = view
    return { dataType, name, description, version, hash, modeltype, size, since, ...(location === undefined ? {} : { location }) }
  }
}

/** The descriptor of a version. Golden records are left out: they were compared when the model was tried. */
export function descriptorOf(dataType: string, { name, description, modeltype, hash, output }: ModelVersion, model: NewModel): Uint8Array {
  const content = model.location ? { location: model.location } : { data: model.bytes ?? new Uint8Array() }
  const signed = model.givenSignature === undefined ? {} : { signature: model.givenSignature.bundle }
  return sluice.ModelDescriptor.encode({ name, description, dataType, modeltype, sha256: hash, output, ...content, ...signed }).finish()
}

/** Four bytes with the length of the head, the head, the descriptor. */
export const currentModelSerde: Serde<CurrentModel> = {
  serialize({ head, descriptor }) {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(head.length)
    return Buffer.concat([length, head, descriptor])
  },
  deserialize(bytes) {
    const row = asBuffer(bytes)
    const end = row.length < 4 ? Infinity : 4 + row.readUInt32BE()
    if (end > row.length) throw new SluiceError('STORE_CORRUPT', 'the row is not that of a current model')
    return new CurrentModel(row.subarray(4, end), row.subarray(end))
  },
}
