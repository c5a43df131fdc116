import { inspect } from 'node:util'
import { SluiceError, ByteReader, ByteWriter, varbytesSize, varintSize } from '../base/index.ts'

/** The value of a header: bytes, text (written as UTF-8), or null. */
export type HeaderValue = Uint8Array | string | null

/**
 * A record's headers by name; a name that occurs more than once has an array of values. The headers object of an input record is frozen; if it is
 * forwarded itself, its headers are written byte for byte and in their order (KIP-82). A copy (`{ ...headers }`) is written in the order of its
 * property names; `headerEntries` and `orderedHeaders` keep any order. A name whose value is undefined is omitted.
 */
export type Headers = Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>

/** One header; a name may occur more than once. */
export type HeaderEntry = readonly [name: string, value: HeaderValue]

export const noHeaders: Headers = Object.freeze({})

/** The property with the headers in Kafka's encoding: their number, then names and values. It is not enumerable, so copies do not have it. */
const wire = Symbol('wire')

/** Decodes the headers that follow the value in an encoded record. The bytes are not copied. */
export function readHeaders(bytes: Buffer): Headers {
  const headers: Record<string, HeaderValue | HeaderValue[]> = {}
  const reader = new ByteReader(bytes)
  for (let left = reader.varint(); left > 0; left--) addTo(headers, String(reader.varbytes()), reader.varbytes())
  return sealed(headers, bytes)
}

/** Headers that are written in the order of `entries`; a name may occur more than once. Throws SluiceError HEADERS_INVALID. */
export function orderedHeaders(entries: Iterable<HeaderEntry>): Headers {
  const headers: Record<string, HeaderValue | HeaderValue[]> = {}
  const parts: (Uint8Array | string | null)[] = []
  for (const [name, value] of entries) {
    parts.push(bytesOfName(name), checkedValue(name, value))
    addTo(headers, name, value)
  }
  return sealed(headers, encode(parts))
}

/** All headers in their order, with one entry for each value of a name. Throws SluiceError HEADERS_INVALID. */
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

/**
 * The headers with this one instead of all headers of its name, at the place of the first of those or else at the end. Throws SluiceError
 * HEADERS_INVALID.
 */
export function withHeader(headers: Headers | undefined, name: string, value: HeaderValue): Headers {
  const entries = headerEntries(headers)
  const first = entries.findIndex(([other]) => other === name)
  if (first < 0) return orderedHeaders([...entries, [name, value]])
  return orderedHeaders(entries.flatMap((entry, at) => (at === first ? [[name, value] as const] : entry[0] === name ? [] : [entry])))
}

/**
 * The headers in Kafka's encoding, as they follow the value in a record; undefined if there are none. Headers of an input record are returned as
 * a view of its bytes. Accepts any value, since programs may pass any, and throws SluiceError HEADERS_INVALID for what are not headers.
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

/** Adds a value in constant time, however often the name occurred before. */
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

/** Whether a value is a plain object. The property names of a list, a Map or a Date are not header names. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}

/** Encoded header names: most records have the same few. */
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

/** Whether UTF-8 can encode the text: it has no lone surrogate. */
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
