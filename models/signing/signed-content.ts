import { open } from 'node:fs/promises'
import { isArchive } from '../archive-names.ts'
import { archiveDigests, type ArchiveSource, isLitter, sharedDirectory } from '../files/index.ts'
import type { ModelContent } from '../sources/index.ts'
import { invalid, shown, someOf } from './signature-bundle.ts'
import { wholeModel } from './signed-statement.ts'

/** Enough to tell an archive, and the formats that know a file by its beginning. */
const startBytes = 65_536

/** The format that takes an archive which begins so for one file; undefined: none does. */
export type TakesWhole = (start: Uint8Array) => string | undefined

/** Of so many archives the digests of their files are remembered, and of each only if it has few files. */
const mostRemembered = 32
const mostFilesRemembered = 256

/** Holds models against what was signed. */
export class SignedContents {
  /** By the SHA-256 of archives, in hex: the same model is opened again and again. */
  readonly #digests = new Map<string, ReadonlyMap<string, string>>()

  /**
   * Throws SluiceError MODEL_SIGNATURE_INVALID unless the content with that SHA-256 has exactly the files that were signed. Of a directory, which comes as an
   * archive, that is what formats see of it: the names without a first directory that they share, and without the files that desktop systems add. No format may take it for
   * one file: bytes can be an archive of signed files and another model at the same time.
   */
  async check(
    signed: ReadonlyMap<string, string>,
    hash: Uint8Array,
    content: () => Promise<ModelContent>,
    takesWhole: TakesWhole = () => undefined,
  ): Promise<void> {
    const found = Buffer.from(hash).toString('hex')
    // A location is read whatever it holds where no SHA-256 is wanted: what was checked would not be what is loaded.
    if (hash.length !== 32) throw invalid('the SHA-256 of the model is not known')
    const whole = signed.get(wholeModel)
    if (whole === undefined) {
      const read = await content()
      const start = read.bytes ?? (await startOf(read.path as string))
      const format = takesWhole(start)
      if (format !== undefined) throw invalid(`it is for a directory, but the model is one file of the format ${format}: sign that file`)
      return compare(asSeen(signed), this.#digests.get(found) ?? (await this.#digestsOf(found, { ...read, start }, signed)))
    }
    if (found !== whole) throw invalid(`it is for a file with the SHA-256 ${whole}, but that of the model is ${found}: sign this model`)
  }

  async #digestsOf(
    hash: string,
    content: ModelContent & ArchiveSource,
    signed: ReadonlyMap<string, string>,
  ): Promise<ReadonlyMap<string, string>> {
    if (!isArchive(content.start))
      throw invalid(
        `it is for a directory of ${signed.size} files (${some([...signed.keys()])}), but the model is one file: sign that file`,
      )
    const digests = await archiveDigests(content)
    if (digests.size > mostFilesRemembered) return digests
    this.#digests.set(hash, digests)
    for (const oldest of this.#digests.keys()) {
      if (this.#digests.size <= mostRemembered) break
      this.#digests.delete(oldest)
    }
    return digests
  }
}

/** The files as formats see them. */
function asSeen(signed: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const files = [...signed].filter(([name]) => !isLitter(name))
  const shared = sharedDirectory(files.map(([name]) => name))
  return new Map(files.map(([name, digest]) => [name.slice(shared.length), digest]))
}

function compare(signed: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): void {
  const more = [...found.keys()].filter(name => !signed.has(name))
  const missing = [...signed.keys()].filter(name => !found.has(name))
  const other = [...signed].flatMap(([name, digest]) => (found.has(name) && found.get(name) !== digest ? [name] : []))
  const differences = [
    ...(more.length > 0 ? [`the model has files that were not signed: ${some(more)}`] : []),
    ...(missing.length > 0 ? [`it lacks files that were signed: ${some(missing)}`] : []),
    ...(other.length > 0 ? [`files have another content than the signed ones: ${some(other)}`] : []),
  ]
  if (differences.length > 0) throw invalid(differences.join('; '))
}

function some(names: readonly string[]): string {
  return someOf(names.map(shown))
}

async function startOf(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(startBytes), 0, startBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
