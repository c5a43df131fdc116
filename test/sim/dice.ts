/** Random numbers of a seed (sfc32): the same seed gives the same numbers on every machine. */
export class Dice {
  #a: number
  #b: number
  #c: number
  #count = 1

  /** `purpose` gives each user of a seed numbers of its own, so that one that draws more does not shift those of the others. */
  constructor(seed: number, purpose = '') {
    let hash = 0x811c9dc5 ^ seed
    for (const byte of Buffer.from(`${seed} ${purpose}`)) hash = Math.imul(hash ^ byte, 0x01000193)
    this.#a = hash | 0
    this.#b = seed | 0
    this.#c = Math.imul(hash, 0x9e3779b1) | 0
    for (let warm = 0; warm < 12; warm++) this.next()
  }

  /** A number from 0 (inclusive) to 1 (exclusive). */
  next(): number {
    const sum = (this.#a + this.#b + this.#count) | 0
    this.#count = (this.#count + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return (sum >>> 0) / 4_294_967_296
  }

  /** A number from `from` (inclusive) to `to` (exclusive). */
  between(from: number, to: number): number {
    return from + this.next() * (to - from)
  }

  /** A whole number from 0 (inclusive) to `end` (exclusive). */
  below(end: number): number {
    return Math.floor(this.next() * end)
  }

  /** Returns true with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T
  }

  /** A UUID of version 4. */
  uuid(): string {
    const hex = (digits: number): string => Array.from({ length: digits }, () => this.below(16).toString(16)).join('')
    return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
  }
}
