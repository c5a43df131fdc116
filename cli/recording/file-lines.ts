import { createReadStream } from 'node:fs'
import { messageOf, SluiceError } from '../../base/index.ts'

/** A line of a file. */
export interface FileLine {
  /** From 1. */
  readonly number: number
  readonly text: string
  /** Without the end of line. */
  readonly bytes: Buffer
  /** Position of the byte after its end of line. */
  readonly next: number
}

/** A place at which a line begins. */
export type LineStart = Pick<FileLine, 'number' | 'next'>

/** A record is at most some MB, and base64 of result and input, a third more. */
const longest = 64 * 1024 * 1024

/** The lines of a file from a place on, with their places; a last one without an end of line too. Throws INPUT_INVALID: the file cannot be read, or a line is too long. */
export async function* fileLines(path: string, { number, next }: LineStart = { number: 0, next: 0 }): AsyncGenerator<FileLine> {
  let [at, end] = [number, next]
  let begun: Buffer[] = []
  const line = (): FileLine => {
    const bytes = Buffer.concat(begun)
    begun = []
    return { number: ++at, text: bytes.toString('utf8'), bytes, next: (end += bytes.length + 1) }
  }
  let length = 0
  for await (const chunk of chunksOf(path, next)) {
    let start = 0
    for (let stop = chunk.indexOf(10); stop >= 0; stop = chunk.indexOf(10, start)) {
      begun.push(chunk.subarray(start, stop))
      start = stop + 1
      length = 0
      yield line()
    }
    begun.push(chunk.subarray(start))
    length += chunk.length - start
    if (length > longest)
      throw new SluiceError('INPUT_INVALID', `${path}: line ${at + 1} is longer than ${longest} bytes: it is no recording`)
  }
  if (length > 0) yield line()
}

async function* chunksOf(path: string, start: number): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { start, highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
