import { createPrivateKey, createPublicKey, type KeyObject, sign, type X509Certificate } from 'node:crypto'
import { certificatesOf, messageOf, SluiceError } from '../../base/index.ts'
import { nameOf } from './certificate-chain.ts'
import type { ModelSigner } from './model-signer.ts'
import { sigstore } from './sigstore.ts'
import { mediaType, payloadType } from './signature-bundle.ts'
import { fingerprintOf, hashOfKey, keyKinds, kindOfKey } from './signing-keys.ts'

/** PEM: a private key, its password where it is encrypted, and texts with one or more certificates each: that of the key first, then those that issued it. */
export interface SigningKeyText {
  /** The private key: P-256, P-384 or P-521. */
  readonly key: string | Buffer
  /** Of a key that is encrypted. */
  readonly password?: string | undefined
  /** The certificate of the key, then those that issued it. */
  readonly certificates?: readonly string[] | undefined
}

/** Signs in-toto statements with a private key, alone or with a certificate. */
export class SigningKey {
  /** Who the signatures name. */
  readonly signer: ModelSigner
  readonly #key: KeyObject
  readonly #chain: readonly X509Certificate[]

  /** Throws SluiceError INPUT_INVALID for what cannot be read, or is no key that signs. */
  constructor(given: SigningKeyText) {
    this.#key = privateKey(given)
    const publicKey = createPublicKey(this.#key)
    this.#chain = (given.certificates ?? []).flatMap(chainOf)
    const [own] = this.#chain
    if (own !== undefined && !own.checkPrivateKey(this.#key))
      throw refused(`the first certificate, of ${nameOf(own)}, is not that of the private key: put the signer's certificate first`)
    this.signer = { key: fingerprintOf(publicKey), ...(own === undefined ? {} : { certificate: nameOf(own) }) }
  }

  /** The statement in a DSSE envelope (https://github.com/secure-systems-lab/dsse), in a Sigstore bundle: JSON. */
  sign(statement: object): string {
    const payload = Buffer.from(JSON.stringify(statement))
    const signature = sign(hashOfKey(this.#key), sigstore().dsse.preAuthEncoding(payloadType, payload), this.#key)
    return JSON.stringify({
      mediaType,
      verificationMaterial: { ...this.#material(), tlogEntries: [] },
      dsseEnvelope: { payload: payload.toString('base64'), payloadType, signatures: [{ sig: signature.toString('base64'), keyid: '' }] },
    })
  }

  #material(): object {
    if (this.#chain.length === 0) return { publicKey: { hint: this.signer.key } }
    return { x509CertificateChain: { certificates: this.#chain.map(({ raw }) => ({ rawBytes: Buffer.from(raw).toString('base64') })) } }
  }
}

function privateKey({ key: pem, password }: SigningKeyText): KeyObject {
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
