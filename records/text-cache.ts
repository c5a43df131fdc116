import { isUtf8 } from 'node:buffer'
import { asBuffer } from './serde.ts'

const longestKept = 64
const firstSize = 256
const probes = 4

/**
 * Decodes UTF-8 texts that repeat: the same bytes return the same string object, without decoding. Only ASCII texts of up to 64 characters are
 * cached, because they can be compared with the bytes directly. The table grows to `limit` slots; then new texts replace old ones, so that
 * its memory is bounded.
 */
export class TextCache {
  readonly #limit: number
  #texts: (string | undefined)[] = []
  #mask = -1
  #kept = 0
  #last = ''

  /** `limit` is a power of two. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** The text of bytes [start, end) of `source`; undefined when they are not UTF-8. */
  decode(source: Uint8Array, start: number, end: number): string | undefined {
    if (same(this.#last, source, start, end)) return this.#last
    if (end - start > longestKept) return decodeUtf8(source, start, end)
    const hash = hashOf(source, start, end)
    for (let probe = 0; probe < probes; probe++) {
      const text = this.#texts[(hash + probe) & this.#mask]
      if (text === undefined) break
      if (same(text, source, start, end)) {
        this.#last = text
        return text
      }
    }
    const text = decodeUtf8(source, start, end)
    if (text?.length === end - start) this.#keep(text, hash)
    return text
  }

  #keep(text: string, hash: number): void {
    if (this.#kept * 2 >= this.#texts.length && this.#texts.length < this.#limit) this.#grow()
    this.#last = text
    this.#put(text, hash)
  }

  /** Puts the text into the first free of its slots or, if none is free, replaces the text in its first slot. */
  #put(text: string, hash: number): void {
    for (let probe = 0; probe < probes; probe++) {
      const slot = (hash + probe) & this.#mask
      if (this.#texts[slot] !== undefined) continue
      this.#texts[slot] = text
      this.#kept++
      return
    }
    this.#texts[hash & this.#mask] = text
  }

  #grow(): void {
    const before = this.#texts
    const size = Math.min(Math.max(before.length * 2, firstSize), this.#limit)
    this.#texts = Array.from<string | undefined>({ length: size })
    this.#mask = size - 1
    this.#kept = 0
    for (const text of before) {
      if (text === undefined) continue
      const bytes = Buffer.from(text, 'latin1')
      this.#put(text, hashOf(bytes, 0, bytes.length))
    }
  }
}

/** Whether the bytes are this ASCII text. */
function same(text: string, source: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (text.length !== length) return false
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== source[start + i]) return false
  return true
}

function hashOf(source: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (source[at] as number), 0x01000193)
  return (hash ^ (hash >>> 15)) & 0x7fffffff
}

function decodeUtf8(source: Uint8Array, start: number, end: number): string | undefined {
  const bytes = source.subarray(start, end)
  return isUtf8(bytes) ? asBuffer(bytes).toString('utf8') : undefined
}
