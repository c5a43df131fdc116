import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { reset } from '../../../../bench/chaos/network/reset.ts'

/** An address whose network a test can disturb: passes connections on to a port, breaks them, leads elsewhere, refuses. */
export class Relay {
  readonly port: number
  /** Connections taken so far. */
  taken = 0
  #target: number
  #server: Server | undefined
  #stalled = false
  /** Bytes that pass from the target before the connections break; undefined: all. */
  #left: number | undefined
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
    for (const socket of this.#sockets) reset(socket)
  }

  /** Connections stay, and new ones are taken; nothing passes any more until they break. */
  stall(): void {
    this.#stalled = true
    for (const socket of this.#sockets) socket.unpipe().pause()
  }

  /** New connections pass everything again. */
  resume(): void {
    this.#stalled = false
  }

  /** Connections are cut off once they have brought this number of bytes from the target; new ones are as before. */
  cutAfter(bytes: number): void {
    this.#left = bytes
  }

  /** Ends all connections, as the system of a process that has died does. */
  end(): void {
    for (const socket of this.#sockets) socket.end()
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
      if (!this.#stalled) from.pipe(to)
    }
    outbound.prependListener('data', (bytes: Buffer) => {
      if (this.#left === undefined) return
      const passed = Math.min(this.#left, bytes.length)
      this.#left -= passed
      if (this.#left > 0) return
      this.#left = undefined
      outbound.unpipe(inbound)
      // A reset would take along what is on its way.
      inbound.end(bytes.subarray(0, passed))
    })
  }
}
