import { BlockList, isIP } from 'node:net'
import { RestError } from './errors.ts'

export interface HostRuleOptions {
  /** The address on which the server listens. */
  readonly host: string
  /** Names, `*.domain`s and addresses that requests may be addressed to, in addition to loopback names and the advertised host. */
  readonly allowed: readonly string[] | undefined
  /** Origins of pages that may send requests (CORS); `*`: all. */
  readonly origins?: readonly string[]
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Methods that change nothing. */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * The hosts that requests may be addressed to, and the origins whose pages may send them. A malicious page can resolve its own name to a loopback
 * address (DNS rebinding) and so reach an instance of this machine. The Host header is therefore checked when the instance listens on a loopback
 * address, and on any address when `allowed` is given.
 */
export class HostRules {
  readonly #isChecked: boolean
  readonly #allowed: readonly string[]
  readonly #origins: readonly string[]

  constructor({ host, allowed, origins = [] }: HostRuleOptions) {
    this.#origins = origins
    this.#isChecked = allowed !== undefined || isLoopback(host)
    this.#allowed = (allowed ?? []).map(name => name.toLowerCase())
  }

  /**
   * `header` undefined: an HTTP/1.0 request without Host, which load balancers send and browsers cannot; it is allowed. `own`: the advertised host
   * of this instance. Throws RestError HOST_REFUSED.
   */
  checkHost(header: string | undefined, own: string): void {
    if (!this.#isChecked || header === undefined) return
    const name = nameIn(header)
    if (name !== undefined && (isLoopback(name) || name === own.toLowerCase() || this.#isAllowed(name))) return
    const why = 'the host is neither a loopback name nor the advertised host of the instance, and allowedHosts does not list it'
    throw new RestError('HOST_REFUSED', `requests for host ${JSON.stringify(header)} are refused: ${why}`)
  }

  /** Refuses requests of pages of other sites, except those with a safe method. Throws RestError ORIGIN_REFUSED. */
  checkOrigin(method: string, origin: string, host: string): void {
    if (origin === '' || safeMethods.has(method) || isOriginAllowed(this.#origins, origin)) return
    const from = URL.canParse(origin) ? new URL(origin) : undefined
    const isWeb = from?.protocol === 'http:' || from?.protocol === 'https:'
    const here = isWeb && URL.canParse(`${from.protocol}//${host}`) ? new URL(`${from.protocol}//${host}`).host : undefined
    if (isWeb && (from.host === here || this.#isAllowed(nameIn(from.host) ?? ''))) return
    throw new RestError('ORIGIN_REFUSED', `pages from origin ${JSON.stringify(origin)} may not send requests that change something`)
  }

  #isAllowed(name: string): boolean {
    return this.#allowed.some(allowed => (allowed.startsWith('*.') ? name.endsWith(allowed.slice(1)) : name === allowed))
  }
}

/** Whether pages of the origin may send requests (CORS). */
export function isOriginAllowed(origins: readonly string[], origin: string): boolean {
  return origins.includes('*') || origins.includes(origin)
}

/** Whether connections to the name or address stay on this machine. */
function isLoopback(name: string): boolean {
  const family = isIP(name)
  if (family !== 0) return loopback.check(name, family === 6 ? 'ipv6' : 'ipv4')
  return name === 'localhost' || name.endsWith('.localhost')
}

/** The host of `host:port` in lower case, without brackets and a trailing dot; undefined: the text is malformed. */
function nameIn(header: string): string | undefined {
  const found = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]]+))(?::\d{0,5})?$/i.exec(header)
  return (found?.[1] ?? found?.[2])?.toLowerCase().replace(/\.$/, '')
}
