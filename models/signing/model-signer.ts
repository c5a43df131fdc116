/** Who signed a model. */
export interface ModelSigner {
  /** SHA-256 of the public key's PEM text, in hex. */
  readonly key: string
  /** The subject of the signer's certificate; absent: the key was trusted by itself. */
  readonly certificate?: string
}

/** The signer on one line, for events and people. */
export function signerName({ key, certificate }: ModelSigner): string {
  return certificate === undefined ? `key ${key}` : `${certificate} (key ${key})`
}
