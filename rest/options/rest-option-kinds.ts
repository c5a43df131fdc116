import { isIP } from 'node:net'
import { listOf, type SettingKind, settingKind } from '../../base/options/index.ts'

/** A place that hops may go to: a host, all hosts of a domain, an address, or a network. */
const peer: SettingKind<string> = settingKind({
  type: 'string',
  allowed: 'a host, *.domain, an address or network/bits',
  placeholder: 'host',
  parse: raw => (typeof raw === 'string' && /^([\w*.-]+|[0-9a-fA-F:.]+(\/\d{1,3})?)$/.test(raw) ? raw : undefined),
})

/** A host that requests may be addressed to: a host name, all hosts of a domain, or an address. */
const requestHost: SettingKind<string> = settingKind({
  type: 'string',
  allowed: 'a host, *.domain or an address',
  placeholder: 'host',
  parse: raw => (typeof raw === 'string' && (/^(\*\.)?[\w-]+(\.[\w-]+)*$/.test(raw) || isIP(raw) !== 0) ? raw : undefined),
})

/** The origin of a page, as browsers send it, also where it is written otherwise (`HTTPS://ui.example:443/`); `*`: any origin. */
const webOrigin: SettingKind<string> = settingKind({
  type: 'string',
  allowed: 'an origin as https://host or https://host:port, or *',
  placeholder: 'origin',
  copy: value => originOf(value) ?? value,
  parse: originOf,
})

function originOf(raw: unknown): string | undefined {
  if (raw === '*') return raw
  const isOrigin = typeof raw === 'string' && /^https?:\/\/[^/?#@\\*]+\/?$/i.test(raw) && URL.canParse(raw)
  return isOrigin ? new URL(raw).origin : undefined
}

/** A token that a header can carry. */
export const token: SettingKind<string> = settingKind({
  type: 'string',
  allowed: 'text that is not empty, without control characters',
  allowedText: 'text (in YAML: quoted if it looks like a number)',
  placeholder: 'text',
  parse: raw => (typeof raw === 'string' && raw.trim() !== '' && !/\p{Cc}/u.test(raw) ? raw : undefined),
})

export const tokens = listOf(token, {
  allowed: 'a list of texts',
  allowedText: 'text, or several with commas between',
  placeholder: 'token,…',
})

export const peers = listOf(peer, {
  allowed: 'a list of hosts, *.domain, addresses or network/bits',
  allowedText: 'hosts, *.domain, addresses or network/bits, with commas between',
  placeholder: 'host,…',
  mayBeEmpty: true,
})

export const requestHosts = listOf(requestHost, {
  allowed: 'a list of hosts, *.domain or addresses',
  allowedText: 'hosts, *.domain or addresses, with commas between',
  placeholder: 'host,…',
  mayBeEmpty: true,
})

export const webOrigins = listOf(webOrigin, {
  allowed: 'a list of origins as https://host:port, or *',
  allowedText: 'origins as https://host:port with commas between, or *',
  placeholder: 'origin,…',
  mayBeEmpty: true,
})
