import { createHash } from 'node:crypto'
import { env, SluiceError } from '../../base/index.ts'
import { contentOf } from '../../models/index.ts'
import type { sluice } from '../../proto/messages.js'
import type { KeptModels, ModelVersion, RecordPlace } from '../../stores/index.ts'
import { knownVersion, type NamedModel } from './known-version.ts'
import type { ModelWithBytes, NamedModels } from './named-models.ts'

/** Reads the descriptor in the record at a place of the models topic; undefined: it is not there any more. */
export type DescriptorAt = (place: RecordPlace) => Promise<sluice.ModelDescriptor | undefined>

/** The models of a store; of those whose bytes it does not keep any more, the bytes are read from the model's record. */
export class KeptNamedModels implements NamedModels {
  readonly #store: KeptModels
  readonly #descriptorAt: DescriptorAt

  constructor(store: KeptModels, descriptorAt: DescriptorAt) {
    this.#store = store
    this.#descriptorAt = descriptorAt
  }

  async find(dataType: string, named: NamedModel): Promise<ModelWithBytes> {
    const known = await knownVersion(this.#store, dataType, named)
    if (known?.kept === true) return { version: known.version, bytesOf: hash => this.#store.bytesOf(hash) }
    const place = named.place ?? known?.version
    const descriptor = place && (await this.#descriptorAt(place))
    const hash = Buffer.from(named.hash)
    if (descriptor === undefined)
      throw new SluiceError(
        'MODEL_UNKNOWN',
        `the bytes of version ${named.version} are not here any more: their SHA-256 is ${hash.toString('hex')}`,
      )
    const version = await versionIn(descriptor, named, known?.version)
    const { data, signature } = descriptor
    return { version, bytesOf: wanted => (wanted === version.signature?.hash ? signature : (data ?? undefined)) }
  }
}

/** The version in a model's record. Throws MODEL_HASH_MISMATCH, MODEL_UNKNOWN. */
async function versionIn(
  { name, description, modeltype, data, location, pieces, output, signature }: sluice.ModelDescriptor,
  { version, hash, place }: NamedModel,
  facts: ModelVersion | undefined,
): Promise<ModelVersion> {
  if (pieces > 0) throw new SluiceError('MODEL_UNKNOWN', `version ${version} came in pieces, which are not kept any more`)
  const { hash: found, size } = data && data.length > 0 ? await contentOf(data) : { hash, size: facts?.size ?? 0 }
  if (!Buffer.from(hash).equals(found))
    throw new SluiceError('MODEL_HASH_MISMATCH', `the record of version ${version} has another model now: the topic was made anew`)
  const shown = { name, description, modeltype, output, location: location ?? '', size, since: facts?.since ?? env.now() }
  const signed =
    signature.length === 0 ? {} : { signature: { hash: createHash('sha256').update(signature).digest('hex'), size: signature.length } }
  return {
    version,
    hash,
    ...signed,
    ...(place ?? { partition: 0, offset: 0 }),
    ...shown,
    ...(facts?.heavy === true ? { heavy: true } : {}),
    ...(facts?.takes === undefined ? {} : { takes: facts.takes }),
  }
}
