import type { RestLog, Route } from './http/index.ts'
import type { ModelServices } from './routes/index.ts'

/** Options of the HTTP API of an application. */
export interface RestOptions {
  /** The address on which the server listens; default 127.0.0.1. */
  readonly host?: string
  /**
   * Hosts, `*.domain`s and addresses that requests may be addressed to, in addition to loopback names and the advertised host. Default: no
   * other host if `host` is a loopback address, otherwise any host.
   */
  readonly allowedHosts?: readonly string[] | undefined
  /**
   * Bearer tokens: every request must carry one of them, except health checks and the dashboard page. Requests to other instances are signed
   * with the first, which every instance of the group must therefore accept. Default: no token is needed.
   */
  readonly token?: string | readonly string[] | undefined
  /** Origins (`https://ui.example`) whose pages may send requests from a browser (CORS); `*`: all. Default none. */
  readonly corsOrigins?: readonly string[] | undefined
  /** How long a request waits for a rebalance to end before it is answered with 503, ms; default 2000. */
  readonly retryMs?: number
  /** Deadline of one request to another instance, ms; default 2000. */
  readonly hopTimeoutMs?: number
  /** Maximum number of requests in progress, not counting health checks; further ones are answered with 503. Default 512. */
  readonly maxRequests?: number
  /** Certificate and key of the server, and authorities for the other instances' certificates, as PEM; undefined: plain HTTP. */
  readonly tls?: TlsOptions | undefined
  /** Hosts, addresses and networks of other instances that this instance may connect to; default any. */
  readonly peers?: readonly string[] | undefined
  /** Version of the program; /health/ready, /v2 and /openapi.json report it. */
  readonly version?: string | undefined
  /** Receives the log lines of the server; default: they are discarded. */
  readonly log?: RestLog
  /** The services behind /models and /v2; undefined: these routes do not exist. */
  readonly models?: ModelServices | undefined
  /** Name of the server that /v2 reports; default `sluice`. */
  readonly serverName?: string | undefined
  /** Whether /metrics also has inference requests under the metric names of the Triton Inference Server; default false. */
  readonly tritonMetrics?: boolean | undefined
  /** Routes of the program, in addition to those of this server. */
  readonly routes?: readonly Route[] | undefined
}

/** The certificate of a server, and the authorities that it trusts, all as PEM. */
export interface TlsOptions {
  /** The certificate, followed by any intermediate certificates. */
  readonly cert: string
  /** The private key of the certificate. */
  readonly key: string
  /** Certificates of the authorities for the other instances' certificates; undefined: those that Node.js trusts. */
  readonly ca?: string | undefined
}
