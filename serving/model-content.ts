import { env, SluiceError } from '../base/index.ts'
import { contentOf, type ModelContent, type ModelSigner } from '../models/index.ts'
import { sluice } from '../proto/messages.js'
import type { KeptModels } from '../stores/index.ts'
import { formatOf } from './model-format.ts'
import { goldenReadable } from './model-descriptor.ts'
import { maxStoredBytes, type ModelLoader } from './model-loader.ts'
import type { ServingOptions } from './serving-options.ts'

const { MODULE, SERVICE } = sluice.ModelDescriptor.ModelType

export interface ContentParts {
  readonly loader: ModelLoader
  readonly store: KeptModels
  /** The largest model, bytes. */
  readonly maxModelBytes: number
}

/** The content of a new model, and who signed it; undefined: it was not asked. */
export interface FetchedModel {
  readonly content: ModelContent
  readonly signer: ModelSigner | undefined
}

/**
 * The content of a new model, once its golden records can be read too. Where keys are trusted, its signature is verified before anything is read, and held against
 * the bytes that were. Throws as `contentOfModel` does, and MODEL_UNSIGNED, MODEL_SIGNATURE_INVALID.
 */
export async function fetchModel(
  descriptor: sluice.ModelDescriptor,
  parts: ContentParts & Pick<ServingOptions, 'reader' | 'trustedKeys' | 'factory'>,
): Promise<FetchedModel> {
  const verified = parts.trustedKeys?.verify(descriptor.signature, env.now())
  const content = await contentOfModel(descriptor, parts)
  await verified?.check(
    content.hash,
    () => Promise.resolve(content),
    start => parts.factory.takesWhole(start, formatOf(descriptor.modeltype)),
  )
  await goldenReadable(descriptor, parts.reader)
  return { content, signer: verified?.signer }
}

/** The content of the model of a descriptor: from its record, its pieces or its location, with the SHA-256 that it states. Throws SluiceError with the reason. */
export async function contentOfModel(
  { modeltype, location, sha256, pieces, data, signature }: sluice.ModelDescriptor,
  { loader, store, maxModelBytes }: ContentParts,
): Promise<ModelContent> {
  // A model that runs in another server: its content is the location.
  if (location && modeltype === SERVICE) return contentOf(Buffer.from(location))
  if (modeltype === MODULE) {
    if (location) return loader.readCode(location, sha256)
    throw new SluiceError(
      'MODEL_LOCATION_REFUSED',
      'it is a module in a record: code is run only from a file below a code root, by its location',
    )
  }
  if (location) return loader.read(location, sha256)
  const bytes = pieces > 0 ? await store.uploaded(sha256) : data
  if (bytes === null || bytes === undefined || bytes.length === 0)
    throw new SluiceError('MODEL_LOAD_FAILED', 'its record has neither bytes nor a location')
  const most = Math.min(maxStoredBytes, maxModelBytes, (store.mostBytes ?? Infinity) - signature.length)
  if (bytes.length > most) throw new SluiceError('MODEL_TOO_LARGE', `it has ${bytes.length} bytes; at most ${most} are allowed`)
  const content = await contentOf(bytes)
  if (sha256.length === 0 || Buffer.from(sha256).equals(content.hash)) return content
  const [found, said] = [content.hash, sha256].map(hash => Buffer.from(hash).toString('hex'))
  throw new SluiceError('MODEL_HASH_MISMATCH', `the SHA-256 of its bytes is ${found}, but its record states ${said}`)
}
