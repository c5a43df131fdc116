import { isIP } from 'node:net'
import type { ColumnSpec } from '../../records/column-batch.ts'

/** What a setting may hold: told from text (flag, environment) and from YAML alike. */
export interface ValueKind<T> {
  /** For people: completes "allowed: …". */
  readonly allowed: string
  /** Stands for the value in a command's help; undefined: a flag without a value. */
  readonly placeholder: string | undefined
  /** The value; undefined when it is not allowed. */
  parse(raw: unknown): T | undefined
}

export interface HostPort {
  readonly host: string
  readonly port: number
}

export const text: ValueKind<string> = {
  allowed: 'text (in YAML: quoted, where it looks like a number)',
  placeholder: 'text',
  parse: raw => (typeof raw === 'string' && raw !== '' ? raw : undefined),
}

export const file: ValueKind<string> = { ...text, allowed: 'the path of a file', placeholder: 'file' }

export const directory: ValueKind<string> = { ...text, allowed: 'the path of a directory', placeholder: 'directory' }

export const flag: ValueKind<boolean> = {
  allowed: 'true or false',
  placeholder: undefined,
  parse: raw => (raw === true || raw === 'true' ? true : raw === false || raw === 'false' ? false : undefined),
}

export function integer(min: number, max: number): ValueKind<number> {
  return {
    allowed: `a whole number from ${min} to ${max}`,
    placeholder: 'n',
    parse: raw => {
      const value = typeof raw === 'string' && /^\d{1,15}$/.test(raw) ? Number(raw) : raw
      return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined
    },
  }
}

export function choice<const T extends string>(values: readonly T[]): ValueKind<T> {
  return { allowed: values.join(' | '), placeholder: values.join('|'), parse: raw => values.find(value => value === raw) }
}

/** A name as Kafka allows it for topics and groups; `maxLength` leaves room for what is put before or after it. */
export function kafkaName(maxLength: number): ValueKind<string> {
  return {
    allowed: `1 to ${maxLength} of the characters a-z A-Z 0-9 . _ - (but not "." or "..")`,
    placeholder: 'name',
    parse: raw =>
      typeof raw === 'string' && /^[a-zA-Z0-9._-]+$/.test(raw) && raw.length <= maxLength && raw !== '.' && raw !== '..' ? raw : undefined,
  }
}

export const hostPort: ValueKind<HostPort> = {
  allowed: 'host:port',
  placeholder: 'host:port',
  parse: raw => {
    const match = typeof raw === 'string' ? /^(\[[0-9a-fA-F:.]+\]|[^\s:/,[\]]+):(\d{1,5})$/.exec(raw) : undefined
    if (!match) return undefined
    const port = Number(match[2])
    return port >= 1 && port <= 65535 ? { host: (match[1] as string).replace(/^\[|\]$/g, ''), port } : undefined
  },
}

/** A host that is asked for models: with its port, or at the port that the URL's scheme has. */
export const modelHost: ValueKind<string> = {
  allowed: 'host or host:port',
  placeholder: 'host',
  parse: raw => (typeof raw === 'string' && /^(\[[0-9a-fA-F:.]+\]|[^\s:/,@[\]]+)(:\d{1,5})?$/.test(raw) ? raw : undefined),
}

/** Where hops may go to: a host, all hosts of a domain, an address, or a network. */
export const peer: ValueKind<string> = {
  allowed: 'a host, *.domain, an address or network/bits',
  placeholder: 'host',
  parse: raw => (typeof raw === 'string' && /^([\w*.-]+|[0-9a-fA-F:.]+(\/\d{1,3})?)$/.test(raw) ? raw : undefined),
}

/** What requests may be addressed to: a host, all hosts of a domain, or an address. */
export const requestHost: ValueKind<string> = {
  allowed: 'a host, *.domain or an address',
  placeholder: 'host',
  parse: raw => (typeof raw === 'string' && (/^(\*\.)?[\w-]+(\.[\w-]+)*$/.test(raw) || isIP(raw) !== 0) ? raw : undefined),
}

export const httpUrl: ValueKind<string> = {
  allowed: 'an http: or https: URL',
  placeholder: 'url',
  parse: raw => (typeof raw === 'string' && /^https?:\/\/./.test(raw) && URL.canParse(raw) ? raw.replace(/\/+$/, '') : undefined),
}

/** Where a page comes from, as browsers tell it, or `*` for anywhere. */
export const webOrigin: ValueKind<string> = {
  allowed: 'an origin as https://host or https://host:port, or *',
  placeholder: 'origin',
  parse: raw => {
    if (raw === '*') return raw
    const origin =
      typeof raw === 'string' && /^https?:\/\/[^/?#@\\*]+\/?$/i.test(raw) && URL.canParse(raw) ? new URL(raw).origin : undefined
    return origin
  },
}

/** A secret is sent there: in the clear only to this machine. */
export const tokenUrl: ValueKind<string> = {
  allowed: 'an https: URL (http: on a loopback address alone)',
  placeholder: 'url',
  parse: raw => {
    if (typeof raw !== 'string' || !URL.canParse(raw)) return undefined
    const { protocol, hostname, username, password } = new URL(raw)
    if (username !== '' || password !== '') return undefined
    return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) ? raw : undefined
  },
}

/** A SASL extension (KIP-342): its name and its value. */
export const saslExtension: ValueKind<readonly [string, string]> = {
  allowed: 'name=value, the name of letters alone and not auth',
  placeholder: 'name=value',
  parse: raw => {
    const match = typeof raw === 'string' ? /^([a-zA-Z]+)=([\x20-\x7e]+)$/.exec(raw) : undefined
    return match && match[1] !== 'auth' ? [match[1] as string, match[2] as string] : undefined
  },
}

/** A YAML list, or text with commas; at least one element. */
export function listOf<T>(element: ValueKind<T>, allowed: string, placeholder: string): ValueKind<readonly T[]> {
  return {
    allowed,
    placeholder,
    parse: raw => {
      const parts: unknown[] = typeof raw === 'string' ? raw.split(',').map(part => part.trim()) : Array.isArray(raw) ? raw : []
      const values = parts.map(part => element.parse(part))
      return values.length > 0 && values.every(value => value !== undefined) ? values : undefined
    },
  }
}

/** A broker's address, kept as text: that is what Kafka clients take. */
export const brokerAddress: ValueKind<string> = {
  ...hostPort,
  parse: raw => (hostPort.parse(raw) ? (raw as string) : undefined),
}

/** A field of the data: `name` holds numbers, `name:text` text. */
export const feature: ValueKind<ColumnSpec> = {
  allowed: 'name or name:text',
  placeholder: 'name',
  parse: raw => {
    const match = typeof raw === 'string' ? /^([^\s:,](?:[^:,]*[^\s:,])?)(?::(number|text))?$/.exec(raw) : undefined
    return match ? { name: match[1] as string, kind: match[2] === 'text' ? 'text' : 'number' } : undefined
  },
}
