import { createHash } from 'node:crypto'
import type { sluice } from '../../proto/state-messages.js'

/** The signature with which a version came. Its bytes are kept as those of models are. */
export interface VersionSignature {
  /** SHA-256 of the signature's bytes, in hex. */
  readonly hash: string
  /** Its size, bytes. */
  readonly size: number
  /** Who made it; absent: it was not verified when the version was accepted, since no keys were trusted then. */
  readonly signer?: VersionSigner
}

/** Who signed a version. */
export interface VersionSigner {
  /** SHA-256 of the PEM text of the key, in hex. */
  readonly key: string
  /** The subject of the signer's certificate; absent: the key was trusted by itself. */
  readonly certificate?: string
}

/** A signature as a model brings it. */
export interface GivenSignature {
  /** A Sigstore bundle. */
  readonly bundle: Uint8Array
  /** Who made it; undefined: it was not verified. */
  readonly signer: VersionSigner | undefined
}

export function signatureFacts({ bundle, signer }: GivenSignature): VersionSignature {
  return { hash: createHash('sha256').update(bundle).digest('hex'), size: bundle.length, ...(signer === undefined ? {} : { signer }) }
}

export function signatureFields({ hash, size, signer }: VersionSignature): sluice.VersionSignature.$Properties {
  return { sha256: Buffer.from(hash, 'hex'), size, ...signer }
}

export function plainSignature({ sha256: hash, size, key, certificate }: sluice.VersionSignature.$Properties): VersionSignature {
  const signer = key ? { key, ...(certificate ? { certificate } : {}) } : undefined
  return { hash: Buffer.from(hash ?? []).toString('hex'), size: size ?? 0, ...(signer === undefined ? {} : { signer }) }
}
