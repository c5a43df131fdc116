import {
  flag,
  hostName,
  integer,
  isObject,
  kindOf,
  listKind,
  nodeAuthorities,
  option,
  optional,
  optionsWithin,
  required,
  text,
  type ValueKind,
} from '../../base/options/index.ts'
import { peers, requestHosts, token, tokens, webOrigins } from './rest-option-kinds.ts'

const minute = 60_000

const functions =
  'instances ownerOf standbysOf formerOwnerOf tasks counters metrics query queryStale queryVersions queryPartitions queryLatest'.split(' ')

/** Its id is read too: a Proxy of a SluiceStreams has the functions, and throws at each of them. */
const application = kindOf<unknown>(
  'QueryableStreams',
  'an application: a SluiceStreams, or an object with all functions of QueryableStreams',
  value => isObject(value) && functions.every(name => typeof value[name] === 'function') && typeof value['applicationId'] === 'string',
)

const tokenKind = kindOf<unknown>(
  'string | readonly string[]',
  'text, or a list of texts',
  value => token.accepts(value) || tokens.accepts(value),
)

const services = listKind<{ readonly name: string }>(
  'readonly ControlService[]',
  'a list of what controlService returns, each with another name',
  { each: isControlService, mayBeEmpty: true },
)

const controls: ValueKind<readonly { readonly name: string }[]> = {
  ...services,
  accepts: (value): value is readonly { readonly name: string }[] =>
    services.accepts(value) && new Set(value.map(({ name }) => name)).size === value.length,
}

export const restTlsTable = {
  cert: required(text, 'certificate, as PEM', { secret: true }),
  key: required(text, "the certificate's private key, as PEM", { secret: true }),
  ca: optional(text, "certificates of the authorities that issue the other instances' certificates, as PEM", {
    defaultText: nodeAuthorities,
  }),
} as const

/** The options of `startRestServer` with ranges and defaults; settings of `sluice serve` with the same names refer to them. */
export const restOptionTable = {
  streams: required(application, 'application that the server answers for; it need not have started'),
  host: option(hostName, '127.0.0.1', 'address on which REST listens'),
  port: required(integer(0, 65_535), 'port on which REST listens; 0: any free port'),
  token: optional(
    { ...tokenKind, copy: value => tokens.copy?.(value) ?? value },
    'bearer tokens; a request must carry one of them; the instance signs its requests to other instances with the first',
    { defaultText: 'none: no request needs a token', secret: true },
  ),
  tls: optional(optionsWithin<unknown>('TlsOptions', restTlsTable), 'certificate and key of the server', {
    defaultText: 'plain HTTP',
    secret: true,
  }),
  peers: optional(
    peers,
    'addresses of other instances that this instance may connect to; it sends no request to an instance at another address',
    {
      defaultText: 'anywhere',
    },
  ),
  allowedHosts: optional(requestHosts, 'hosts that requests may be addressed to, in addition to loopback names and the advertised host', {
    defaultText: 'no other host if REST listens on a loopback address, otherwise any host',
  }),
  corsOrigins: optional(webOrigins, 'origins whose pages may send requests to REST from a browser (CORS)', { defaultText: 'none' }),
  keepAliveMs: option(
    integer(1000, 24 * 60 * minute),
    75_000,
    "how long REST keeps an idle connection open; it must be longer than the load balancer's idle timeout",
    {
      unit: 'ms',
    },
  ),
  maxConnections: option(
    integer(1, 1_000_000),
    2048,
    'maximum number of connections; above it the connection that has been idle longest is closed, or the new one if none is idle',
    {
      unit: 'connections',
    },
  ),
  maxConnectionsPerAddress: option(
    integer(1, 1_000_000),
    1024,
    'maximum number of connections of one client address; above it the one of them that has been idle longest is closed, or the new one if none is idle',
    {
      unit: 'connections',
    },
  ),
  healthPort: optional(
    integer(0, 65_535),
    'port of a second listener, on the same host, that answers health checks alone; 0: any free port',
    {
      defaultText: 'none: health checks come to the port of REST',
    },
  ),
  maxRequests: option(
    integer(1, 1_000_000),
    512,
    'maximum number of requests in progress, not counting health checks; above it REST answers 503',
    {
      unit: 'requests',
    },
  ),
  retryMs: option(integer(0, 10 * minute), 2000, 'how long a request waits for a rebalance to end before REST answers 503', {
    unit: 'ms',
  }),
  hopTimeoutMs: option(integer(1, 10 * minute), 2000, 'deadline of a request to another instance', { unit: 'ms' }),
  closeWithinMs: option(integer(0, 60 * minute), 3000, 'how long `close` waits for running requests before it closes their connections', {
    unit: 'ms',
  }),
  serverName: option(text, 'sluice', 'server name that /v2 reports; some Triton clients require "triton"'),
  tritonMetrics: option(
    flag,
    false,
    'whether /metrics also reports inference requests under the metric names of the Triton Inference Server',
  ),
  version: optional(text, 'version of the program, as /health/ready, /v2 and /openapi.json report it'),
  models: optional(
    kindOf<unknown>('ModelServices', 'what openModelServices returns', isModelServices),
    'model services behind /models and /v2',
    {
      defaultText: 'none: there are no routes /models and /v2',
    },
  ),
  controls: optional(controls, 'controlled streams behind /controls', { defaultText: 'none: there are no routes /controls' }),
  routes: optional(
    listKind<unknown>('readonly Route[]', 'a list of routes, each with path, summary, responses and a function answer', {
      each: isRoute,
      mayBeEmpty: true,
    }),
    'routes of the program, in addition to those of this server',
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

function isModelServices(value: unknown): boolean {
  if (!isObject(value)) return false
  const { registry, publisher, store, maxBatch } = value
  return (
    [registry, publisher].every(part => typeof part === 'object' && part !== null) &&
    typeof store === 'string' &&
    typeof maxBatch === 'number'
  )
}

function isControlService(value: unknown): boolean {
  return (
    isObject(value) && typeof value['name'] === 'string' && typeof value['write'] === 'function' && typeof value['applied'] === 'function'
  )
}

function isRoute(value: unknown): boolean {
  if (!isObject(value)) return false
  const { path, summary, responses, answer } = value
  return (
    typeof path === 'string' && path.startsWith('/') && typeof summary === 'string' && isObject(responses) && typeof answer === 'function'
  )
}
