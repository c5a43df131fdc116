import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, type X509Certificate } from 'node:crypto'
import { certificatesOf, messageOf, SluiceError } from '../../base/index.ts'
import { limits } from '../../base/limits/index.ts'
import type { ModelFiles } from '../files/index.ts'
import { nameOf } from './certificate-chain.ts'
import { sigstore } from './sigstore.ts'
import { mediaType, payloadType } from './signature-bundle.ts'
import { predicateType, rootDigest, statementType, wholeModel } from './signed-statement.ts'
import { fingerprintOf, hashOfKey, keyKinds, kindOfKey } from './signing-keys.ts'
import type { ModelSigner } from './model-signer.ts'

/** A directory, and the files and directories in it that are left out: relative paths. */
export interface DirectoryToSign {
  readonly files: ModelFiles
  readonly ignored: readonly string[]
}

/** Signs models with a private key, alone or with a certificate. */
export class ModelSigningKey {
  /** Who the signatures name. */
  readonly signer: ModelSigner
  readonly #key: KeyObject
  readonly #chain: readonly X509Certificate[]

  /**
   * PEM: the private key, its password where it is encrypted, and texts with one or more certificates each: that of the key first, then those that issued it.
   * Throws SluiceError INPUT_INVALID.
   */
  constructor(given: {
    readonly key: string | Buffer
    readonly password?: string | undefined
    readonly certificates?: readonly string[] | undefined
  }) {
    this.#key = privateKey(given)
    const publicKey = createPublicKey(this.#key)
    this.#chain = (given.certificates ?? []).flatMap(chainOf)
    const [own] = this.#chain
    if (own !== undefined && !own.checkPrivateKey(this.#key))
      throw refused(`the first certificate, of ${nameOf(own)}, is not that of the private key: put the signer's certificate first`)
    this.signer = { key: fingerprintOf(publicKey), ...(own === undefined ? {} : { certificate: nameOf(own) }) }
  }

  /**
   * Signs the model: its bytes, or the files of its directory without those that are left out. Returns the bundle, JSON. `name`: for people. Throws SluiceError
   * RECORD_TOO_LARGE, INPUT_INVALID where there is no file.
   */
  async sign(name: string, model: Uint8Array | DirectoryToSign): Promise<Buffer> {
    const digests = model instanceof Uint8Array ? new Map([[wholeModel, sha256Of(model)]]) : await digestsOf(model)
    if (digests.size === 0) throw refused(`${name} has no file to sign`)
    const ignored = model instanceof Uint8Array ? [] : model.ignored
    const payload = Buffer.from(JSON.stringify(statementOf(name, digests, ignored)))
    const signature = sign(hashOfKey(this.#key), sigstore().dsse.preAuthEncoding(payloadType, payload), this.#key)
    const bundle = {
      mediaType,
      verificationMaterial: { ...this.#material(), tlogEntries: [] },
      dsseEnvelope: { payload: payload.toString('base64'), payloadType, signatures: [{ sig: signature.toString('base64'), keyid: '' }] },
    }
    const bytes = Buffer.from(`${JSON.stringify(bundle)}\n`)
    if (bytes.length <= limits.model_signature.most) return bytes
    throw new SluiceError(
      'RECORD_TOO_LARGE',
      `the signature of ${digests.size} files has ${bytes.length} bytes; at most ${limits.model_signature.most} are allowed: sign the model as one archive`,
    )
  }

  #material(): object {
    if (this.#chain.length === 0) return { publicKey: { hint: this.signer.key } }
    return { x509CertificateChain: { certificates: this.#chain.map(({ raw }) => ({ rawBytes: Buffer.from(raw).toString('base64') })) } }
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

function privateKey({ key: pem, password }: { readonly key: string | Buffer; readonly password?: string | undefined }): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey({ key: pem, format: 'pem', ...(password === undefined ? {} : { passphrase: password }) })
  } catch (error) {
    throw refused(`the private key cannot be read: ${messageOf(error)}`, error)
  }
  if (hashOfKey(key) !== undefined) return key
  throw refused(`the private key is of kind ${kindOfKey(key)}; allowed: ${keyKinds}`)
}

function chainOf(pem: string): readonly X509Certificate[] {
  try {
    return certificatesOf(pem)
  } catch (error) {
    throw refused(`the certificate chain cannot be read: ${messageOf(error)}`, error)
  }
}

function refused(why: string, cause?: unknown): SluiceError {
  return new SluiceError('INPUT_INVALID', why, { cause })
}
