import { inspect } from 'node:util'
import { SluiceError, ByteReader, ByteWriter, varbytesSize, varintSize } from '../base/index.ts'

/** A header's value: bytes, or text that goes out as UTF-8. */
export type HeaderValue = Uint8Array | string | null

/**
 * A record's headers by their names; a name that occurs more than once has an array. The object that a record brings is never changed, and as
 * long as it is passed on as it is, its headers go out byte for byte and in their order (KIP-82). An object made from it (`{ ...headers }`) has
 * the order of its own names; `headerEntries` and `orderedHeaders` keep any order. A name without a value (undefined) is left out.
 */
export type Headers = Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>

/** One header; a name may occur more than once. */
export type HeaderEntry = readonly [name: string, value: HeaderValue]

export const noHeaders: Headers = Object.freeze({})

/** Where such an object has its headers as Kafka has them: their number, then names and values. No copy of the object takes it along. */
const wire = Symbol('wire')

/** The headers that stand in a record after its value. The bytes are not copied. */
export function readHeaders(bytes: Buffer): Headers {
  const headers: Record<string, HeaderValue | HeaderValue[]> = {}
  const reader = new ByteReader(bytes)
  for (let left = reader.varint(); left > 0; left--) addTo(headers, String(reader.varbytes()), reader.varbytes())
  return sealed(headers, bytes)
}

/** Headers in this order; a name may occur more than once. Throws SluiceError HEADERS_INVALID. */
export function orderedHeaders(entries: Iterable<HeaderEntry>): Headers {
  const headers: Record<string, HeaderValue | HeaderValue[]> = {}
  const parts: (Uint8Array | string | null)[] = []
  for (const [name, value] of entries) {
    parts.push(bytesOfName(name), checkedValue(name, value))
    addTo(headers, name, value)
  }
  return sealed(headers, encode(parts))
}

/** All headers in their order, names that occur more than once as often as they do. Throws SluiceError HEADERS_INVALID. */
export function headerEntries(headers: Headers | undefined): HeaderEntry[] {
  const known = wireOf(headers)
  const entries: HeaderEntry[] = []
  if (known === undefined) {
    const parts = headers === undefined ? [] : partsOf(headers)
    for (let at = 0; at < parts.length; at += 2) entries.push([String(parts[at]), parts[at + 1] as HeaderValue])
    return entries
  }
  const reader = new ByteReader(known)
  for (let left = reader.varint(); left > 0; left--) entries.push([String(reader.varbytes()), reader.varbytes()])
  return entries
}

/** The headers with this one in the place of all of its name, or at their end. */
export function withHeader(headers: Headers | undefined, name: string, value: HeaderValue): Headers {
  const entries = headerEntries(headers)
  const first = entries.findIndex(([other]) => other === name)
  if (first < 0) return orderedHeaders([...entries, [name, value]])
  return orderedHeaders(entries.flatMap((entry, at) => (at === first ? [[name, value] as const] : entry[0] === name ? [] : [entry])))
}

/**
 * The headers as they stand in a record after its value; undefined: none. A view, where they came so. Whatever a program may have given is
 * looked at. Throws SluiceError HEADERS_INVALID.
 */
export function headerBytes(headers: unknown): Buffer | undefined {
  if (headers === undefined || headers === null) return undefined
  const known = wireOf(headers)
  if (known !== undefined) return known
  const parts = partsOf(headers)
  return parts.length === 0 ? undefined : encode(parts)
}

function wireOf(headers: unknown): Buffer | undefined {
  return (headers as { readonly [wire]?: Buffer } | undefined)?.[wire]
}

function sealed(headers: Record<string, HeaderValue | HeaderValue[]>, bytes: Buffer): Headers {
  return Object.freeze(Object.defineProperty(headers, wire, { value: bytes }))
}

/** In time that does not grow with how often the name came before. */
function addTo(headers: Record<string, HeaderValue | HeaderValue[]>, name: string, value: HeaderValue): void {
  if (name === '__proto__' && !Object.hasOwn(headers, name)) {
    Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true })
  } else if (!Object.hasOwn(headers, name)) {
    headers[name] = value
  } else {
    const before = Object.getOwnPropertyDescriptor(headers, name)?.value as HeaderValue | HeaderValue[]
    if (Array.isArray(before)) before.push(value)
    else Object.defineProperty(headers, name, { value: [before, value] })
  }
}

/** Names and values in turn. */
type Parts = readonly (Uint8Array | string | null)[]

function partsOf(headers: unknown): Parts {
  if (typeof headers !== 'object' || headers === null || !isPlain(headers))
    throw invalid('headers must be an object of names and values', headers)
  const parts: (Uint8Array | string | null)[] = []
  for (const name of Object.keys(headers)) {
    const value = (headers as Readonly<Record<string, unknown>>)[name]
    if (value === undefined) continue
    const bytes = bytesOfName(name)
    if (Array.isArray(value)) for (const each of value as readonly unknown[]) parts.push(bytes, checkedValue(name, each))
    else parts.push(bytes, checkedValue(name, value))
  }
  return parts
}

/** Made by a literal, or in that manner: of a list, a Map or a Date the names would not be those that are meant. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}

/** Names come again and again. */
const knownNames = new Map<string, Buffer>()
const maxKnownNames = 256

function bytesOfName(name: unknown): Buffer {
  const known = knownNames.get(name as string)
  if (known !== undefined) return known
  if (typeof name !== 'string' || !isText(name)) throw invalid('the name of a header must be text that UTF-8 can encode', name)
  const bytes = Buffer.from(name)
  if (knownNames.size < maxKnownNames) knownNames.set(name, bytes)
  return bytes
}

function checkedValue(name: string, value: unknown): HeaderValue {
  if (value === null || value instanceof Uint8Array) return value
  if (typeof value === 'string' && isText(value)) return value
  throw invalid(`the value of header "${name}" must be bytes, text that UTF-8 can encode, null, or a list of those`, value)
}

/** Whether no surrogate stands alone. */
function isText(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed()
}

function invalid(what: string, found: unknown): SluiceError {
  return new SluiceError('HEADERS_INVALID', `${what}, not ${inspect(found, { depth: 0 }).slice(0, 100)}`)
}

function encode(parts: Parts): Buffer {
  const count = parts.length / 2
  let size = varintSize(count)
  for (let at = 0; at < parts.length; at++) size += varbytesSize(parts[at])
  const writer = new ByteWriter(size)
  writer.varint(count)
  for (let at = 0; at < parts.length; at++) writer.varbytes(parts[at])
  return writer.buffer
}
