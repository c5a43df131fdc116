import type { Server, Socket } from 'node:net'
import { env, openServer } from '../../../base/index.ts'
import { PeerDoor } from './peer-door.ts'
import { farewellLine, helloLine, helloTimeoutMs, keepAliveMs, readLines, strangerLine, type PeerIdentity } from './peer-protocol.ts'

/** How long `close` waits for the other instances to read the farewell, ms. */
const farewellMs = 200

/**
 * The server to which other instances hold a connection: they notice the death of this instance when the connection breaks without a farewell and nothing
 * listens here any more. It must listen before a member of this instance joins the group, and as long as the process lives.
 *
 * A client learns only whether the instance is here whose id it knows; see PeerDoor for how many are let in. Neither the server nor its connections keep the process alive; after `open` nothing throws.
 */
export class PeerListener {
  /** The listening port; 0 if listening failed: then other instances notice a death only by the session timeout. */
  readonly port: number
  readonly #server: Server
  readonly #door: PeerDoor

  private constructor(server: Server, port: number, door: PeerDoor) {
    this.#server = server
    this.port = port
    this.#door = door
  }

  /** Listens at the host, or at all addresses if the host is not an address of this machine. */
  static async open(identity: PeerIdentity, host: string): Promise<PeerListener> {
    const listener = await PeerListener.#open(identity, host)
    return listener.port === 0 ? PeerListener.#open(identity, undefined) : listener
  }

  static async #open(identity: PeerIdentity, host: string | undefined): Promise<PeerListener> {
    const door = new PeerDoor()
    const server = openServer({ keepAlive: true, keepAliveInitialDelay: keepAliveMs, noDelay: true }, socket => {
      attend(socket, identity, door)
    })
    server.unref()
    return new PeerListener(server, await listen(server, host), door)
  }

  /** Sends a farewell to all connected instances, and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => {
      this.#server.close(() => resolve())
    })
    this.#door.each((socket, known) => (known ? socket.end(farewellLine()) : socket.destroy()))
    const timer = env.timer(farewellMs, () => {
      this.#door.each(socket => socket.destroy())
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

/** Answers a hello for this instance with a hello; closes a connection that sends anything else. */
function attend(socket: Socket, identity: PeerIdentity, door: PeerDoor): void {
  socket.unref()
  socket.on('error', () => undefined)
  socket.setTimeout(helloTimeoutMs, () => socket.destroy())
  door.enter(socket)
  let greeted = false
  readLines(socket, line => {
    if (line?.kind !== 'hello' || greeted) {
      socket.destroy()
      return
    }
    greeted = true
    if (line.identity.applicationId !== identity.applicationId || line.to !== identity.instance) {
      // Closed in both directions once it is written, and by the timeout if it is never read.
      socket.once('finish', () => socket.destroy())
      socket.end(strangerLine)
    } else if (door.know(socket)) {
      socket.setTimeout(0)
      socket.write(helloLine(identity))
    }
  })
}
