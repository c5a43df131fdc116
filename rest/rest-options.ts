import type { RestLog, Route } from './http/index.ts'
import type { ModelServices } from './routes/index.ts'

/** How an application answers over HTTP, whatever server it runs in. */
export interface RestOptions {
  /** The address that is listened on; default 127.0.0.1. */
  readonly host?: string
  /**
   * Hosts, `*.domain`s and addresses that requests may be addressed to, beside loopback ones and the instance's own. Default: no others on a
   * loopback address, and any elsewhere.
   */
  readonly allowedHosts?: readonly string[] | undefined
  /** Asked of every request but health checks: any of them. The first is what hops are signed with, which the whole group has to know. */
  readonly token?: string | readonly string[] | undefined
  /** Origins (`https://ui.example`) whose pages may ask by CORS; `*`: all. Default none. */
  readonly corsOrigins?: readonly string[] | undefined
  /** How long a request waits for a rebalance to end before it is answered 503, ms; default 2000. */
  readonly retryMs?: number
  /** Deadline of one hop, ms; default 2000. */
  readonly hopTimeoutMs?: number
  /** Requests that are worked on at a time, health checks apart; beyond it 503; default 512. */
  readonly maxRequests?: number
  /** Certificate and key of the server, and authorities that vouch for the other instances', as PEM; undefined: plain HTTP. */
  readonly tls?: TlsOptions | undefined
  /** Hosts, addresses and networks that hops may go to; default any. */
  readonly peers?: readonly string[] | undefined
  /** Of the program, for those who look after several instances. */
  readonly version?: string | undefined
  /** Where the server's own messages go; default nowhere. */
  readonly log?: RestLog
  /** What publishing models and the inference protocol work with; without it there are no such routes. */
  readonly models?: ModelServices | undefined
  /** What /v2 calls this server; default `sluice`. */
  readonly serverName?: string | undefined
  /** Inference requests are counted by the Triton Inference Server's names too; default false. */
  readonly tritonMetrics?: boolean | undefined
  /** The program's own, beside those of this layer. */
  readonly routes?: readonly Route[] | undefined
}

/** A server's identity, and whom it trusts: PEM. */
export interface TlsOptions {
  /** The certificate, with those between it and an authority. */
  readonly cert: string
  /** Its private key. */
  readonly key: string
  /** Authorities that vouch for other instances; undefined: the system's. */
  readonly ca?: string | undefined
}
