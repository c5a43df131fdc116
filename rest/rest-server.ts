import { once } from 'node:events'
import type { Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, SluiceError } from '../proto/sluice-error.ts'
import type { QueryableStreams } from '../topology/queryable-streams.ts'
import type { AppOptions } from './app.ts'
import { createApp, createHopClient } from './app.ts'

export interface RestServerOptions extends Omit<AppOptions, 'hops'> {
  /** May still be 'created': a taken port then stops the start before the group is joined. */
  readonly streams: QueryableStreams
  /** 127.0.0.1 unless told. */
  readonly host?: string
  /** 0: any free one. */
  readonly port: number
  /** Connections beyond it are dropped; 1000 unless told. */
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
  const { streams, host = '127.0.0.1', port, maxConnections = 1000, closeWithinMs = 3000 } = options
  const hops = createHopClient(streams, options)
  const limits = { headersTimeout: 5000, requestTimeout: 10_000, connectionsCheckingInterval: 1000 }
  const server = createServer(limits, createApp(streams, { ...options, hops }).callback())
  server.maxConnections = maxConnections
  const traffic = trackTraffic(server)
  await listen(server, host, port)
  server.on('error', error => options.log?.('error', 'the HTTP server failed', { error: error.message }))
  let closed: Promise<void> | undefined
  return {
    host,
    port: (server.address() as AddressInfo).port,
    close: () => (closed ??= closeServer(server, traffic, closeWithinMs).finally(() => hops.close())),
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
  readonly connections: ReadonlySet<Socket>
  readonly responses: ReadonlySet<ServerResponse>
}

function trackTraffic(server: Server): Traffic {
  const connections = new Set<Socket>()
  const responses = new Set<ServerResponse>()
  server.on('connection', socket => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  server.prependListener('request', (_request, response) => {
    responses.add(response)
    response.once('close', () => responses.delete(response))
  })
  return { connections, responses }
}

async function closeServer(server: Server, { connections, responses }: Traffic, withinMs: number): Promise<void> {
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
    () => server.closeAllConnections(),
    () => undefined,
  )
  await closed
  deadline.abort()
  await late
}
