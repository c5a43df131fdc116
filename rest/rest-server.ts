import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { checkOptions, completeOptions } from '../base/options/index.ts'
import { messageOf, SluiceError } from '../base/index.ts'
import type { QueryableStreams } from '../topology/index.ts'
import { accessTokens, Connections } from './http/index.ts'
import type { RestOptions, TlsOptions } from './rest-options.ts'
import { createApp, createHopClient } from './app.ts'
import { restOptionTable } from './options/index.ts'

/** What the server answers for, and how. */
export interface RestServerOptions extends RestOptions {
  /** May still be 'created': a taken port then stops the start before the group is joined. */
  readonly streams: QueryableStreams
  /** 0: any free one. */
  readonly port: number
  /** Beyond it the connection that has been idle for longest is ended; where none is idle, the new one. Default 2048. */
  readonly maxConnections?: number
  /** How long an idle connection is kept, ms; default 75,000: longer than balancers do, so that the end is theirs. */
  readonly keepAliveMs?: number
  /** How long `close` lets running requests go on, ms; default 3000. */
  readonly closeWithinMs?: number
}

/** A server that listens, until it is closed. */
export interface RestServer {
  /** The address that is listened on. */
  readonly host: string
  /** The one that is listened on. */
  readonly port: number
  /** Not ready any more. Goes on answering, on new connections too; each answer ends its connection, so that clients go elsewhere. */
  drain(): void
  /** Takes other tokens, or another certificate and other authorities, for what comes from now on. Throws CONFIG_INVALID, and nothing has changed. */
  renew(access: RenewedAccess): void
  /** Stops accepting, ends idle connections, lets running requests finish until the deadline, then cuts them. */
  close(): Promise<void>
}

/** Each as at the start; one that is not given stays. What was not there at the start cannot come. */
export interface RenewedAccess {
  /** At least one. */
  readonly tokens?: readonly string[] | undefined
  /** A certificate with its key. */
  readonly tls?: TlsOptions | undefined
}

/** Listens. Throws PORT_TAKEN; CONFIG_INVALID for an option that is not allowed, and when the address cannot be listened on for another reason. */
export async function startRestServer(options: RestServerOptions): Promise<RestServer> {
  checkOptions({ of: 'startRestServer' }, restOptionTable, options)
  const { streams } = options
  const { host, port, maxConnections: most, keepAliveMs, closeWithinMs } = completeOptions(restOptionTable, options)
  const token = accessTokens(streams.applicationId, options.token)
  const hops = createHopClient(streams, { ...options, token })
  const server = newServer(options, keepAliveMs)
  const connections = new Connections(server, { tls: options.tls !== undefined, most, keepAliveMs })
  const app = createApp(streams, { ...options, token, hops, drain: connections }).callback()
  server.on('request', (request, response) => void app(request, response))
  await listen(server, host, port)
  server.on('error', error => options.log?.('error', 'the HTTP server failed', { error: error.message }))
  let closed: Promise<void> | undefined
  return {
    host,
    port: (server.address() as AddressInfo).port,
    drain: () => connections.drain(),
    renew: ({ tokens, tls }) => {
      if (tls !== undefined && 'setSecureContext' in server) {
        server.setSecureContext(secured(tls))
        hops.trust(tls.ca)
      }
      if (tokens !== undefined) token?.replace(tokens)
    },
    close: () => (closed ??= connections.close(closeWithinMs).finally(() => hops.close())),
  }
}

/** Slow senders are cut: 5 s for the head of a request and for TLS; how long a body may take, its route says. */
const limits = {
  headersTimeout: 5000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16_384,
  // The app says what is missing.
  requireHostHeader: false,
}

/** Throws CONFIG_INVALID. */
function newServer({ tls }: RestServerOptions, keepAliveTimeout: number): Server | TlsServer {
  const options = { ...limits, keepAliveTimeout }
  return tls === undefined ? createServer(options) : createTlsServer({ ...options, handshakeTimeout: 5000, ...secured(tls) })
}

/** Throws CONFIG_INVALID. */
function secured({ cert, key, ca }: TlsOptions): SecureContextOptions {
  try {
    // An empty file is a context too, one that no handshake succeeds with.
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new Error('the key does not belong to the certificate')
    createSecureContext({ cert, key })
  } catch (error) {
    throw new SluiceError('CONFIG_INVALID', `tlsCert and tlsKey are not a certificate and its private key: ${messageOf(error)}`, {
      cause: error,
    })
  }
  if (ca !== undefined) checkAuthorities(ca)
  return { minVersion: 'TLSv1.2', cert, key }
}

/** What is no certificate among them would be left out in silence. Throws CONFIG_INVALID. */
function checkAuthorities(ca: string): void {
  try {
    const whole = ca.match(/-----BEGIN ([A-Z0-9 ]*CERTIFICATE)-----[^-]*-----END \1-----/g) ?? []
    if (whole.length === 0 || whole.length !== ca.match(/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/g)?.length)
      throw new Error('it holds no certificate, or an incomplete one')
    for (const each of whole) createSecureContext({ cert: each })
  } catch (error) {
    throw new SluiceError('CONFIG_INVALID', `tlsCa is not a list of certificates as PEM: ${messageOf(error)}`, { cause: error })
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    const listening = once(server, 'listening')
    server.listen(port, host)
    await listening
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new SluiceError(
        'PORT_TAKEN',
        `port ${port} on ${host} is in use by another program: stop that program or choose another port`,
        {
          cause: error,
        },
      )
    }
    throw new SluiceError('CONFIG_INVALID', `cannot listen on ${host}:${port}: ${messageOf(error)}`, { cause: error })
  }
}
