import type { SimEvent } from '../scheduler.ts'

/** The events of a world as a hash and, on request, as text. */
export class Trace {
  readonly violations: string[] = []
  clock: () => number = () => 0
  readonly #write: ((line: string) => void) | undefined
  readonly #requests: boolean
  #hash = 0x811c9dc5
  readonly #seen = new Map<string, number>()

  /** `requests`: whether the text includes each request. */
  constructor(write?: (line: string) => void, requests = false) {
    this.#write = write
    this.#requests = requests
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0')
  }

  event({ at, owner, label }: SimEvent): void {
    this.#mix(this.#textHash(label))
    if (owner !== undefined) this.#mix(this.#textHash(owner.name))
    this.#mix(Math.floor(at * 1000))
  }

  request(process: string, api: string, broker: number, bytes: Buffer): void {
    let hash = bytes.length
    // oxlint-disable-next-line typescript/prefer-for-of -- over every byte that is sent
    for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
    this.#mix(hash)
    if (this.#requests) this.#tell(`${process} → broker ${broker}: ${api} (${bytes.length} bytes)`)
  }

  note(text: string): void {
    if (this.#write !== undefined) this.#tell(text)
  }

  violation(text: string): void {
    this.violations.push(text)
    this.#tell(`VIOLATION ${text}`)
  }

  #tell(text: string): void {
    this.#write?.(`${this.clock().toFixed(2).padStart(10)} ${text}`)
  }

  #mix(value: number): void {
    this.#hash = Math.imul(this.#hash ^ value, 0x01000193)
  }

  #textHash(text: string): number {
    const known = this.#seen.get(text)
    if (known !== undefined) return known
    let hash = 0x811c9dc5
    for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193)
    this.#seen.set(text, hash)
    return hash
  }
}
