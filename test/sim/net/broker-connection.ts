import type { SimProcess } from '../sim-process.ts'
import type { NetworkRules, RequestFacts } from './network-rules.ts'

const lengthBytes = 4

/** The broker's end of a connection. */
export interface BrokerEnd {
  readonly process: SimProcess
  readonly broker: number
  readonly rules: NetworkRules
  /** Gives a whole request to the broker. */
  handle(request: Buffer, reply: (response: Buffer) => void): void
  /** Sends bytes to the client, with an additional delay of `extraMs`. */
  send(data: Buffer, extraMs: number): void
  /** Calls a function as an event of the broker, after a delay. */
  later(ms: number, run: () => void): void
  cut(): void
  onRequest?(facts: RequestFacts, request: Buffer): void
}

/** Splits the bytes into requests, and passes them to the broker one at a time: like a real broker, it reads the next request when it has answered the last one. */
export class BrokerConnection {
  readonly #end: BrokerEnd
  #rest: Buffer | undefined
  readonly #requests: Buffer[] = []
  #busy = false
  #closed = false

  constructor(end: BrokerEnd) {
    this.#end = end
  }

  received(data: Buffer): void {
    let bytes = this.#rest === undefined ? data : Buffer.concat([this.#rest, data])
    while (bytes.length >= lengthBytes && bytes.length >= lengthBytes + bytes.readInt32BE(0)) {
      const end = lengthBytes + bytes.readInt32BE(0)
      this.#requests.push(bytes.subarray(lengthBytes, end))
      bytes = bytes.subarray(end)
    }
    this.#rest = bytes.length === 0 ? undefined : bytes
    this.#next()
  }

  close(): void {
    this.#closed = true
  }

  #next(): void {
    const request = this.#busy || this.#closed ? undefined : this.#requests.shift()
    if (request === undefined) return
    this.#busy = true
    const { rules, process, broker } = this.#end
    const facts = { api: request.readInt16BE(0), process, broker }
    this.#end.onRequest?.(facts, request)
    const fate = rules.fateOf('before', facts)
    if (fate === 'cut') this.#end.cut()
    else if (fate === undefined) this.#handle(request, facts)
    else this.#end.later(fate.delayMs, () => this.#handle(request, facts))
  }

  #handle(request: Buffer, facts: RequestFacts): void {
    if (this.#closed) return
    this.#end.handle(request, response => {
      const fate = this.#end.rules.fateOf('after', facts)
      if (this.#closed) return
      if (fate === 'cut') return this.#end.cut()
      const framed = Buffer.allocUnsafe(lengthBytes + response.length)
      framed.writeInt32BE(response.length, 0)
      response.copy(framed, lengthBytes)
      this.#end.send(framed, fate?.delayMs ?? 0)
      this.#busy = false
      this.#next()
    })
  }
}
