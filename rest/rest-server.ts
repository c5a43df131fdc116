import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { checkedOptions, completeOptions } from '../base/options/index.ts'
import { checkCertificates, isolated, messageOf, SluiceError } from '../base/index.ts'
import type { PeerAccess } from '../topology/index.ts'
import { type AccessTokens, accessTokens, Connections } from './http/index.ts'
import { PeerRules } from './hops/index.ts'
import type { RestServerOptions, TlsOptions } from './rest-server-options.ts'
import { createApp, createHopClient } from './app.ts'
import { HealthServer } from './health-server.ts'
import { listen } from './listen.ts'
import { type RenewedAccess, renewedAccess } from './renewed-access.ts'
import { restOptionTable } from './options/index.ts'

/** A server that listens until it is closed. */
export interface RestServer {
  /** The address on which the server listens. */
  readonly host: string
  /** The port on which the server listens. */
  readonly port: number
  /** The port of the listener for health checks; undefined: there is none. */
  readonly healthPort: number | undefined
  /**
   * /health/ready answers 503 from now on. The server still accepts connections and answers requests, but closes each connection after its
   * answer, so that clients go to another instance.
   */
  drain(): void
  /** Replaces the tokens, or the certificate and the authorities, for new requests and connections. Throws CONFIG_INVALID and then changes nothing. */
  renew(access: RenewedAccess): void
  /** For `SluiceStreams.restrictPeers`: instances that watch each other show that they have a token, and connect to addresses of `peers` alone. */
  readonly peerAccess: PeerAccess
  /** Stops accepting connections, closes idle ones, waits `closeWithinMs` for running requests, then closes the rest. */
  close(): Promise<void>
}

/** Starts a server. Throws PORT_TAKEN; CONFIG_INVALID for an invalid option, and when the server cannot listen for another reason. */
export async function startRestServer(given: RestServerOptions): Promise<RestServer> {
  const checked = completeOptions(restOptionTable, checkedOptions({ of: 'startRestServer' }, restOptionTable, given))
  const { log } = checked as typeof checked & RestServerOptions
  const options = { ...(checked as typeof checked & RestServerOptions), log: log && isolated(log) }
  const { streams, host, port, maxConnections: most, maxConnectionsPerAddress, keepAliveMs, closeWithinMs } = options
  const token = accessTokens(streams.applicationId, options.token)
  const hops = createHopClient(streams, { ...options, token })
  const server = newServer(options, keepAliveMs)
  const connections = new Connections(server, {
    tls: options.tls !== undefined,
    most,
    mostOfAddress: maxConnectionsPerAddress,
    keepAliveMs,
  })
  const app = createApp(streams, { ...options, token, hops, drain: connections }).callback()
  server.on('request', (request, response) => void app(request, response))
  await listen(server, host, port)
  const health =
    options.healthPort === undefined
      ? undefined
      : await HealthServer.open((request, response) => void app(request, response), host, options.healthPort).catch(closed(server))
  server.on('error', error => options.log?.('error', 'the HTTP server failed', { error: error.message }))
  let closing: Promise<void> | undefined
  return {
    host,
    port: (server.address() as AddressInfo).port,
    healthPort: health?.port,
    drain: () => connections.drain(),
    renew: given => {
      const { tokens, tls } = renewedAccess(given)
      if (tls !== undefined && 'setSecureContext' in server) {
        server.setSecureContext(secured(tls))
        hops.trust(tls.ca)
      }
      if (tokens !== undefined) token?.replace(tokens)
    },
    peerAccess: peerAccessOf(token, options.peers),
    close: () => (closing ??= closeAll(connections, closeWithinMs, health).finally(() => hops.close())),
  }
}

function peerAccessOf(tokens: AccessTokens | undefined, peers: RestServerOptions['peers']): PeerAccess {
  const keys = (): readonly Uint8Array[] => tokens?.peerKeys ?? []
  if (peers === undefined) return { keys }
  const rules = new PeerRules(peers)
  return { keys, lookupFor: host => rules.lookupFor(host) }
}

/** Slow senders are disconnected: 5 s for the headers and the TLS handshake, 60 s for the request; a route's BodySpec limits its body. */
const limits = {
  headersTimeout: 5000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16_384,
  // The guard refuses a missing Host header itself, with an error body.
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
    // createSecureContext accepts an empty certificate, with which no handshake succeeds; X509Certificate does not.
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

/** Throws CONFIG_INVALID. */
function checkAuthorities(ca: string): void {
  try {
    checkCertificates(ca)
  } catch (error) {
    throw new SluiceError('CONFIG_INVALID', `tlsCa is not a list of certificates as PEM: ${messageOf(error)}`, { cause: error })
  }
}

/** Health is answered for as long as requests are. */
async function closeAll(connections: Connections, withinMs: number, health: HealthServer | undefined): Promise<void> {
  await connections.close(withinMs)
  await health?.close()
}

/** What follows when a second listener cannot be opened: the first is closed, and the failure thrown. */
function closed(server: Server): (error: unknown) => never {
  return error => {
    server.close()
    throw error
  }
}
