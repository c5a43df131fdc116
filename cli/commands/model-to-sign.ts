import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { messageOf, SluiceError } from '../../base/index.ts'
import { directoryFiles } from '../../models/files/index.ts'
import type { DirectoryToSign } from '../../models/signing/index.ts'

/** A model that is to be signed. */
export interface ModelToSign {
  /** For people. */
  readonly name: string
  /** Where its signature is written. */
  readonly out: string
  readonly content: Uint8Array | DirectoryToSign
}

export interface SigningPlace {
  /** undefined: beside the model. */
  readonly out: string | undefined
  /** What is left out of directories. */
  readonly leftOut: readonly string[]
}

/** Reads a file, or the list of a directory's files; of the URL of a model on a server, its text. Throws SluiceError INPUT_INVALID, CONFIG_INVALID. */
export async function readModelToSign(model: string, { out, leftOut }: SigningPlace): Promise<ModelToSign> {
  if (/^https?:\/\//i.test(model)) {
    if (out === undefined) throw new SluiceError('CONFIG_INVALID', 'the signature of a URL has no place of its own: name a file with --out')
    return { name: basename(new URL(model).pathname), out, content: Buffer.from(model) }
  }
  const path = resolve(model)
  const place = out ?? join(dirname(path), `${basename(path)}.sig`)
  try {
    if (!statSync(path).isDirectory()) return { name: basename(path), out: place, content: readFileSync(path) }
    const own = relative(path, resolve(place)).split(sep).join('/')
    const ignored = own.startsWith('..') ? leftOut : [...leftOut, own]
    const files = await directoryFiles(path, { maxBytes: Infinity, maxFiles: 10_000, noLinks: true })
    return { name: basename(path), out: place, content: { files, ignored } }
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', `model ${model} cannot be signed: ${messageOf(error)}`, { cause: error })
  }
}
