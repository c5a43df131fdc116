import { extract } from 'tar-stream'
import type { Options } from 'yauzl'
import { messageOf, SluiceError } from '../../base/index.ts'

/** Limits for the total unpacked size, bytes, and the number of an archive's files. */
export interface UnpackLimits {
  readonly maxBytes: number
  readonly maxFiles: number
}

export const defaultLimits: UnpackLimits = { maxBytes: 1024 * 1024 * 1024, maxFiles: 10_000 }

/** What is done with the regular files of an archive, one after the other. */
export interface EntrySink {
  /** Subtracts from the remaining limits; called before a file is unpacked. Throws SluiceError MODEL_TOO_LARGE. */
  reserve(size: number): void
  /** Takes a file, whose chunks are no more than was reserved. Throws SluiceError MODEL_LOAD_FAILED for a name that is not allowed. */
  file(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void>
}

/** What is used of yauzl's `Entry`. */
interface ZipEntry {
  readonly fileName: string
  readonly uncompressedSize: number
  readonly externalFileAttributes: number
  isEncrypted(): boolean
}

/** What is used of yauzl's `ZipFile`: users of the package do not have the types of yauzl. */
export interface OpenedZip {
  eachEntry(): AsyncIterable<ZipEntry>
  openReadStreamPromise(entry: ZipEntry): Promise<AsyncIterable<unknown>>
}

/** How archives are opened for `unzip`. */
export const zipOptions = { lazyEntries: true, strictFileNames: true } as const satisfies Options

/** Gives the sink the files of a zip. Throws SluiceError MODEL_LOAD_FAILED for links, others for what is damaged or encrypted. */
export async function unzip(zip: OpenedZip, sink: EntrySink): Promise<void> {
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue
    if (entry.isEncrypted()) throw new Error(`${entry.fileName} is encrypted`)
    if (isZipLink(entry)) throw linkRefused(entry.fileName)
    sink.reserve(entry.uncompressedSize)
    // yauzl fails the stream if it is longer than its header says, so no more than was reserved is unpacked.
    await sink.file(entry.fileName, (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>)
  }
}

/** Gives the sink the files of a tar that arrives in chunks. Throws SluiceError MODEL_LOAD_FAILED for links, others for what is damaged. */
export async function untar(chunks: Iterable<Buffer> | AsyncIterable<Buffer>, sink: EntrySink): Promise<void> {
  const entries = extract()
  const feeding = feed(chunks, entries)
  feeding.catch((error: Error) => entries.destroy(error))
  for await (const entry of entries) {
    const { name, type, size } = entry.header
    const regular = type === 'file' || type === 'contiguous-file'
    if (!regular && type !== 'directory') throw linkRefused(name)
    if (regular) {
      sink.reserve(size ?? 0)
      await sink.file(name, entry as AsyncIterable<Buffer>)
    } else entry.resume()
  }
  await feeding
}

async function feed(chunks: Iterable<Buffer> | AsyncIterable<Buffer>, entries: ReturnType<typeof extract>): Promise<void> {
  for await (const chunk of chunks) {
    if (!entries.write(chunk)) await new Promise<void>(resolve => void entries.once('drain', resolve).once('close', resolve))
    if (entries.destroyed) return
  }
  entries.end(undefined)
}

/** The upper half of the attributes is the Unix file mode, if there is one. */
function isZipLink(entry: ZipEntry): boolean {
  return ((entry.externalFileAttributes >>> 16) & 0o170_000) === 0o120_000
}

export function linkRefused(name: string): SluiceError {
  return new SluiceError(
    'MODEL_LOAD_FAILED',
    `the model's files hold ${name}, a link: only regular files inside the model's directory are read`,
  )
}

export function tooLarge({ maxBytes, maxFiles }: UnpackLimits): SluiceError {
  return new SluiceError('MODEL_TOO_LARGE', `the model's files are more than ${maxBytes} bytes or more than ${maxFiles} files`)
}

/** The error of an archive that cannot be read. */
export function archiveError(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error
  return new SluiceError('MODEL_LOAD_FAILED', `the model's archive cannot be read: ${messageOf(error)}`, { cause: error })
}
