import type { Server, Socket } from 'node:net'
import { env, openServer } from '../../../base/index.ts'
import { countBeyond } from '../../../base/limits/index.ts'
import { PeerDoor } from './peer-door.ts'
import {
  farewellLine,
  helloFields,
  helloLine,
  helloTimeoutMs,
  keepAliveMs,
  type LineSeal,
  type PeerIdentity,
  type PeerLine,
  readLines,
  strangerLine,
} from './peer-protocol.ts'
import { keyOfSeal, openAccess, type PeerAccess } from './peer-seal.ts'

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
  /** What each instance that is connected is told at the end. */
  readonly #farewells: WeakMap<Socket, string>

  private constructor(server: Server, port: number, door: PeerDoor, farewells: WeakMap<Socket, string>) {
    this.#server = server
    this.port = port
    this.#door = door
    this.#farewells = farewells
  }

  /** Listens at the host, or at all addresses if the host is not an address of this machine. */
  static async open(identity: PeerIdentity, host: string, access = openAccess): Promise<PeerListener> {
    const listener = await PeerListener.#open(identity, host, access)
    return listener.port === 0 ? PeerListener.#open(identity, undefined, access) : listener
  }

  static async #open(identity: PeerIdentity, host: string | undefined, access: PeerAccess): Promise<PeerListener> {
    const door = new PeerDoor()
    const farewells = new WeakMap<Socket, string>()
    const server = openServer({ keepAlive: true, keepAliveInitialDelay: keepAliveMs, noDelay: true }, socket => {
      attend(socket, { identity, door, access, farewells })
    })
    server.unref()
    return new PeerListener(server, await listen(server, host), door, farewells)
  }

  /** Sends a farewell to all connected instances, and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => {
      this.#server.close(() => resolve())
    })
    this.#door.each((socket, known) => (known ? socket.end(this.#farewells.get(socket) ?? '') : socket.destroy()))
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

interface Attendance {
  readonly identity: PeerIdentity
  readonly door: PeerDoor
  readonly access: PeerAccess
  readonly farewells: WeakMap<Socket, string>
}

/** Answers a hello for this instance with a hello; closes a connection that sends anything else. */
function attend(socket: Socket, { identity, door, access, farewells }: Attendance): void {
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
    const seal = sealFor(line, access)
    if (seal === 'invalid') {
      countBeyond('peer_unsealed')
      socket.destroy()
    } else if (line.identity.applicationId !== identity.applicationId || line.to !== identity.instance) {
      // Closed in both directions once it is written, and by the timeout if it is never read.
      socket.once('finish', () => socket.destroy())
      socket.end(strangerLine)
    } else if (door.know(socket)) {
      socket.setTimeout(0)
      farewells.set(socket, farewellLine(seal))
      socket.write(helloLine(identity, undefined, seal))
    }
  })
}

/** With what the lines to the sender of a hello are sealed; undefined: this instance has no key. */
function sealFor({ identity, to, nonce = '', seal }: PeerLine & { kind: 'hello' }, access: PeerAccess): LineSeal | 'invalid' | undefined {
  const keys = access.keys()
  if (keys.length === 0) return undefined
  const key = to === undefined ? undefined : keyOfSeal(keys, seal, helloFields(identity, to, nonce))
  return key === undefined ? 'invalid' : { key, nonce }
}
