import type { Socket } from 'node:net'

/** Opens a socket of a Kafka client. */
export type SocketFactory = (options: never) => Socket

/** Factories whose client was cut off. */
const cut = new WeakSet<object>()

/** The sockets of one Kafka client, whatever of it has opened them. */
export class ClientSockets {
  /** For kafkajs' setting of this name. */
  readonly socketFactory: SocketFactory
  readonly #opening = new Set<Socket>()
  readonly #open = new Set<Socket>()

  constructor(make: SocketFactory) {
    this.socketFactory = options => {
      const socket = make(options)
      this.#opening.add(socket)
      socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
        if (this.#opening.delete(socket)) this.#open.add(socket)
      })
      socket.once('close', () => {
        this.#opening.delete(socket)
        this.#open.delete(socket)
      })
      return socket
    }
  }

  /** Destroys all sockets. From then on no connection of the client is opened: see `isCutOff`. */
  cutOff(): void {
    cut.add(this.socketFactory)
    for (const socket of this.#open) socket.destroy()
    // kafkajs waits for one that is being opened until its time is over, unless it has an error.
    for (const socket of this.#opening) socket.destroy(new Error('the client was cut off from the brokers'))
  }
}

/** Whether the client that opens its sockets with this factory was cut off. */
export function isCutOff(socketFactory: object | undefined): boolean {
  return socketFactory !== undefined && cut.has(socketFactory)
}
