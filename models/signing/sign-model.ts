import { createHash } from 'node:crypto'
import { SluiceError } from '../../base/index.ts'
import { limits } from '../../base/limits/index.ts'
import type { ModelFiles } from '../files/index.ts'
import type { ModelSigner } from './model-signer.ts'
import { predicateType, rootDigest, statementType, wholeModel } from './signed-statement.ts'
import { SigningKey, type SigningKeyText } from './signing-key.ts'

/** A directory, and the files and directories in it that are left out: relative paths. */
export interface DirectoryToSign {
  readonly files: ModelFiles
  readonly ignored: readonly string[]
}

/** Signs models with a private key, alone or with a certificate. */
export class ModelSigningKey {
  readonly #key: SigningKey

  /** Throws SluiceError INPUT_INVALID. */
  constructor(given: SigningKeyText) {
    this.#key = new SigningKey(given)
  }

  /** Who the signatures name. */
  get signer(): ModelSigner {
    return this.#key.signer
  }

  /**
   * Signs the model: its bytes, or the files of its directory without those that are left out. Returns the bundle, JSON. `name`: for people. Throws SluiceError
   * RECORD_TOO_LARGE, INPUT_INVALID where there is no file.
   */
  async sign(name: string, model: Uint8Array | DirectoryToSign): Promise<Buffer> {
    const digests = model instanceof Uint8Array ? new Map([[wholeModel, sha256Of(model)]]) : await digestsOf(model)
    if (digests.size === 0) throw new SluiceError('INPUT_INVALID', `${name} has no file to sign`)
    const ignored = model instanceof Uint8Array ? [] : model.ignored
    const bytes = Buffer.from(`${this.#key.sign(statementOf(name, digests, ignored))}\n`)
    if (bytes.length <= limits.model_signature.most) return bytes
    throw new SluiceError(
      'RECORD_TOO_LARGE',
      `the signature of ${digests.size} files has ${bytes.length} bytes; at most ${limits.model_signature.most} are allowed: sign the model as one archive`,
    )
  }
}

function statementOf(name: string, digests: ReadonlyMap<string, string>, ignored: readonly string[]): object {
  const ignore = ignored.length === 0 ? {} : { ignore_paths: ignored }
  return {
    _type: statementType,
    subject: [{ name, digest: { sha256: rootDigest(digests.values()) } }],
    predicateType,
    predicate: {
      serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ...ignore },
      resources: [...digests].map(([file, digest]) => ({ name: file, algorithm: 'sha256', digest })),
    },
  }
}

/** In the order of the format: by the parts of the paths. */
async function digestsOf({ files, ignored }: DirectoryToSign): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>()
  const signed = files.names.filter(name => !ignored.some(path => name === path || name.startsWith(`${path}/`)))
  for (const name of signed.sort(byParts)) digests.set(name, sha256Of(await files.read(name)))
  return digests
}

function byParts(one: string, other: string): number {
  const [a, b] = [one, other].map(name => name.replaceAll('/', '\0'))
  return (a as string) < (b as string) ? -1 : 1
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
