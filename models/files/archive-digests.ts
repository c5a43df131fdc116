import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import { fromBufferPromise, openPromise } from 'yauzl'
import { asBuffer } from '../../records/index.ts'
import { isGzip, isZip } from '../archive-names.ts'
import { archiveError, defaultLimits, type EntrySink, tooLarge, type UnpackLimits, untar, unzip, zipOptions } from './archive-entries.ts'
import { isLitter, namedTwice, safeName, sharedDirectory } from './file-names.ts'

/** An archive: its bytes or the file that holds it, and its first bytes. */
export interface ArchiveSource {
  readonly bytes: Uint8Array | undefined
  readonly path: string | undefined
  readonly start: Uint8Array
}

/** How much is hashed until other work of the thread has a turn, bytes. */
const turnBytes = 1024 * 1024
const sliceBytes = 256 * 1024

/**
 * The SHA-256, in hex, of each file of a zip or a tar (gzip'd or not), under the names that `archiveFiles` gives. No file is held in memory, and the thread
 * does other work between the pieces. Throws what `archiveFiles` throws.
 */
export async function archiveDigests(source: ArchiveSource, limits: UnpackLimits = defaultLimits): Promise<ReadonlyMap<string, string>> {
  const sink = new DigestSink(limits)
  try {
    if (isZip(source.start)) await unzip(await openedZip(source), sink)
    else await untar(tarOf(source, limits), sink)
  } catch (error) {
    throw archiveError(error)
  }
  return sink.digests()
}

function openedZip({ bytes, path }: ArchiveSource): ReturnType<typeof openPromise> {
  return bytes === undefined ? openPromise(path as string, zipOptions) : fromBufferPromise(asBuffer(bytes), zipOptions)
}

/** The tar in chunks. Throws MODEL_TOO_LARGE beyond what files, their headers and their padding may take. */
async function* tarOf({ bytes, path, start }: ArchiveSource, limits: UnpackLimits): AsyncGenerator<Buffer> {
  const packed =
    bytes === undefined ? createReadStream(path as string, { highWaterMark: sliceBytes }) : Readable.from(slicesOf(asBuffer(bytes)))
  // An error of one stream destroys the others, and is told by the last one.
  const tar = isGzip(start) ? pipeline(packed, createGunzip(), () => undefined) : packed
  let left = limits.maxBytes + 4096 * (limits.maxFiles + 8)
  for await (const chunk of tar as AsyncIterable<Buffer>) {
    left -= chunk.length
    if (left < 0) throw tooLarge(limits)
    yield chunk
  }
}

function* slicesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += sliceBytes) yield bytes.subarray(at, at + sliceBytes)
}

class DigestSink implements EntrySink {
  readonly #limits: UnpackLimits
  readonly #digests = new Map<string, string>()
  #left: number
  #untilTurn = turnBytes

  constructor(limits: UnpackLimits) {
    this.#limits = limits
    this.#left = limits.maxBytes
  }

  reserve(size: number): void {
    this.#left -= size
    if (this.#left < 0 || this.#digests.size >= this.#limits.maxFiles) throw tooLarge(this.#limits)
  }

  async file(given: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const name = safeName(given)
    if (this.#digests.has(name)) throw namedTwice(name)
    const hash = createHash('sha256')
    for await (const chunk of chunks) {
      hash.update(chunk)
      this.#untilTurn -= chunk.length
      if (this.#untilTurn > 0) continue
      this.#untilTurn = turnBytes
      await turn()
    }
    if (!isLitter(name)) this.#digests.set(name, hash.digest('hex'))
  }

  digests(): ReadonlyMap<string, string> {
    const shared = sharedDirectory([...this.#digests.keys()])
    return new Map([...this.#digests].map(([name, digest]) => [name.slice(shared.length), digest]))
  }
}
