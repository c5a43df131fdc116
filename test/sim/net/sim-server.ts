import { EventEmitter } from 'node:events'
import type { SimProcess } from '../sim-process.ts'
import type { SimNetwork } from './sim-network.ts'
import type { SimSocket } from './sim-socket.ts'

/** A listening server of a simulated process, as far as instances use one. */
export class SimServer extends EventEmitter {
  maxConnections = 0
  readonly #network: SimNetwork
  readonly #process: SimProcess
  readonly #onConnection: (socket: SimSocket) => void
  readonly #sockets = new Set<SimSocket>()
  #port = 0
  #onClosed: (() => void) | undefined

  constructor(network: SimNetwork, process: SimProcess, onConnection: (socket: SimSocket) => void) {
    super()
    this.#network = network
    this.#process = process
    this.#onConnection = onConnection
  }

  listen(_options: object, onListening: () => void): this {
    this.#port = this.#network.listen(this.#process, socket => {
      this.#sockets.add(socket)
      socket.once('close', () => {
        this.#sockets.delete(socket)
        this.#closed()
      })
      this.#onConnection(socket)
    })
    queueMicrotask(onListening)
    return this
  }

  address(): { readonly port: number } {
    return { port: this.#port }
  }

  unref(): this {
    return this
  }

  /** Like a server of node:net, it is closed when its last connection is closed. */
  close(onClosed: () => void): this {
    this.#network.close(this.#port)
    this.#onClosed = onClosed
    queueMicrotask(() => this.#closed())
    return this
  }

  #closed(): void {
    if (this.#sockets.size > 0) return
    this.#onClosed?.()
    this.#onClosed = undefined
  }
}
