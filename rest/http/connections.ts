import { once } from 'node:events'
import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { answerClientError } from './client-errors.ts'

const FIRST_REQUEST_MS = 250

/** Whether the server is about to end, and what an answer is then to say. */
export interface Drain {
  readonly isDraining: boolean
  /** Whether the connection is to end with this answer. To be asked when the answer is there: another request may have come behind it meanwhile. */
  isLast(response: ServerResponse): boolean
}

export interface ConnectionOptions {
  readonly tls: boolean
  /** Beyond it the one that has been idle for longest makes room; where none is idle, the new one is dropped. */
  readonly most: number
  /** How long one may be idle, from the start too. */
  readonly keepAliveMs: number
}

/**
 * The connections of a server, from their beginning to an orderly end:
 *
 *     open ──drain()──▶ draining: new ones are taken, each answer ends its connection ──close()──▶ none is taken, idle ones end, busy ones by their
 *     answers, whatever is left at the deadline is cut
 */
export class Connections implements Drain {
  readonly #server: Server
  readonly #options: ConnectionOptions
  /** As requests know them (under TLS: those whose handshake is over), the longest unused first, each with its answers that are not sent yet. */
  readonly #open = new Map<Socket, Set<ServerResponse>>()
  /** What they lie on; the same without TLS. */
  readonly #sockets = new Set<Socket>()
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
    // Right behind what the event loop has accepted: a connection that is made in between is reset.
    await setImmediate()
    // Ends the connections that have had requests and wait for another; a request of which a part is there is waited for.
    this.#server.close()
    const deadline = new AbortController()
    // One that has sent nothing may be about to: its first request is perhaps on its way.
    const silent = sleep(Math.min(FIRST_REQUEST_MS, withinMs), undefined, { signal: deadline.signal }).then(
      () => this.#open.forEach((_, socket) => socket.bytesRead === 0 && socket.destroySoon()),
      () => undefined,
    )
    // Node looks for timeouts no more once it closes.
    const late = sleep(withinMs, undefined, { signal: deadline.signal }).then(
      () => this.#sockets.forEach(socket => socket.destroy()),
      () => undefined,
    )
    await closed
    deadline.abort()
    await Promise.all([silent, late])
  }

  #onSocket(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    if (this.#sockets.size <= this.#options.most) return
    const idle = [...this.#open].find(([, responses]) => responses.size === 0)?.[0]
    ;(idle ?? socket).destroy()
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
      // The last used is the last in the map.
      this.#open.delete(socket)
      this.#open.set(socket, responses)
      // Its head may have been sent before the end began, and have said that the connection is kept.
      if (this.#isClosing) socket.destroySoon()
    })
  }

  #onError(error: NodeJS.ErrnoException, socket: Socket): void {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket.bytesRead === 0) return this.#keepSilent(socket)
    const responses = [...(this.#open.get(socket) ?? [])]
    if (!socket.writable || responses.some(response => response.headersSent)) socket.destroy()
    else answerClientError(error, socket)
  }

  /** Balancers open connections ahead of requests: one that has sent nothing yet is as idle as one between two requests. Node times its first one anew. */
  #keepSilent(socket: Socket): void {
    const end = setTimeout(() => socket.bytesRead === 0 && socket.destroySoon(), this.#options.keepAliveMs)
    socket.once('close', () => clearTimeout(end))
  }
}
