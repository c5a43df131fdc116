import { createServer, type Server, type Socket } from 'node:net'
import { farewellLine, helloLine, helloTimeoutMs, keepAliveMs, readLines, type PeerIdentity } from './peer-protocol.ts'

/** More instances than any group has; what connects beyond it is closed and takes nobody's place. */
const maxConnections = 1024
/** How long `close` waits for the others to have read the farewell. */
const farewellMs = 200

/**
 * Where the other instances hold a connection to this one: that it breaks off without a farewell, and that nothing listens here any
 * more, is how they notice its death. It has to listen before its member joins the group, and as long as the process lives.
 *
 * Nothing is decided here, and whoever connects can do no more than learn who listens. Neither the server nor its connections keep the
 * process alive; after `open` nothing throws.
 */
export class PeerListener {
  /** The port that listens; 0 when this machine lets none: the others then leave this instance to the session timeout. */
  readonly port: number
  readonly #server: Server
  readonly #sockets: ReadonlySet<Socket>

  private constructor(server: Server, port: number, sockets: ReadonlySet<Socket>) {
    this.#server = server
    this.port = port
    this.#sockets = sockets
  }

  /** Listens at the host, or at every address where the host is a name for this machine that it does not know itself by. */
  static async open(identity: PeerIdentity, host: string): Promise<PeerListener> {
    const listener = await PeerListener.#open(identity, host)
    return listener.port === 0 ? PeerListener.#open(identity, undefined) : listener
  }

  static async #open(identity: PeerIdentity, host: string | undefined): Promise<PeerListener> {
    const sockets = new Set<Socket>()
    const server = createServer({ keepAlive: true, keepAliveInitialDelay: keepAliveMs, noDelay: true }, socket => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      attend(socket, identity)
    })
    server.maxConnections = maxConnections
    server.unref()
    return new PeerListener(server, await listen(server, host), sockets)
  }

  /** Says farewell to all, then listens no more. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => {
      this.#server.close(() => resolve())
    })
    for (const socket of this.#sockets) socket.end(farewellLine())
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, farewellMs)
    await closed
    clearTimeout(timer)
  }
}

/** The port, or 0 when it cannot listen there. */
function listen(server: Server, host: string | undefined): Promise<number> {
  return new Promise(resolve => {
    // Stays: an error of `accept` later on costs one connection, which its other end tries anew.
    server.on('error', () => resolve(0))
    server.listen({ port: 0, ...(host === undefined ? {} : { host }) }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

/** Answers a hello with a hello; what says anything else is closed. */
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
