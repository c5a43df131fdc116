import { messageOf, SluiceError } from '../../base/index.ts'
import { limits } from '../../base/limits/index.ts'
import { checkJsonDepth } from '../../records/index.ts'

/** The only payload of a signature: a statement. */
export const payloadType = 'application/vnd.in-toto+json'
/** The form of the bundle, as the OpenSSF's tools write it. */
export const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json'

/** How the signer says who they are. */
export type SignerMaterial =
  /** SHA-256, in hex, of the PEM text of the public key; undefined: the bundle names none. */
  | { readonly hint: string | undefined }
  /** DER, the signer's own certificate first. */
  | { readonly certificates: readonly Buffer[] }

/** What a Sigstore bundle with a DSSE envelope holds. Nothing of it has been verified. */
export interface SignatureBundle {
  /** An in-toto statement, JSON. */
  readonly payload: Buffer
  readonly signature: Buffer
  readonly material: SignerMaterial
}

/** JSON objects of the format are six levels deep. */
const mostLevels = 16
const mostCertificates = 8

/**
 * Reads a Sigstore bundle (https://docs.sigstore.dev/about/bundle/) that holds a signature: a DSSE envelope with one signature, and a key's
 * hint or certificates. Throws SluiceError MODEL_SIGNATURE_INVALID for anything else.
 */
export function readBundle(bytes: Uint8Array): SignatureBundle {
  if (bytes.length > limits.model_signature.most)
    throw invalid(`it has ${bytes.length} bytes; at most ${limits.model_signature.most} are allowed`)
  const bundle = objectOf(jsonOf(bytes, 'the bundle'), 'the bundle')
  if (bundle['mediaType'] !== mediaType) throw invalid(`mediaType is ${shown(bundle['mediaType'])}; expected: "${mediaType}"`)
  const envelope = objectOf(bundle['dsseEnvelope'], 'dsseEnvelope')
  if (envelope['payloadType'] !== payloadType) throw invalid(`payloadType is ${shown(envelope['payloadType'])}; expected: "${payloadType}"`)
  const signatures = listOf(envelope['signatures'], 'signatures')
  if (signatures.length !== 1) throw invalid(`it has ${signatures.length} signatures; expected: 1`)
  const [signature] = signatures.map(each => base64Of(objectOf(each, 'signatures')['sig'], 'sig'))
  return {
    payload: base64Of(envelope['payload'], 'payload'),
    signature: signature as Buffer,
    material: materialOf(objectOf(bundle['verificationMaterial'], 'verificationMaterial')),
  }
}

function materialOf({ publicKey, x509CertificateChain, certificate }: Json): SignerMaterial {
  const given = [publicKey, x509CertificateChain, certificate].filter(each => each !== undefined && each !== null)
  if (given.length !== 1) throw invalid('verificationMaterial has to have one of publicKey, x509CertificateChain and certificate')
  if (given[0] === publicKey) {
    const { hint } = objectOf(publicKey, 'publicKey')
    if (hint === undefined || hint === null || hint === '') return { hint: undefined }
    if (typeof hint !== 'string') throw invalid(`the hint of the public key is ${shown(hint)}; expected: text`)
    return { hint }
  }
  const chain =
    given[0] === certificate
      ? [certificate]
      : listOf(objectOf(x509CertificateChain, 'x509CertificateChain')['certificates'], 'certificates')
  if (chain.length === 0 || chain.length > mostCertificates)
    throw invalid(`it has ${chain.length} certificates; expected: 1 to ${mostCertificates}`)
  return { certificates: chain.map(each => base64Of(objectOf(each, 'certificates')['rawBytes'], 'rawBytes')) }
}

export type Json = Readonly<Record<string, unknown>>

/** The JSON in UTF-8. Throws SluiceError MODEL_SIGNATURE_INVALID. */
export function jsonOf(bytes: Uint8Array, what: string): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    checkJsonDepth(text, 'MODEL_SIGNATURE_INVALID', mostLevels)
    return JSON.parse(text)
  } catch (error) {
    throw error instanceof SluiceError ? error : invalid(`${what} is not JSON: ${messageOf(error).slice(0, mostShown)}`)
  }
}

export function objectOf(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  throw invalid(`${what} is ${shown(value)}; expected: an object`)
}

export function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw invalid(`${what} is ${shown(value)}; expected: a list`)
}

function base64Of(value: unknown, what: string): Buffer {
  if (typeof value === 'string' && value !== '' && value.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(value))
    return Buffer.from(value, 'base64')
  throw invalid(`${what} is ${shown(value)}; expected: base64`)
}

/** How many names a message has. */
const mostNamed = 5

/** Some names, for a message. */
export function someOf(names: readonly string[], between = ', '): string {
  return names.slice(0, mostNamed).join(between) + (names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '')
}

const mostShown = 100

/** A value of the bundle, cut, for a message. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, mostShown + 1) : value)
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text
}

/** How messages of signatures that are not valid begin. */
export const notValid = 'the signature is not valid: '

export function invalid(why: string): SluiceError {
  return new SluiceError('MODEL_SIGNATURE_INVALID', `${notValid}${why}`)
}
