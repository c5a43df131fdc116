import { messageOf, SluiceError } from '../base/index.ts'
import type { ModelContent, ModelFactory, TrustedKeys } from '../models/index.ts'
import type { KeptModels, ModelVersion } from '../stores/index.ts'
import type { ProcessorContext } from '../topology/index.ts'
import { formatOf } from './model-format.ts'
import { modelRecordKey, type ServingOptions } from './serving-options.ts'

/** Writes a line of the log. */
export type AuditLog = ProcessorContext['log']

/** Known versions are forgotten, and verified again, beyond so many. */
const mostKnown = 1000

/** Whether a model is refused because of its signature. */
export function isUntrusted(error: unknown): error is SluiceError {
  return error instanceof SluiceError && (error.code === 'MODEL_UNSIGNED' || error.code === 'MODEL_SIGNATURE_INVALID')
}

/** Tells of a new model that is refused because of its signature; of any other reason, nothing. */
export function tellUntrusted(log: AuditLog, facts: Readonly<Record<string, unknown>>, refused: unknown): void {
  if (!isUntrusted(refused)) return
  log('warn', 'audit: a model is refused, because of its signature', { ...facts, code: refused.code, cause: refused.message })
}

/**
 * Verifies the signatures of versions whenever they are loaded, whatever was said of them when they were accepted: the keys may have changed since, and a row of
 * a changelog says only what somebody has written there. Certificates have to be valid when the version was accepted. What was verified stays so, as the keys are those of the
 * process.
 */
export class SignedVersions {
  readonly #keys: TrustedKeys | undefined
  readonly #factory: ModelFactory
  readonly #verified = new Set<string>()
  readonly #told = new Set<string>()

  constructor({ trustedKeys, factory }: Pick<ServingOptions, 'trustedKeys' | 'factory'>) {
    this.#keys = trustedKeys
    this.#factory = factory
  }

  /** `content`: reads the version, with its SHA-256. Returns it where it had to be read. Throws MODEL_UNSIGNED, MODEL_SIGNATURE_INVALID, and what `content` throws. */
  async check(
    version: ModelVersion,
    store: Pick<KeptModels, 'bytesOf'>,
    content: () => Promise<ModelContent>,
  ): Promise<ModelContent | undefined> {
    if (this.#keys === undefined) return undefined
    const { hash, since, signature, modeltype } = version
    const key = keyOf(version)
    if (this.#verified.has(key)) return undefined
    let read: ModelContent | undefined
    const verified = this.#keys.verify(signature && store.bytesOf(signature.hash), since)
    const takesWhole = (start: Uint8Array): string | undefined => this.#factory.takesWhole(start, formatOf(modeltype))
    await verified.check(hash, async () => (read = await content()), takesWhole)
    remember(this.#verified, key)
    return read
  }

  /** Tells once of a version that is not run because of its signature. */
  tell(version: ModelVersion, error: unknown, log: AuditLog | undefined): void {
    if (log === undefined || !isUntrusted(error)) return
    const key = keyOf(version)
    if (this.#told.has(key)) return
    remember(this.#told, key)
    const { name, hash, partition, offset } = version
    const facts = { name, version: version.version, hash: Buffer.from(hash).toString('hex'), partition, offset }
    log('warn', 'audit: a model is not run any more, because of its signature', { ...facts, code: error.code, cause: messageOf(error) })
  }
}

function keyOf(version: ModelVersion): string {
  return `${modelRecordKey(version)} ${version.since} ${version.signature?.hash ?? ''}`
}

function remember(keys: Set<string>, key: string): void {
  if (keys.size >= mostKnown) keys.clear()
  keys.add(key)
}
