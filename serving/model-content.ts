import { SluiceError } from '../base/index.ts'
import { contentOf, type ModelContent } from '../models/index.ts'
import { sluice } from '../proto/messages.js'
import type { KeptModels } from '../stores/index.ts'
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

/** The content of a new model, once its golden records can be read too. Throws as `contentOfModel` does. */
export async function fetchModel(
  descriptor: sluice.ModelDescriptor,
  parts: ContentParts & Pick<ServingOptions, 'reader'>,
): Promise<ModelContent> {
  const content = await contentOfModel(descriptor, parts)
  await goldenReadable(descriptor, parts.reader)
  return content
}

/** The content of the model of a descriptor: from its record, its pieces or its location, with the SHA-256 that it states. Throws SluiceError with the reason. */
export async function contentOfModel(
  { modeltype, location, sha256, pieces, data }: sluice.ModelDescriptor,
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
  const most = Math.min(maxStoredBytes, maxModelBytes, store.mostBytes ?? Infinity)
  if (bytes.length > most) throw new SluiceError('MODEL_TOO_LARGE', `it has ${bytes.length} bytes; at most ${most} are allowed`)
  const content = await contentOf(bytes)
  if (sha256.length === 0 || Buffer.from(sha256).equals(content.hash)) return content
  const [found, said] = [content.hash, sha256].map(hash => Buffer.from(hash).toString('hex'))
  throw new SluiceError('MODEL_HASH_MISMATCH', `the SHA-256 of its bytes is ${found}, but its record states ${said}`)
}
