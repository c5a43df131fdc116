import { decodeRequest, encodeResponse } from '../wire/index.ts'
import type { Handler, Handlers } from './handlers.ts'

interface Connection {
  readonly broker: number
  /** The one at the front is being answered. */
  readonly queue: { readonly request: Buffer; readonly reply: (response: Buffer) => void }[]
  isOpen: boolean
  isBusy: boolean
}

/** Connections to brokers: the requests of one are answered one after the other, as a broker does it. */
export class Connections {
  readonly #handlers: Handlers
  readonly #open = new Map<object, Connection>()

  constructor(handlers: Handlers) {
    this.#handlers = handlers
  }

  receive(broker: number, key: object, request: Buffer, reply: (response: Buffer) => void): void {
    let connection = this.#open.get(key)
    if (connection === undefined) {
      connection = { broker, queue: [], isOpen: true, isBusy: false }
      this.#open.set(key, connection)
    }
    connection.queue.push({ request, reply })
    this.#next(connection)
  }

  close(key: object): void {
    const connection = this.#open.get(key)
    if (connection === undefined) return
    connection.isOpen = false
    this.#open.delete(key)
  }

  closeOf(broker: number): void {
    for (const [key, connection] of this.#open) if (connection.broker === broker) this.close(key)
  }

  /** A loop, not a recursion: a client may send very many before it is answered. */
  #next(connection: Connection): void {
    while (connection.isOpen && !connection.isBusy) {
      const next = connection.queue.shift()
      if (next === undefined) return
      connection.isBusy = true
      this.#answer(connection, next.request, next.reply)
    }
  }

  #answer(connection: Connection, request: Buffer, reply: (response: Buffer) => void): void {
    const incoming = decodeRequest(request)
    const handle = this.#handlers[incoming.name] as Handler<never>
    let isWithin = true
    const respond = (answer: unknown): void => {
      connection.isBusy = false
      if (connection.isOpen && answer !== null) reply(encodeResponse(incoming, answer))
      if (!isWithin) this.#next(connection)
    }
    handle(incoming.body as never, { broker: connection.broker, version: incoming.version, clientId: incoming.clientId }, respond)
    isWithin = false
  }
}
