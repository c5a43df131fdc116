import { BlockList, isIP } from 'node:net'
import { RestError } from './errors.ts'

export interface HostRuleOptions {
  /** The address that is listened on. */
  readonly host: string
  /** Names, `*.domain`s and addresses that requests may be addressed to, beside the loopback ones and the instance's own. */
  readonly allowed: readonly string[] | undefined
  /** Of pages that may ask by CORS; `*`: all. */
  readonly origins?: readonly string[]
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Of them it is known that they do not change anything. */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * Which names an instance may be asked by, and which pages may ask it. A page in a browser can point its own name at an instance that only this machine
 * reaches, and would then be let in: so on a loopback address the name has to be a known one; on others it is looked at where names are given.
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
   * `header` undefined: there is none, as only HTTP/1.0 has it; so balancers ask, and no browser can. `own`: the host under which other instances
   * reach this one. Throws RestError HOST_REFUSED.
   */
  checkHost(header: string | undefined, own: string): void {
    if (!this.#isChecked || header === undefined) return
    const name = nameIn(header)
    if (name !== undefined && (isLoopback(name) || name === own.toLowerCase() || this.#isAllowed(name))) return
    const why = 'the host is neither a loopback name nor the advertised host of the instance, and allowedHosts does not list it'
    throw new RestError('HOST_REFUSED', `requests for host ${JSON.stringify(header)} are refused: ${why}`)
  }

  /** What changes something is not taken from pages of other sites. Throws RestError ORIGIN_REFUSED. */
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

/** Whether pages of the origin may ask by CORS. */
export function isOriginAllowed(origins: readonly string[], origin: string): boolean {
  return origins.includes('*') || origins.includes(origin)
}

/** Whether connections to the name or address stay on this machine. */
function isLoopback(name: string): boolean {
  const family = isIP(name)
  if (family !== 0) return loopback.check(name, family === 6 ? 'ipv6' : 'ipv4')
  return name === 'localhost' || name.endsWith('.localhost')
}

/** The host of `host:port`, without brackets and the dot at the end, in lower case. */
function nameIn(header: string): string | undefined {
  const found = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]]+))(?::\d{0,5})?$/i.exec(header)
  return (found?.[1] ?? found?.[2])?.toLowerCase().replace(/\.$/, '')
}
