import { once } from 'node:events'
import type { RequestListener, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, SluiceError } from '../proto/sluice-error.ts'
import type { QueryableStreams } from '../topology/queryable-streams.ts'
import type { AppOptions } from './app.ts'
import { createApp, createHopClient } from './app.ts'

export interface RestServerOptions extends Omit<AppOptions, 'hops'> {
  /** May still be 'created': a taken port then stops the start before the group is joined. */
  readonly streams: QueryableStreams
  /** 0: any free one. */
  readonly port: number
  /** Connections beyond it are dropped; 2048 unless told. */
  readonly maxConnections?: number
  /** How long `close` lets running requests go on; 3000 unless told. */
  readonly closeWithinMs?: number
}

export interface RestServer {
  readonly host: string
  /** The one that is listened on. */
  readonly port: number
  /** Stops accepting, ends idle connections, lets running requests finish until the deadline, then cuts them. */
  close(): Promise<void>
}

/** Listens. Throws PORT_TAKEN, and CONFIG_INVALID when the address cannot be listened on for another reason. */
export async function startRestServer(options: RestServerOptions): Promise<RestServer> {
  const { streams, host = '127.0.0.1', port, maxConnections = 2048, closeWithinMs = 3000 } = options
  const hops = createHopClient(streams, options)
  const server = newServer(options, createApp(streams, { ...options, hops }).callback())
  server.maxConnections = maxConnections
  const traffic = trackTraffic(server, options.tls === undefined ? 'connection' : 'secureConnection')
  await listen(server, host, port)
  server.on('error', error => options.log?.('error', 'the HTTP server failed', { error: error.message }))
  let closed: Promise<void> | undefined
  return {
    host,
    port: (server.address() as AddressInfo).port,
    close: () => (closed ??= closeServer(server, traffic, closeWithinMs).finally(() => hops.close())),
  }
}

/** Slow senders are cut: 5 s for the head of a request and for TLS; how long a body may take, its route says. */
const limits = {
  headersTimeout: 5000,
  requestTimeout: 60_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16_384,
}

/** Throws CONFIG_INVALID. */
function newServer({ tls }: RestServerOptions, listener: RequestListener): Server {
  if (tls === undefined) return createServer(limits, listener)
  try {
    const { cert, key } = tls
    return createTlsServer({ ...limits, handshakeTimeout: 5000, minVersion: 'TLSv1.2', cert, key }, listener)
  } catch (error) {
    throw new SluiceError('CONFIG_INVALID', `tlsCert and tlsKey are no certificate and its key: ${messageOf(error)}`, { cause: error })
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    const listening = once(server, 'listening')
    server.listen(port, host)
    await listening
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new SluiceError('PORT_TAKEN', `port ${port} of ${host} is taken by another program: stop it or choose another port`, {
        cause: error,
      })
    }
    throw new SluiceError('CONFIG_INVALID', `cannot listen on ${host}:${port}: ${messageOf(error)}`, { cause: error })
  }
}

/** What is open now. */
interface Traffic {
  /** As requests know them: under TLS, those whose handshake is over. */
  readonly connections: ReadonlySet<Socket>
  /** What they lie on; the same without TLS. */
  readonly sockets: ReadonlySet<Socket>
  readonly responses: ReadonlySet<ServerResponse>
}

function trackTraffic(server: Server, event: 'connection' | 'secureConnection'): Traffic {
  const tracked = (name: string): Set<Socket> => {
    const open = new Set<Socket>()
    server.on(name, (socket: Socket) => {
      open.add(socket)
      socket.once('close', () => open.delete(socket))
    })
    return open
  }
  const responses = new Set<ServerResponse>()
  server.prependListener('request', (_request, response) => {
    responses.add(response)
    response.once('close', () => responses.delete(response))
  })
  return { connections: tracked(event), sockets: tracked('connection'), responses }
}

async function closeServer(server: Server, { connections, sockets, responses }: Traffic, withinMs: number): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  const busy = new Set<Socket>()
  for (const response of responses) {
    busy.add(response.req.socket)
    // A kept connection would outlive its answer: tell the client to end it.
    if (!response.headersSent) response.setHeader('Connection', 'close')
  }
  // Node itself leaves connections open that have sent no request yet, and looks for timeouts no more once it closes.
  for (const socket of connections) if (!busy.has(socket)) socket.destroySoon()
  const deadline = new AbortController()
  const late = sleep(withinMs, undefined, { signal: deadline.signal }).then(
    () => sockets.forEach(socket => socket.destroy()),
    () => undefined,
  )
  await closed
  deadline.abort()
  await late
}
