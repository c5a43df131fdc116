import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { messageOf, SluiceError } from '../../base/index.ts'
import { CHUNK_BYTES } from '../../stores/index.ts'
import type { ModelWithBytes } from '../../serving/index.ts'
import type { TopicRecord } from '../../topology/runtime/topics/index.ts'
import { type HeadLine, recordingFormat, type RecordingLine } from './recorded-lines.ts'
import { recordedRecord } from './recorded-record.ts'

/** What is written of many lines at once, characters. */
const buffered = 1024 * 1024

/** Writes a recording. Until it is whole it has another name, `FILE.….part`, which no other writer has. */
export class RecordingWriter {
  readonly #path: string
  readonly #part: string
  readonly #file: FileHandle
  /** Of all lines. */
  readonly #hash = createHash('sha256')
  #text: string[] = []
  #length = 0
  #results = 0
  #models = 0

  private constructor(path: string, part: string, file: FileHandle) {
    this.#path = path
    this.#part = part
    this.#file = file
  }

  /** Throws INPUT_INVALID: there can be no such file. So do the others where it cannot be written. */
  static async open(path: string, head: Omit<HeadLine, 'kind' | 'format'>): Promise<RecordingWriter> {
    const there = await stat(path).catch(() => undefined)
    if (there?.isDirectory() === true) throw notWritten(path, 'it is a directory')
    // The recording takes the place of what has its name: no device, no pipe.
    if (there?.isFile() === false) throw notWritten(path, 'it is no regular file')
    const part = `${path}.${randomUUID().slice(0, 8)}.part`
    const file = await open(part, 'wx').catch((error: unknown) => {
      throw notWritten(path, messageOf(error), error)
    })
    const writer = new RecordingWriter(path, part, file)
    await writer.#line({ kind: 'head', format: recordingFormat, ...head })
    return writer
  }

  /** Writes a model, before the first result that names it. */
  async model(dataType: string, { version, bytesOf }: ModelWithBytes): Promise<void> {
    const { hash, ...facts } = version
    const pieces = piecesOf(bytesOf(hash))
    const signature = piecesOf(version.signature && bytesOf(version.signature.hash))
    await this.#line({
      kind: 'model',
      dataType,
      hash: Buffer.from(hash).toString('hex'),
      facts,
      pieces: pieces.length,
      signaturePieces: signature.length,
    })
    for (const data of [...pieces, ...signature]) await this.#line({ kind: 'bytes', data: Buffer.from(data).toString('base64') })
    this.#models++
  }

  /** Writes a result and its input. */
  async result(result: TopicRecord, input: TopicRecord): Promise<void> {
    await this.#line({ kind: 'result', result: recordedRecord(result), input: recordedRecord(input) })
    this.#results++
  }

  /** The recording is whole. */
  async end(): Promise<void> {
    const sha256 = this.#hash.copy().digest('hex')
    await this.#line({ kind: 'end', results: this.#results, models: this.#models, sha256 })
    await this.#flush()
    try {
      await this.#file.sync()
      await this.#file.close()
      await rename(this.#part, this.#path)
    } catch (error) {
      throw notWritten(this.#path, messageOf(error), error)
    }
  }

  /** There will be no recording. */
  async abandon(): Promise<void> {
    await this.#file.close()
    await rm(this.#part, { force: true })
  }

  async #line(line: RecordingLine): Promise<void> {
    const text = `${JSON.stringify(line)}\n`
    this.#hash.update(text)
    this.#text.push(text)
    this.#length += text.length
    if (this.#length >= buffered) await this.#flush()
  }

  async #flush(): Promise<void> {
    const text = this.#text.join('')
    this.#text = []
    this.#length = 0
    await this.#file.appendFile(text).catch((error: unknown) => {
      throw notWritten(this.#path, messageOf(error), error)
    })
  }
}

function notWritten(path: string, why: string, cause?: unknown): SluiceError {
  return new SluiceError('INPUT_INVALID', `${path} cannot be written: ${why}`, { cause })
}

/** Parts of the bytes that are no longer than a line should be. */
function piecesOf(bytes: Uint8Array | undefined): readonly Uint8Array[] {
  const { length } = bytes ?? []
  return Array.from({ length: Math.ceil(length / CHUNK_BYTES) }, (_, at) =>
    (bytes as Uint8Array).subarray(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES),
  )
}
