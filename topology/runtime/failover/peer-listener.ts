import type { Server, Socket } from 'node:net'
import { env, openServer } from '../../../base/index.ts'
import { farewellLine, helloLine, helloTimeoutMs, keepAliveMs, readLines, type PeerIdentity } from './peer-protocol.ts'

/** More than the number of instances in any group; further connections are closed. */
const maxConnections = 1024
/** How long `close` waits for the other instances to read the farewell, ms. */
const farewellMs = 200

/**
 * The server to which other instances hold a connection: they notice the death of this instance when the connection breaks without a farewell and nothing
 * listens here any more. It must listen before a member of this instance joins the group, and as long as the process lives.
 *
 * A client can only learn who listens. Neither the server nor its connections keep the process alive; after `open` nothing throws.
 */
export class PeerListener {
  /** The listening port; 0 if listening failed: then other instances notice a death only by the session timeout. */
  readonly port: number
  readonly #server: Server
  readonly #sockets: ReadonlySet<Socket>

  private constructor(server: Server, port: number, sockets: ReadonlySet<Socket>) {
    this.#server = server
    this.port = port
    this.#sockets = sockets
  }

  /** Listens at the host, or at all addresses if the host is not an address of this machine. */
  static async open(identity: PeerIdentity, host: string): Promise<PeerListener> {
    const listener = await PeerListener.#open(identity, host)
    return listener.port === 0 ? PeerListener.#open(identity, undefined) : listener
  }

  static async #open(identity: PeerIdentity, host: string | undefined): Promise<PeerListener> {
    const sockets = new Set<Socket>()
    const server = openServer({ keepAlive: true, keepAliveInitialDelay: keepAliveMs, noDelay: true }, socket => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      attend(socket, identity)
    })
    server.maxConnections = maxConnections
    server.unref()
    return new PeerListener(server, await listen(server, host), sockets)
  }

  /** Sends a farewell to all connected instances, and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => {
      this.#server.close(() => resolve())
    })
    for (const socket of this.#sockets) socket.end(farewellLine())
    const timer = env.timer(farewellMs, () => {
      for (const socket of this.#sockets) socket.destroy()
    })
    await closed
    timer.cancel()
  }
}

/** Starts to listen; returns the port, or 0 if that fails. */
function listen(server: Server, host: string | undefined): Promise<number> {
  return new Promise(resolve => {
    // The handler stays: a later error of `accept` affects one connection, which the other instance opens again.
    server.on('error', () => resolve(0))
    server.listen({ port: 0, ...(host === undefined ? {} : { host }) }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

/** Answers a hello with a hello; closes a connection that sends anything else. */
function attend(socket: Socket, identity: PeerIdentity): void {
  socket.unref()
  socket.on('error', () => undefined)
  socket.setTimeout(helloTimeoutMs, () => socket.destroy())
  let greeted = false
  readLines(socket, line => {
    if (line?.kind !== 'hello' || greeted) {
      socket.destroy()
      return
    }
    greeted = true
    socket.setTimeout(0)
    socket.write(helloLine(identity))
    if (line.identity.applicationId !== identity.applicationId) socket.end()
  })
}
