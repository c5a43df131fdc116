import { flag, integer, isObject, kindOf, option, optional, optionsWithin, required, text } from '../../base/options/index.ts'
import { peers, requestHosts, tokens, webOrigins } from './rest-option-kinds.ts'

const minute = 60_000

const tlsTable = {
  cert: required(text, 'certificate, as PEM'),
  key: required(text, "the certificate's private key, as PEM", { secret: true }),
  ca: optional(text, "authorities that vouch for the other instances' certificates, as PEM", { defaultText: "the system's" }),
} as const

/** The options of `startRestServer`: their ranges and defaults, and those of the settings of `sluice serve` that are the same. */
export const restOptionTable = {
  streams: required(kindOf<unknown>('QueryableStreams', 'an application', isObject), 'the application that is asked'),
  host: option(text, '127.0.0.1', 'address on which REST listens'),
  port: required(integer(0, 65_535), 'port on which REST listens; 0: any free one'),
  token: optional(
    kindOf<unknown>(
      'string | readonly string[]',
      'text, or a list of texts',
      value => text.accepts(value) || tokens.accepts(value) || isObject(value),
    ),
    'bearer tokens that REST asks for, one of them; the first is what this one asks others with',
    { defaultText: 'none: everything is open', secret: true },
  ),
  tls: optional(optionsWithin<unknown>('TlsOptions', tlsTable), 'certificate and key of the server', {
    defaultText: 'plain HTTP',
    secret: true,
  }),
  peers: optional(peers, 'where other instances of the group may be asked; what the group lists elsewhere is not connected to', {
    defaultText: 'anywhere',
  }),
  allowedHosts: optional(requestHosts, 'names by which REST may be asked, beside loopback ones and the advertised host', {
    defaultText: 'no others where REST listens on a loopback address, any elsewhere',
  }),
  corsOrigins: optional(webOrigins, 'whose pages a browser lets ask REST (CORS)', { defaultText: 'none' }),
  keepAliveMs: option(integer(1000, 24 * 60 * minute), 75_000, "how long REST keeps an idle connection; longer than the balancer's", {
    unit: 'ms',
  }),
  maxConnections: option(integer(1, 1_000_000), 2048, 'most connections; beyond it the one that has been idle for longest is ended', {
    unit: 'connections',
  }),
  maxRequests: option(integer(1, 1_000_000), 512, 'most requests that are worked on at a time, health checks apart; beyond it 503', {
    unit: 'requests',
  }),
  retryMs: option(integer(0, 10 * minute), 2000, 'how long a request waits for a rebalance to end before it is answered 503', {
    unit: 'ms',
  }),
  hopTimeoutMs: option(integer(1, 10 * minute), 2000, 'deadline of a request to another instance', { unit: 'ms' }),
  closeWithinMs: option(integer(0, 60 * minute), 3000, 'how long `close` lets running requests go on', { unit: 'ms' }),
  serverName: option(text, 'sluice', 'name that /v2 tells of this server; some clients made for Triton insist on "triton"'),
  tritonMetrics: option(flag, false, "inference requests in /metrics by the Triton Inference Server's names too"),
  version: optional(text, 'version of the program, for those who look after several instances'),
  models: optional(kindOf<unknown>('ModelServices', 'an object', isObject), 'what publishing models and the inference protocol work with', {
    defaultText: 'none: there are no such routes',
  }),
  routes: optional(
    kindOf<unknown>('readonly Route[]', 'a list of routes', value => Array.isArray(value)),
    "the program's own routes",
    { defaultText: 'none' },
  ),
  log: optional(
    kindOf<unknown>('RestLog', 'a function', value => typeof value === 'function'),
    'where log lines go',
    {
      defaultText: 'nowhere',
    },
  ),
} as const
