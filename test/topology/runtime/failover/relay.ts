import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** An address whose network a test can disturb: passes connections on to a port, breaks them, leads elsewhere, refuses. */
export class Relay {
  readonly port: number
  /** Connections taken so far. */
  taken = 0
  #target: number
  #server: Server | undefined
  readonly #sockets = new Set<Socket>()

  private constructor(port: number, target: number) {
    this.port = port
    this.#target = target
  }

  static async open(target: number): Promise<Relay> {
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const relay = new Relay((probe.address() as AddressInfo).port, target)
    probe.close()
    await once(probe, 'close')
    await relay.accept()
    return relay
  }

  /** New connections lead there; the old ones break. */
  redirect(target: number): void {
    this.#target = target
    this.break()
  }

  /** Resets all connections. */
  break(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Listens no more, then breaks the connections. */
  async refuse(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    const closed = once(server, 'close')
    server.close()
    this.break()
    await closed
  }

  async accept(): Promise<void> {
    this.#server = createServer(inbound => this.#pass(inbound)).listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  #pass(inbound: Socket): void {
    this.taken++
    const outbound = connect(this.#target, '127.0.0.1')
    for (const [from, to] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      this.#sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  }
}
