import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { messageOf } from './sluice-error.ts'

/**
 * Node.js sees no certificate whose first line does not begin with `-----BEGIN`, or whose last line goes on after `-----END …-----`. Below its first line, the
 * older form of an encrypted key has headers with hyphens, such as `DEK-Info: AES-256-CBC`.
 */
const block = /(?<=^\ufeff?|\n)-----BEGIN ([A-Z0-9 ]+)-----[^-]*(?:-(?!----)[^-]*)*-----END \1-----(?=[ \t\r]*(?:\n|$))/g
const begin = '-----BEGIN '
const certificate = /^(?:X509 |TRUSTED )?CERTIFICATE$/
const privateKey = /-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY)-----[^-]*(?:-(?!----)[^-]*)*-----END \1-----/

/** A part of a PEM text, such as a certificate or a key. */
export interface PemBlock {
  /** What it is, as its first line says: `CERTIFICATE`, `PUBLIC KEY`, … */
  readonly label: string
  /** From its first line to its last. */
  readonly pem: string
}

/** The blocks of a PEM text, in order; text between them is left out. Throws for a block that is cut off, damaged, or not on lines of its own. */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks = [...text.matchAll(block)].map(([pem, label = '']) => ({ label, pem }))
  if (text.split(begin).length - 1 === blocks.length) return blocks
  throw new Error('it has PEM text that is damaged, not complete, or not on lines of its own')
}

/** The certificates of a PEM text, in order. Throws if there is none, or for one that cannot be read. */
export function certificatesOf(text: string): readonly X509Certificate[] {
  const found = pemBlocks(text).filter(({ label }) => certificate.test(label))
  if (found.length === 0) throw new Error('it holds no certificate')
  return found.map(({ pem }) => new X509Certificate(pem))
}

/**
 * Throws for a text that is not PEM of one or more whole certificates. Node.js takes any text for a list of authorities, and ignores what is none in it
 * without a word.
 */
export function checkCertificates(pem: string): void {
  certificatesOf(pem)
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
