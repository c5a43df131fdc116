import { checkedOptions, completeOptions, kindOf, optional, optionsWithin, required } from '../base/options/index.ts'
import { tokens } from './options/index.ts'
import type { TlsOptions } from './rest-server-options.ts'

/** New values of options of the start; an option that is absent keeps its value. An option that the start did not set is ignored. */
export interface RenewedAccess {
  /** At least one. */
  readonly tokens?: readonly string[] | undefined
  /** A certificate with its key. */
  readonly tls?: TlsOptions | undefined
}

const pem = kindOf<string>('string', 'PEM, as text', value => typeof value === 'string')
const secret = { secret: true }

const tlsTable = {
  cert: required(pem, 'certificate', secret),
  key: required(pem, 'its key', secret),
  ca: optional(pem, 'authorities', secret),
} as const

const renewedTable = {
  tokens: optional(tokens, 'bearer tokens', secret),
  tls: optional(optionsWithin<TlsOptions>('TlsOptions', tlsTable), 'certificate, key and authorities', secret),
} as const

/** A copy of the values. Throws CONFIG_INVALID for what no option of the start would accept; whether the key is that of the certificate shows itself later. */
export function renewedAccess(given: unknown): RenewedAccess {
  return completeOptions(renewedTable, checkedOptions({ of: 'renew' }, renewedTable, given))
}
