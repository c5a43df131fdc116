import type { TransformCallback } from 'node:stream'
import { type Options, Parser } from 'csv-parse'

/** The part of the library's parser that tells whether the bytes after a place are too few to know what the byte there means. */
interface LookAhead {
  __needMoreData?: (at: number, length: number, end: boolean) => boolean
}

/**
 * The parser of the library, which gives each row as soon as its line feed has come. By itself it keeps back the last bytes that it has, since they may
 * belong together with what follows: the newest row of a pipe would wait until the next one has begun. Nothing before a line feed belongs to what follows it.
 */
export class CsvLineParser extends Parser {
  readonly #lineFeed: Buffer

  /** `wide`: whether the text is UTF-16, of which the library learns by its first bytes. */
  constructor(options: Options, wide: boolean) {
    super(options)
    this.#lineFeed = Buffer.from('\n', wide ? 'utf16le' : 'utf8')
  }

  override _transform(chunk: Buffer, encoding: BufferEncoding, done: TransformCallback): void {
    const last = chunk.lastIndexOf(this.#lineFeed)
    if (last < 0) return super._transform(chunk, encoding, done)
    const end = last + this.#lineFeed.length
    const lookAhead: LookAhead = (this as unknown as { readonly api?: LookAhead }).api ?? {}
    const { __needMoreData: needed } = lookAhead
    lookAhead.__needMoreData = () => false
    super._transform(chunk.subarray(0, end), encoding, error => {
      if (needed !== undefined) lookAhead.__needMoreData = needed
      if (end === chunk.length || error) return done(error)
      super._transform(chunk.subarray(end), encoding, done)
    })
  }
}
