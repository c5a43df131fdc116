import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { messageOf, SluiceError } from '../../base/index.ts'
import { limits } from '../../base/limits/index.ts'
import { claimOf, contentOf } from '../../models/index.ts'
import type { FileUse } from './model-file.ts'

/** The signature of a model that is to be published. */
export interface GivenSignature {
  readonly bundle: Buffer
  /** Files of a directory that are not sent: what the signer left out, and the signature itself. */
  readonly use: Pick<FileUse, 'leavesOut'>
  /** Throws SluiceError MODEL_SIGNATURE_INVALID for another model than that of the signature; undefined: the model is not known here. */
  check(bytes: Uint8Array | undefined): Promise<void>
}

/** Reads the file of a signature. It is not verified: that is up to the instances, which have the keys. Throws SluiceError INPUT_INVALID, MODEL_SIGNATURE_INVALID. */
export function readSignatureFile(file: string): GivenSignature {
  const path = resolve(file)
  const bundle = bytesOf(path, file)
  const claim = claimOf(bundle)
  return {
    bundle,
    use: { leavesOut: (name, each) => each === path || claim.leavesOut(name) },
    check: async bytes => {
      if (bytes !== undefined) await claim.check(await contentOf(bytes))
    },
  }
}

function bytesOf(path: string, file: string): Buffer {
  const { most } = limits.model_signature
  try {
    if (statSync(path).size > most) throw new Error(`it has more than ${most} bytes`)
    return readFileSync(path)
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', `signature ${file} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
