import { createHash, type KeyObject } from 'node:crypto'

/** The hash of a signature by the curve of its key, as the format has it. */
const hashes: Readonly<Record<string, string>> = { prime256v1: 'sha256', secp384r1: 'sha384', secp521r1: 'sha512' }

/** The kinds of keys that sign models, for messages. */
export const keyKinds = 'an elliptic-curve key of P-256, P-384 or P-521'

/** The hash with which a key signs; undefined: it does not sign models. */
export function hashOfKey({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | undefined {
  return asymmetricKeyType === 'ec' ? hashes[asymmetricKeyDetails?.namedCurve ?? ''] : undefined
}

/** What a key is, for messages. */
export function kindOfKey({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  return [asymmetricKeyType, asymmetricKeyDetails?.namedCurve].filter(Boolean).join(' ')
}

/** SHA-256, in hex, of the PEM text of a public key: the format's hint of a key, and what `sha256sum` gives for the file that OpenSSL writes. */
export function fingerprintOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'pem' }))
    .digest('hex')
}
