import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createGunzip, createInflate } from 'node:zlib'
import { messageOf, SluiceError } from '../../base/index.ts'
import { countBeyond, limits } from '../../base/limits/index.ts'
import { RestError } from './errors.ts'
import type { Place } from './places.ts'
import type { BodySpec } from './route.ts'

/** Default of BodySpec.withinMs. */
const RECEIVED_WITHIN_MS = 10_000

/** What is inflated at a time, bytes: each part is an event of the loop. */
const chunkSize = 128 * 1024
/** Below this size a body may inflate as it likes, bytes. */
const freelyInflated = 2 ** 20

/** Limits the bytes of bodies in memory over all requests, so that many large bodies cannot exhaust the memory. */
export class BodyRoom {
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  /** The part of one request; release it when the request ends. */
  lease(): BodyLease {
    let taken = 0
    return {
      take: bytes => {
        if (bytes > this.#left)
          throw new RestError('BUSY', 'the bodies of the requests in progress are too large together: try again later')
        this.#left -= bytes
        taken += bytes
      },
      release: () => {
        this.#left += taken
        taken = 0
      },
    }
  }
}

export interface BodyLease {
  /** Reserves bytes. Throws BUSY when they are not available. */
  take(bytes: number): void
  /** Returns all reserved bytes. */
  release(): void
}

/** What a body takes while it arrives: memory and, unless it is not counted, a place among the requests. */
export interface BodyTakes {
  readonly lease: BodyLease
  readonly place: Place | undefined
}

/** Whether the headers announce a body. */
export function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
}

/**
 * Reads a body within the limits of the spec, decompressed unless `rawBody`. Reading stops at the first violation.
 * Throws BODY_REFUSED, TYPE_REFUSED, BODY_LATE, BUSY; INPUT_INVALID for a body that is missing, incomplete or cannot be decompressed.
 */
export async function readBody(request: IncomingMessage, spec: BodySpec, takes: BodyTakes): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (!hasBody(request)) return emptyBody(spec)
  checkType(request, spec)
  const decoder = spec.rawBody === true ? undefined : decoderOf(request.headers['content-encoding'])
  if (declared > spec.maxBytes) throw tooLarge(spec)
  const body = await received(request, decoder, spec, takes)
  return body.length === 0 ? emptyBody(spec) : body
}

function emptyBody(spec: BodySpec): Buffer {
  if (spec.required === false) return Buffer.alloc(0)
  const types = spec.contentTypes.filter(type => type !== '*/*')
  throw new SluiceError('INPUT_INVALID', `the request needs a body${types.length === 0 ? '' : ` of type ${types.join(' or ')}`}`)
}

function checkType(request: IncomingMessage, { contentTypes }: BodySpec): void {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (contentTypes.includes('*/*') || contentTypes.includes(type)) return
  const given = type === '' ? 'the request has no Content-Type' : `Content-Type ${type} is not supported`
  throw new RestError('TYPE_REFUSED', `${given}; supported: ${contentTypes.join(', ')}`)
}

function decoderOf(encoding = 'identity'): ReturnType<typeof createGunzip> | undefined {
  const name = encoding.trim().toLowerCase()
  if (name === 'identity') return undefined
  if (name === 'gzip' || name === 'x-gzip') return createGunzip({ chunkSize })
  if (name === 'deflate') return createInflate({ chunkSize })
  throw new RestError('TYPE_REFUSED', `Content-Encoding ${encoding} is not supported; supported: gzip, deflate, identity`)
}

function received(
  request: IncomingMessage,
  decoder: ReturnType<typeof createGunzip> | undefined,
  spec: BodySpec,
  { lease, place }: BodyTakes,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const withinMs = spec.withinMs ?? RECEIVED_WITHIN_MS
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      place?.received()
      // The rest of a failed body stays unread; the error answer closes the connection.
      request.unpipe()
      request.pause()
      decoder?.destroy()
      settle()
    }
    const fail = (error: unknown): void => end(() => reject(error instanceof Error ? error : new Error(String(error))))
    const late = (): void => fail(new RestError('BODY_LATE', `the body did not arrive within ${withinMs} ms`))
    const timer = setTimeout(late, withinMs)
    try {
      place?.receives(fail)
    } catch (error) {
      return fail(error)
    }
    const chunks: Buffer[] = []
    let length = 0
    const source: Readable = decoder ?? request
    source.on('data', (chunk: Buffer) => {
      length += chunk.length
      try {
        if (length > spec.maxBytes) throw tooLarge(spec)
        if (decoder !== undefined) checkInflation(length, decoder.bytesWritten)
        lease.take(chunk.length)
        chunks.push(chunk)
      } catch (error) {
        fail(error)
      }
    })
    source.on('end', () => end(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length))))
    request.on('aborted', () => fail(new SluiceError('INPUT_INVALID', 'the connection ended before the body was complete')))
    request.on('error', error => fail(new SluiceError('INPUT_INVALID', `the body could not be read: ${messageOf(error)}`)))
    decoder?.on('error', error => fail(new SluiceError('INPUT_INVALID', `the body cannot be decompressed: ${messageOf(error)}`)))
    // stream.pipeline would destroy the request on an error, and with it the connection that the error answer needs.
    if (decoder !== undefined) request.pipe(decoder)
  })
}

/** Throws BODY_REFUSED for a body that is sent to take much more memory and time than its sending. */
function checkInflation(inflated: number, sent: number): void {
  const { most } = limits.rest_inflation
  if (inflated <= freelyInflated || inflated <= most * sent) return
  countBeyond('rest_inflation')
  throw new RestError('BODY_REFUSED', `the body inflates to more than ${most} times what is sent: send it without compression`)
}

function tooLarge({ maxBytes }: BodySpec): RestError {
  return new RestError('BODY_REFUSED', `the body is larger than ${maxBytes} bytes`)
}
