import type { ModelContent } from '../sources/index.ts'
import { readBundle } from './signature-bundle.ts'
import { SignedContents } from './signed-content.ts'
import { readStatement } from './signed-statement.ts'

/** What a signature says of itself. Whether somebody who is trusted has made it is another question: see `TrustedKeys`. */
export interface SignatureClaim {
  /** Whether the signer left the file of the model's directory out. */
  leavesOut(name: string): boolean
  /** Throws SluiceError MODEL_SIGNATURE_INVALID for a model that is not the one of the signature. */
  check(content: ModelContent): Promise<void>
}

/** Reads a signature without verifying it, to find mistakes before a model is published. Throws SluiceError MODEL_SIGNATURE_INVALID. */
export function claimOf(bundle: Uint8Array): SignatureClaim {
  const { digests, ignored } = readStatement(readBundle(bundle).payload)
  return {
    leavesOut: name => ignored.some(path => name === path || name.startsWith(`${path}/`)),
    check: content => new SignedContents().check(digests, content.hash, () => Promise.resolve(content)),
  }
}
