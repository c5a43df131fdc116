import { type SettingKind, settingKind } from '../../base/options/index.ts'
import type { ColumnSpec } from '../../records/index.ts'

export const httpUrl: SettingKind<string> = settingKind({
  type: 'string',
  allowed: 'an http: or https: URL',
  placeholder: 'url',
  parse: raw => (typeof raw === 'string' && /^https?:\/\/./i.test(raw) && URL.canParse(raw) ? raw.replace(/\/+$/, '') : undefined),
})

/** A URL that paths are added to. */
export const baseUrl: SettingKind<string> = settingKind({
  type: 'string',
  allowed: 'an http: or https: URL without a user, a query or a fragment',
  placeholder: 'url',
  parse: raw => {
    const url = httpUrl.parse(raw)
    return url === undefined || /[?#]/.test(url) || new URL(url).username !== '' || new URL(url).password !== '' ? undefined : url
  },
})

/** A URL that a secret is sent to; without TLS only on this machine. */
export const tokenUrl: SettingKind<string> = settingKind({
  type: 'string',
  allowed: 'an https: URL (http: only for a loopback address)',
  placeholder: 'url',
  parse: raw => {
    if (typeof raw !== 'string' || !URL.canParse(raw)) return undefined
    const { protocol, hostname, username, password } = new URL(raw)
    if (username !== '' || password !== '') return undefined
    return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) ? raw : undefined
  },
})

/** A SASL extension (KIP-342) as [name, value]. */
export const saslExtension: SettingKind<readonly [string, string]> = settingKind({
  type: 'readonly [string, string]',
  allowed: 'name=value, where name has letters only and is not auth',
  placeholder: 'name=value',
  parse: raw => {
    const match = typeof raw === 'string' ? /^([a-zA-Z]+)=([\x20-\x7e]+)$/.exec(raw) : undefined
    return match && match[1] !== 'auth' ? [match[1] as string, match[2] as string] : undefined
  },
})

/** A field of the data: `name` is a number, `name:text` is text. */
export const feature: SettingKind<ColumnSpec> = settingKind({
  type: 'ColumnSpec',
  allowed: 'name or name:text',
  placeholder: 'name',
  parse: raw => {
    const match = typeof raw === 'string' ? /^([^\s:,](?:[^:,]*[^\s:,])?)(?::(number|text))?$/.exec(raw) : undefined
    return match ? { name: match[1] as string, kind: match[2] === 'text' ? 'text' : 'number' } : undefined
  },
})
