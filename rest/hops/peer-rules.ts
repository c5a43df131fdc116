import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { BlockList, isIP } from 'node:net'
import { SluiceError } from '../../base/index.ts'

/**
 * The addresses of other instances that this instance may connect to: host names (`*` matches one label or more), addresses, and networks
 * such as `10.0.0.0/8`. The addresses that the group lists are not trusted, because any member of the group could list any address.
 */
export class PeerRules {
  readonly #names: readonly RegExp[]
  readonly #addresses = new BlockList()

  /** Throws CONFIG_INVALID. */
  constructor(patterns: readonly string[]) {
    const names: RegExp[] = []
    for (const pattern of patterns) {
      const [address = '', bits, ...more] = pattern.split('/')
      const family = isIP(address)
      if (family === 0) {
        if (bits !== undefined || !/^[\w*.-]+$/.test(pattern)) throw notAllowed(pattern)
        names.push(new RegExp(`^${pattern.replaceAll('.', String.raw`\.`).replaceAll('*', '[\\w.-]+')}$`, 'i'))
      } else this.#add(pattern, address, more.length > 0 ? Number.NaN : Number(bits ?? (family === 4 ? 32 : 128)))
    }
    this.#names = names
  }

  /** The lookup function for a connection to the host; undefined: the default one. Throws OWNER_UNREACHABLE for an address that is not allowed. */
  lookupFor(host: string): LookupFunction | undefined {
    if (this.#names.some(name => name.test(host))) return undefined
    if (isIP(host) === 0) return this.#lookup
    if (!this.#allows(host)) throw refused(host)
    return undefined
  }

  /** Resolves a name to those of its addresses that the rules allow. */
  readonly #lookup: LookupFunction = (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '', 4)
      const allowed = found.filter(({ address }) => this.#allows(address))
      const [first] = allowed
      if (first === undefined) return callback(refused(host), '', 4)
      if (options.all === true) (callback as unknown as (error: null, addresses: LookupAddress[]) => void)(null, allowed)
      else callback(null, first.address, first.family)
    })
  }

  #allows(address: string): boolean {
    return this.#addresses.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  }

  #add(pattern: string, address: string, bits: number): void {
    try {
      this.#addresses.addSubnet(address, bits, isIP(address) === 6 ? 'ipv6' : 'ipv4')
    } catch {
      throw notAllowed(pattern)
    }
  }
}

function refused(host: string): SluiceError {
  return new SluiceError('OWNER_UNREACHABLE', `the setting peers does not allow connections to ${host}`)
}

function notAllowed(pattern: string): SluiceError {
  return new SluiceError(
    'CONFIG_INVALID',
    `peers ${JSON.stringify(pattern)} is not allowed; allowed: a host, *.domain, an address or network/bits`,
  )
}
