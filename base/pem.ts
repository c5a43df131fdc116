import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { messageOf } from './sluice-error.ts'

/** Node.js sees no certificate whose first line does not begin with `-----BEGIN`, or whose last line goes on after `-----END …-----`. */
const block = /(?<=^\ufeff?|\n)-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[^-]*-----END \1-----(?=[ \t\r]*(?:\n|$))/g
const begin = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/g
/** Below its first line, the older form of an encrypted key has headers with hyphens, such as `DEK-Info: AES-256-CBC`. */
const privateKey = /-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY)-----[^-]*(?:-(?!----)[^-]*)*-----END \1-----/

/**
 * Throws for a text that is not PEM of one or more whole certificates. Node.js takes any text for a list of authorities, and ignores what is none in it
 * without a word.
 */
export function checkCertificates(pem: string): void {
  const whole = pem.match(block) ?? []
  if (whole.length === 0 || whole.length !== pem.match(begin)?.length)
    throw new Error('it holds no certificate, an incomplete one, or one that is not on lines of its own')
  for (const each of whole) void new X509Certificate(each)
}

/** Whether a text is PEM of one or more whole certificates. */
export function isCertificates(pem: string): boolean {
  try {
    checkCertificates(pem)
    return true
  } catch {
    return false
  }
}

/** Whether a text looks like PEM with a private key, which may be encrypted. */
export function isPrivateKey(pem: string): boolean {
  return privateKey.test(pem)
}

/** Throws for a private key that cannot be read with its passphrase, or that does not belong to the certificate; undefined: there is none. */
export function checkKeyPair(cert: string | undefined, key: string, passphrase: string | undefined): void {
  const read = readKey(key, passphrase)
  if (cert !== undefined && !new X509Certificate(cert).checkPrivateKey(read)) throw new Error('the key does not belong to the certificate')
}

function readKey(key: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) })
  } catch (error) {
    const how = passphrase === undefined ? 'without a passphrase' : 'with this passphrase'
    throw new Error(`the private key cannot be read ${how}: ${messageOf(error)}`, { cause: error })
  }
}
