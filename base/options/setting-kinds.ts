import { isObject, listKind } from './object-kinds.ts'
import { required } from './option.ts'
import type { SettingKind } from './value-kind.ts'

/** A kind for which a program may give the same values as text and YAML, unless `accepts` is given. `allowed` completes "allowed: …". */
export function settingKind<T>({ accepts, ...kind }: SettingKindParts<T>): SettingKind<T> {
  const is = accepts ?? ((value: unknown) => kind.parse(value) !== undefined)
  return { ...kind, accepts: (value): value is T => is(value) }
}

interface SettingKindParts<T> extends Omit<SettingKind<T>, 'accepts'> {
  readonly accepts?: (value: unknown) => boolean
}

export const text: SettingKind<string> = settingKind({
  type: 'string',
  allowed: 'text that is not empty',
  allowedText: 'text (in YAML: quoted if it looks like a number)',
  placeholder: 'text',
  parse: raw => (typeof raw === 'string' && raw !== '' ? raw : undefined),
})

/** A path: neither blank, nor with a NUL, which no system allows in one. */
function path(of: string): SettingKind<string> {
  return settingKind({
    type: 'string',
    allowed: `the path of a ${of}`,
    placeholder: of,
    parse: raw => (typeof raw === 'string' && raw.trim() !== '' && !raw.includes('\0') ? raw : undefined),
  })
}

export const file = path('file')
export const directory = path('directory')

/** A host in a program: signs that no host has, such as blanks, are refused; whether there is such a host shows itself later. */
export const hostName: SettingKind<string> = settingKind({
  type: 'string',
  allowed: 'the name or address of a host',
  placeholder: 'host',
  parse: raw => (typeof raw === 'string' && /^[^\s\p{Cc}/\\@?#,]+$/u.test(raw) ? raw : undefined),
})

export const flag: SettingKind<boolean> = settingKind({
  type: 'boolean',
  allowed: 'true or false',
  placeholder: undefined,
  accepts: value => typeof value === 'boolean',
  parse: raw => (raw === true || raw === 'true' ? true : raw === false || raw === 'false' ? false : undefined),
})

/** Whole numbers from `min` to `max`; default of `max`: the largest safe integer. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): SettingKind<number> {
  const accepts = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
  return {
    type: 'number',
    allowed: max === Number.MAX_SAFE_INTEGER ? `a whole number, ${min} or more` : `a whole number from ${min} to ${max}`,
    placeholder: 'n',
    accepts,
    parse: raw => {
      const value = typeof raw === 'string' && /^\d{1,15}$/.test(raw) ? Number(raw) : raw
      return accepts(value) ? value : undefined
    },
  }
}

/** One of these words. */
export function choice<const T extends string>(values: readonly T[]): SettingKind<T> {
  return settingKind({
    type: values.map(value => `'${value}'`).join(' | '),
    allowed: values.join(' | '),
    placeholder: values.join('|'),
    choices: values,
    parse: raw => values.find(value => value === raw),
  })
}

/** A name that Kafka allows for topics and groups; `maxLength` leaves room for prefixes and suffixes. */
export function kafkaName(maxLength: number): SettingKind<string> {
  return settingKind({
    type: 'string',
    allowed: `1 to ${maxLength} of the characters a-z A-Z 0-9 . _ - (but not "." or "..")`,
    placeholder: 'name',
    parse: raw => (typeof raw === 'string' && /^(?!\.{1,2}$)[a-zA-Z0-9._-]+$/.test(raw) && raw.length <= maxLength ? raw : undefined),
  })
}

export interface HostPort {
  readonly host: string
  readonly port: number
}

/** The parts of an address. */
export const hostPortOptions = {
  host: required(hostName, 'name or address of the host'),
  port: required(integer(0, 65_535), 'port'),
} as const

/** An address: `{ host, port }` in a program, `host:port` as text. */
export const hostPort: SettingKind<HostPort> = settingKind({
  type: '{ host: string, port: number }',
  allowed: '{ host, port }',
  allowedText: 'host:port',
  placeholder: 'host:port',
  accepts: isObject,
  fields: () => hostPortOptions,
  parse: raw => {
    const match = typeof raw === 'string' ? /^(\[[0-9a-fA-F:.]+\]|[^\s:/,[\]]+):(\d{1,5})$/.exec(raw) : undefined
    if (!match) return undefined
    const port = Number(match[2])
    return port >= 1 && port <= 65_535 ? { host: (match[1] as string).replace(/^\[|\]$/g, ''), port } : undefined
  },
})

/** A broker's address, kept as text, which Kafka clients expect. */
export const brokerAddress: SettingKind<string> = settingKind({
  type: 'string',
  allowed: 'host:port',
  placeholder: 'host:port',
  parse: raw => (hostPort.parse(raw) ? (raw as string) : undefined),
})

/** A list; as text, separated by commas. It has at least one element, unless a program gives it and `mayBeEmpty` is set. */
export function listOf<T>(
  element: SettingKind<T>,
  { allowed, allowedText, placeholder, mayBeEmpty = false }: ListWords,
): SettingKind<readonly T[]> {
  const type = `readonly ${/[ |]/.test(element.type) ? `(${element.type})` : element.type}[]`
  return {
    ...listKind<T>(type, allowed, {
      each: part => element.accepts(part),
      part: part => (element.copy === undefined ? part : element.copy(part)),
      mayBeEmpty,
    }),
    allowedText,
    placeholder,
    parse: raw => {
      const parts: unknown[] = typeof raw === 'string' ? raw.split(',').map(part => part.trim()) : Array.isArray(raw) ? raw : []
      const values = parts.map(part => element.parse(part))
      return values.length > 0 && values.every(value => value !== undefined) ? values : undefined
    },
  }
}

interface ListWords {
  readonly allowed: string
  readonly allowedText: string
  readonly placeholder: string
  readonly mayBeEmpty?: boolean
}
