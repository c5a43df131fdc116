import { createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { messageOf, type PemBlock, pemBlocks, SluiceError } from '../../base/index.ts'
import type { ModelContent } from '../sources/index.ts'
import { nameOf, trustedCertificate } from './certificate-chain.ts'
import { formerEncoding } from './former-encoding.ts'
import type { ModelSigner } from './model-signer.ts'
import { sigstore } from './sigstore.ts'
import { SignedContents } from './signed-content.ts'
import { invalid, payloadType, readBundle, shown, type SignatureBundle, someOf } from './signature-bundle.ts'
import { checkRecord, type SignedRecord } from './signed-record.ts'
import { readStatement } from './signed-statement.ts'
import { fingerprintOf, hashOfKey, keyKinds, kindOfKey } from './signing-keys.ts'

/** A signature that a trusted key has made. */
export interface VerifiedSignature {
  /** Who made it. */
  readonly signer: ModelSigner
  /**
   * Throws SluiceError MODEL_SIGNATURE_INVALID unless the content with that SHA-256 is what was signed: all of it, and nothing else. `content` is called only where
   * its files have to be looked at, `takesWhole` where they are those of an archive: the format that takes an archive which begins so for one file.
   */
  check(hash: Uint8Array, content: () => Promise<ModelContent>, takesWhole?: (start: Uint8Array) => string | undefined): Promise<void>
}

/** The most bytes of a file of trusted keys: the lists of authorities that systems have are smaller. */
const mostFileBytes = 1024 * 1024

/** The public keys and certificate authorities whose signatures of models are trusted. */
export class TrustedKeys {
  readonly #keys: ReadonlyMap<string, KeyObject>
  readonly #authorities: readonly X509Certificate[]
  readonly #contents = new SignedContents()

  private constructor(keys: ReadonlyMap<string, KeyObject>, authorities: readonly X509Certificate[]) {
    this.#keys = keys
    this.#authorities = authorities
  }

  /** Reads PEM files, each with public keys, certificates of authorities, or both. Throws CONFIG_INVALID, which names the file. */
  static read(paths: readonly string[]): TrustedKeys {
    const keys = new Map<string, KeyObject>()
    const authorities: X509Certificate[] = []
    for (const path of paths) {
      const blocks = blocksOf(path)
      for (const { label, pem } of blocks) {
        if (label === 'PUBLIC KEY') {
          const key = readIn(path, () => createPublicKey(pem))
          if (hashOfKey(key) === undefined) throw refused(path, `it has a key of kind ${kindOfKey(key)}; allowed: ${keyKinds}`)
          keys.set(fingerprintOf(key), key)
        } else if (label === 'CERTIFICATE') {
          const certificate = readIn(path, () => new X509Certificate(pem))
          if (!certificate.ca)
            throw refused(
              path,
              `the certificate of ${nameOf(certificate)} is not that of an authority: to trust its key alone, give the public key`,
            )
          authorities.push(certificate)
        } else throw refused(path, `it has a ${label}; allowed: PUBLIC KEY, and CERTIFICATE of an authority`)
      }
    }
    return new TrustedKeys(keys, authorities)
  }

  /** For messages: what is trusted. */
  get described(): string {
    const keys = [...this.#keys.keys()].map(key => `key ${key}`)
    return someOf([...keys, ...this.#authorities.map(authority => `authority ${nameOf(authority)}`)])
  }

  /**
   * Verifies the signature of a model, a Sigstore bundle as the OpenSSF's model signing writes it. `at`: the time at which certificates have to be valid, epoch
   * ms. Throws SluiceError MODEL_UNSIGNED where there is none, MODEL_SIGNATURE_INVALID for one that no trusted key has made, or not of this format.
   */
  verify(bundle: Uint8Array | undefined, at: number): VerifiedSignature {
    if (bundle === undefined || bundle.length === 0)
      throw new SluiceError(
        'MODEL_UNSIGNED',
        `the model has no signature, and only signed models serve here (trustedKeys): sign it with "sluice sign" and publish it with --signature; trusted: ${this.described}`,
      )
    const read = readBundle(bundle)
    const signer = this.#signerOf(read, at)
    const { digests } = readStatement(read.payload)
    return { signer, check: (hash, content, takesWhole) => this.#contents.check(digests, hash, content, takesWhole) }
  }

  /** Verifies the signature of a record, as `signRecord` makes it; `at` as above. Returns who made it. Throws SluiceError MODEL_SIGNATURE_INVALID. */
  signerOfRecord(bundle: Uint8Array, record: SignedRecord, at: number): ModelSigner {
    const read = readBundle(bundle)
    const signer = this.#signerOf(read, at)
    checkRecord(read.payload, record)
    return signer
  }

  #signerOf(bundle: SignatureBundle, at: number): ModelSigner {
    const { material } = bundle
    return 'certificates' in material ? this.#certified(bundle, material.certificates, at) : this.#keyThatMade(bundle, material.hint)
  }

  #certified(bundle: SignatureBundle, chain: readonly Buffer[], at: number): ModelSigner {
    const certificate = trustedCertificate(chain, this.#authorities, at)
    const key = certificate.publicKey
    const name = nameOf(certificate)
    if (hashOfKey(key) === undefined) throw invalid(`the certificate of ${name} has a key of kind ${kindOfKey(key)}; allowed: ${keyKinds}`)
    if (hasMade(key, bundle)) return { key: fingerprintOf(key), certificate: name }
    throw invalid(`the certificate of ${name} has not made it, or its payload was changed since`)
  }

  /** The key that the bundle names; of a bundle that names none, the one of all that has made it. */
  #keyThatMade(bundle: SignatureBundle, hint: string | undefined): ModelSigner {
    if (hint !== undefined) {
      const named = this.#keys.get(hint)
      if (named === undefined) throw invalid(`it was made with the key ${shown(hint)}, which is not trusted; trusted: ${this.described}`)
      if (hasMade(named, bundle)) return { key: hint }
      throw invalid(`the key ${hint}, which it names, has not made it, or its payload was changed since`)
    }
    for (const [fingerprint, key] of this.#keys) if (hasMade(key, bundle)) return { key: fingerprint }
    throw invalid(`none of the trusted keys has made it, or its payload was changed since; trusted: ${this.described}`)
  }
}

function hasMade(key: KeyObject, { payload, signature }: SignatureBundle): boolean {
  if (verify(hashOfKey(key), sigstore().dsse.preAuthEncoding(payloadType, payload), key, signature)) return true
  // The tool's versions before 1.0 signed another encoding, by SHA-256 whatever the curve.
  return verify('sha256', formerEncoding(payloadType, payload), key, signature)
}

function blocksOf(path: string): readonly PemBlock[] {
  const text = readIn(path, () => readFileSync(path, 'utf8'))
  if (text.length > mostFileBytes) throw refused(path, `it has more than ${mostFileBytes} bytes`)
  const blocks = readIn(path, () => pemBlocks(text))
  if (blocks.length === 0) throw refused(path, 'it has no PEM text; allowed: PUBLIC KEY, and CERTIFICATE of an authority')
  return blocks
}

function readIn<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw refused(path, messageOf(error), error)
  }
}

function refused(path: string, why: string, cause?: unknown): SluiceError {
  return new SluiceError('CONFIG_INVALID', `trustedKeys: the file ${path} is not allowed: ${why}`, { cause })
}
