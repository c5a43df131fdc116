import { once } from 'node:events'
import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { countBeyond, type LimitName } from '../../base/limits/index.ts'
import { answerClientError } from './client-errors.ts'

/** How long `close` waits for the first request of a connection. */
const FIRST_REQUEST_MS = 250

/** Whether the server drains, and which answers then close their connection. */
export interface Drain {
  readonly isDraining: boolean
  /** Whether the connection closes after this answer. Call it when the answer is ready, because another request may have been pipelined meanwhile. */
  isLast(response: ServerResponse): boolean
}

export interface ConnectionOptions {
  readonly tls: boolean
  /** Maximum number of connections; above it the one that has been idle longest is closed, or the new one if none is idle. */
  readonly most: number
  /** The same for the connections of one address. */
  readonly mostOfAddress: number
  /** How long a connection may be idle, also before its first request, ms. */
  readonly keepAliveMs: number
}

/**
 * The connections of a server, from accepting them to closing them in order:
 *
 *     open ──drain()──▶ draining: new connections are accepted; each last answer closes its connection
 *          ──close()──▶ closing: no connection is accepted; idle ones close, busy ones after their answers, the rest at the deadline
 */
export class Connections implements Drain {
  readonly #server: Server
  readonly #options: ConnectionOptions
  /** The sockets of requests (under TLS: after the handshake), least recently used first, each with its answers that are not sent yet. */
  readonly #open = new Map<Socket, Set<ServerResponse>>()
  /** The TCP sockets below; without TLS the same sockets. */
  readonly #sockets = new Set<Socket>()
  /** The TCP sockets of each address. */
  readonly #addresses = new Map<string, Set<Socket>>()
  #isDraining = false
  #isClosing = false

  constructor(server: Server, options: ConnectionOptions) {
    this.#server = server
    this.#options = options
    server.on('connection', (socket: Socket) => this.#onSocket(socket))
    server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => this.#onConnection(socket))
    server.prependListener('request', (_request, response) => this.#onRequest(response))
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => this.#onError(error, socket))
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  drain(): void {
    this.#isDraining = true
  }

  isLast(response: ServerResponse): boolean {
    return this.#isDraining && [...(this.#open.get(response.req.socket) ?? [])].at(-1) === response
  }

  async close(withinMs: number): Promise<void> {
    this.#isDraining = true
    this.#isClosing = true
    const closed = once(this.#server, 'close')
    // Lets the event loop hand over connections that it has accepted; later ones are reset.
    await setImmediate()
    // Closes connections that are idle after a request; a request that has arrived in part is waited for.
    this.#server.close()
    const deadline = new AbortController()
    // The first request of a connection that has sent nothing may be on its way.
    const silent = sleep(Math.min(FIRST_REQUEST_MS, withinMs), undefined, { signal: deadline.signal }).then(
      () => this.#open.forEach((_, socket) => socket.bytesRead === 0 && socket.destroySoon()),
      () => undefined,
    )
    // Node.js no longer checks request timeouts after server.close().
    const late = sleep(withinMs, undefined, { signal: deadline.signal }).then(
      () => this.#sockets.forEach(socket => socket.destroy()),
      () => undefined,
    )
    await closed
    deadline.abort()
    await Promise.all([silent, late])
  }

  #onSocket(socket: Socket): void {
    const address = socket.remoteAddress ?? ''
    const same = this.#addresses.get(address) ?? new Set()
    this.#addresses.set(address, same.add(socket))
    this.#sockets.add(socket)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      if (same.delete(socket) && same.size === 0) this.#addresses.delete(address)
    })
    const { most, mostOfAddress } = this.#options
    if (same.size > mostOfAddress) this.#makeRoom(socket, 'rest_connections_of_address', ({ remoteAddress }) => remoteAddress === address)
    else if (this.#sockets.size > most) this.#makeRoom(socket, 'rest_connections', () => true)
  }

  /** Closes the connection that has been idle for the longest time, of those that may be; else the new one. */
  #makeRoom(socket: Socket, limit: LimitName, may: (other: Socket) => boolean): void {
    countBeyond(limit)
    for (const [other, responses] of this.#open) if (responses.size === 0 && may(other)) return void other.destroy()
    socket.destroy()
  }

  #onConnection(socket: Socket): void {
    this.#open.set(socket, new Set())
    socket.once('close', () => this.#open.delete(socket))
  }

  #onRequest(response: ServerResponse): void {
    const { socket } = response.req
    const responses = this.#open.get(socket)
    responses?.add(response)
    response.once('close', () => {
      responses?.delete(response)
      if (responses === undefined || responses.size > 0 || !this.#open.has(socket)) return
      // Moves the socket to the end: the map is ordered by last use.
      this.#open.delete(socket)
      this.#open.set(socket, responses)
      // The headers may have been sent before `close`, with keep-alive.
      if (this.#isClosing) socket.destroySoon()
    })
  }

  #onError(error: NodeJS.ErrnoException, socket: Socket): void {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket.bytesRead === 0) return this.#keepSilent(socket)
    const responses = [...(this.#open.get(socket) ?? [])]
    if (!socket.writable || responses.some(response => response.headersSent)) socket.destroy()
    else answerClientError(error, socket)
  }

  /**
   * Load balancers open connections ahead of requests, so a connection without any request may be idle for `keepAliveMs`, too. Node.js restarts
   * its timers when the first request begins.
   */
  #keepSilent(socket: Socket): void {
    const end = setTimeout(() => socket.bytesRead === 0 && socket.destroySoon(), this.#options.keepAliveMs)
    socket.once('close', () => clearTimeout(end))
  }
}
