import { createHash } from 'node:crypto'
import { checkInputs, readModelLocation, type LoadedModel } from '../models/index.ts'
import { sluice } from '../proto/messages.js'
import { messageOf, SluiceError } from '../proto/sluice-error.ts'
import type { ModelStateStore } from '../stores/index.ts'
import type { Processor, ProcessorContext, RawRecord } from '../topology/index.ts'
import { formatOf } from './model-format.ts'
import { loadedModelKey, type ServingOptions } from './serving-options.ts'

const { ModelDescriptor } = sluice

/**
 * Takes model records. A model is read, checked against its hash, loaded and held against the data's fields; only then does it become
 * the data type's next version. One that fails becomes a dead letter with the reason, and the model before it goes on.
 */
export class ModelProcessor implements Processor<Uint8Array | null, Uint8Array | null, never, never> {
  readonly #options: ServingOptions
  /** The newest model of each data type, kept loaded so that the data processor finds it so. */
  readonly #newest = new Map<string, LoadedModel>()
  #store!: ModelStateStore

  constructor(options: ServingOptions) {
    this.#options = options
  }

  init(context: ProcessorContext<never, never>): void {
    this.#store = context.getStateStore<ModelStateStore>(this.#options.storeName)
  }

  async process(record: RawRecord): Promise<void> {
    const descriptor = decodeDescriptor(record)
    try {
      await this.#accept(descriptor, record)
    } catch (error) {
      this.#store.markApplied(descriptor.dataType, record.offset, record.partition)
      throw new SluiceError(error instanceof SluiceError ? error.code : 'MODEL_LOAD_FAILED', refusal(descriptor, error), { cause: error })
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#newest.values()].map(loaded => loaded.release()))
    this.#newest.clear()
  }

  async #accept(descriptor: sluice.ModelDescriptor, { partition, offset, timestamp }: RawRecord): Promise<void> {
    const { dataType, name, description, modeltype, location, output } = descriptor
    const bytes = await this.#bytesOf(descriptor)
    const hash = createHash('sha256').update(bytes).digest()
    if (descriptor.sha256.length > 0 && !hash.equals(descriptor.sha256)) {
      throw new SluiceError(
        'MODEL_HASH_MISMATCH',
        `its bytes have the SHA-256 ${hash.toString('hex')}, not ${Buffer.from(descriptor.sha256).toString('hex')} as its record says`,
      )
    }
    const { models, factory, reader } = this.#options
    const loaded = await models.acquire(loadedModelKey({ hash, modeltype, output }), () =>
      factory.load({ bytes, format: formatOf(modeltype), output: output === '' ? undefined : output }),
    )
    try {
      checkInputs(loaded.model, reader.specs)
    } catch (error) {
      await loaded.release()
      throw error
    }
    this.#store.addVersion(dataType, {
      name,
      description,
      modeltype,
      bytes,
      hash,
      location: location ?? undefined,
      output,
      since: timestamp,
      partition,
      offset,
    })
    const before = this.#newest.get(dataType)
    this.#newest.set(dataType, loaded)
    await before?.release()
  }

  async #bytesOf(descriptor: sluice.ModelDescriptor): Promise<Uint8Array> {
    const { modelRoots, maxModelBytes } = this.#options
    if (descriptor.location) return readModelLocation(descriptor.location, { roots: modelRoots, maxBytes: maxModelBytes })
    if (descriptor.data === null || descriptor.data === undefined || descriptor.data.length === 0)
      throw new SluiceError('MODEL_LOAD_FAILED', 'its record has neither bytes nor a location')
    return descriptor.data
  }
}

function decodeDescriptor(record: RawRecord): sluice.ModelDescriptor {
  if (record.value === null) throw new SluiceError('RECORD_UNDECODABLE', 'a model record without a value: there is no model in it')
  let descriptor: sluice.ModelDescriptor
  try {
    descriptor = ModelDescriptor.decode(record.value)
  } catch (error) {
    throw new SluiceError('RECORD_UNDECODABLE', `not a ModelDescriptor: ${messageOf(error)}`, { cause: error })
  }
  if (descriptor.dataType === '' && record.key !== null) descriptor.dataType = Buffer.from(record.key).toString('utf8')
  if (descriptor.dataType === '')
    throw new SluiceError('RECORD_UNDECODABLE', 'a ModelDescriptor without a data type, and without a key to tell it')
  return descriptor
}

function refusal({ dataType, name }: sluice.ModelDescriptor, error: unknown): string {
  return `model "${name}" for data type "${dataType}" is refused: ${messageOf(error)}`
}
