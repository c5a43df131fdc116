// Written from ./options/rest-option-table.ts by scripts/generate-options.ts: change it there, then run `npm run options`.
import type { QueryableStreams } from '../topology/index.ts'
import type { RestLog, Route } from './http/index.ts'
import type { ControlService, ModelServices } from './routes/index.ts'

/** The options of `startRestServer`. A wrong one is refused with CONFIG_INVALID; one that is undefined counts as not given. */
export interface RestServerOptions {
  /**
   * Application that the server answers for; it need not have started.
   *
   * Allowed: an application: a SluiceStreams, or an object with all functions of QueryableStreams.
   */
  readonly streams: QueryableStreams
  /**
   * Address on which REST listens.
   *
   * Allowed: the name or address of a host.
   *
   * @defaultValue `127.0.0.1`
   */
  readonly host?: string | undefined
  /**
   * Port on which REST listens; 0: any free port.
   *
   * Allowed: a whole number from 0 to 65535.
   */
  readonly port: number
  /**
   * Bearer tokens; a request must carry one of them; the instance signs its requests to other instances with the first.
   *
   * Allowed: text, or a list of texts.
   *
   * @defaultValue none: no request needs a token
   */
  readonly token?: string | readonly string[] | undefined
  /**
   * Certificate and key of the server.
   *
   * Allowed: an object of cert, key, ca.
   *
   * @defaultValue plain HTTP
   */
  readonly tls?: TlsOptions | undefined
  /**
   * Addresses of other instances that this instance may connect to; it sends no request to an instance at another address.
   *
   * Allowed: a list of hosts, *.domain, addresses or network/bits.
   *
   * @defaultValue anywhere
   */
  readonly peers?: readonly string[] | undefined
  /**
   * Hosts that requests may be addressed to, in addition to loopback names and the advertised host.
   *
   * Allowed: a list of hosts, *.domain or addresses.
   *
   * @defaultValue no other host if REST listens on a loopback address, otherwise any host
   */
  readonly allowedHosts?: readonly string[] | undefined
  /**
   * Origins whose pages may send requests to REST from a browser (CORS).
   *
   * Allowed: a list of origins as https://host:port, or *.
   *
   * @defaultValue none
   */
  readonly corsOrigins?: readonly string[] | undefined
  /**
   * How long REST keeps an idle connection open; it must be longer than the load balancer's idle timeout.
   *
   * Unit: ms. Allowed: a whole number from 1000 to 86400000.
   *
   * @defaultValue `75000`
   */
  readonly keepAliveMs?: number | undefined
  /**
   * Maximum number of connections; above it the connection that has been idle longest is closed, or the new one if none is idle.
   *
   * Unit: connections. Allowed: a whole number from 1 to 1000000.
   *
   * @defaultValue `2048`
   */
  readonly maxConnections?: number | undefined
  /**
   * Maximum number of connections of one client address; above it the one of them that has been idle longest is closed, or the new one if none is idle.
   *
   * Unit: connections. Allowed: a whole number from 1 to 1000000.
   *
   * @defaultValue `1024`
   */
  readonly maxConnectionsPerAddress?: number | undefined
  /**
   * Port of a second listener, on the same host, that answers health checks alone; 0: any free port.
   *
   * Allowed: a whole number from 0 to 65535.
   *
   * @defaultValue none: health checks come to the port of REST
   */
  readonly healthPort?: number | undefined
  /**
   * Maximum number of requests in progress, not counting health checks; above it REST answers 503.
   *
   * Unit: requests. Allowed: a whole number from 1 to 1000000.
   *
   * @defaultValue `512`
   */
  readonly maxRequests?: number | undefined
  /**
   * How long a request waits for a rebalance to end before REST answers 503.
   *
   * Unit: ms. Allowed: a whole number from 0 to 600000.
   *
   * @defaultValue `2000`
   */
  readonly retryMs?: number | undefined
  /**
   * Deadline of a request to another instance.
   *
   * Unit: ms. Allowed: a whole number from 1 to 600000.
   *
   * @defaultValue `2000`
   */
  readonly hopTimeoutMs?: number | undefined
  /**
   * How long `close` waits for running requests before it closes their connections.
   *
   * Unit: ms. Allowed: a whole number from 0 to 3600000.
   *
   * @defaultValue `3000`
   */
  readonly closeWithinMs?: number | undefined
  /**
   * Server name that /v2 reports; some Triton clients require "triton".
   *
   * Allowed: text that is not empty.
   *
   * @defaultValue `sluice`
   */
  readonly serverName?: string | undefined
  /**
   * Whether /metrics also reports inference requests under the metric names of the Triton Inference Server.
   *
   * Allowed: true or false.
   *
   * @defaultValue `false`
   */
  readonly tritonMetrics?: boolean | undefined
  /**
   * Version of the program, as /health/ready, /v2 and /openapi.json report it.
   *
   * Allowed: text that is not empty.
   */
  readonly version?: string | undefined
  /**
   * Model services behind /models and /v2.
   *
   * Allowed: what openModelServices returns.
   *
   * @defaultValue none: there are no routes /models and /v2
   */
  readonly models?: ModelServices | undefined
  /**
   * Controlled streams behind /controls.
   *
   * Allowed: a list of what controlService returns, each with another name.
   *
   * @defaultValue none: there are no routes /controls
   */
  readonly controls?: readonly ControlService[] | undefined
  /**
   * Routes of the program, in addition to those of this server.
   *
   * Allowed: a list of routes, each with path, summary, responses and a function answer.
   *
   * @defaultValue none
   */
  readonly routes?: readonly Route[] | undefined
  /**
   * Where log lines go.
   *
   * Allowed: a function.
   *
   * @defaultValue nowhere
   */
  readonly log?: RestLog | undefined
}

/** The certificate of a server, and the authorities that it trusts, all as PEM. */
export interface TlsOptions {
  /**
   * Certificate, as PEM.
   *
   * Allowed: text that is not empty.
   */
  readonly cert: string
  /**
   * The certificate's private key, as PEM.
   *
   * Allowed: text that is not empty.
   */
  readonly key: string
  /**
   * Certificates of the authorities that issue the other instances' certificates, as PEM.
   *
   * Allowed: text that is not empty.
   *
   * @defaultValue Node.js's own list, and those in the file of NODE_EXTRA_CA_CERTS
   */
  readonly ca?: string | undefined
}
