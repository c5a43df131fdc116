import { once } from 'node:events'
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Agent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { messageOf, SluiceError } from '../../base/index.ts'
import type { HostInfo } from '../../topology/index.ts'
import { type HopSigner, SIGNATURE_HEADER } from './hop-signature.ts'
import type { PeerRules } from './peer-rules.ts'

/** Marks a request as one instance's to another, and names the application: the receiver answers from its own state and never asks on. */
export const HOP_HEADER = 'x-sluice-hop'

export interface HopClientOptions {
  readonly applicationId: string
  /** Signs what is sent; undefined: the group has no token. */
  readonly signer: Pick<HopSigner, 'sign'> | undefined
  /** From connecting to the last byte of the answer. */
  readonly timeoutMs: number
  /** The other instances are asked by https, and trusted when these authorities (the system's, unless told) vouch for their names. */
  readonly tls?: { readonly ca?: string | undefined } | undefined
  /** Where it may connect to; anywhere unless told. */
  readonly peers?: PeerRules | undefined
}

/** What a hop carries beside its path: a POST. */
export interface HopBody {
  readonly type: string
  readonly bytes: Uint8Array
  /** Further headers, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What the other instance said; the body is what its JSON holds. */
export interface HopAnswer {
  readonly status: number
  readonly body: unknown
}

/** The hop header's value for an application. */
export function hopMark(applicationId: string): string {
  return encodeURIComponent(applicationId)
}

/** An answer as it came. */
export interface RawHopAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const MAX_ANSWER_BYTES = 256 * 2 ** 20

/**
 * Asks other instances of the group, over connections that are kept. Redirects are not followed.
 * Idle connections do not keep the process alive; `close` ends them all.
 */
export class HopClient {
  readonly #options: HopClientOptions
  readonly #agent: Agent
  readonly #headers: Readonly<Record<string, string>>
  #ca: string | undefined

  constructor(options: HopClientOptions) {
    this.#options = options
    const kept = { keepAlive: true, maxSockets: 64, maxFreeSockets: 8 }
    this.#ca = options.tls?.ca
    this.#agent = options.tls === undefined ? new Agent(kept) : new HttpsAgent(kept)
    this.#headers = { accept: 'application/json', [HOP_HEADER]: hopMark(options.applicationId) }
  }

  /** GETs an encoded path. Throws OWNER_UNREACHABLE when no whole JSON answer comes in time, `timeoutMs` where it is given. */
  async get(to: HostInfo, path: string, timeoutMs = this.#options.timeoutMs): Promise<HopAnswer> {
    return this.#inTime(to, timeoutMs, async signal => {
      const { status, body } = await this.#attempt(to, path, undefined, signal)
      return { status, body: JSON.parse(body.toString()) as unknown }
    })
  }

  /** POSTs; the answer is given as it came. Throws OWNER_UNREACHABLE, also when the other side may have done what it was told. */
  async post(to: HostInfo, path: string, body: HopBody, timeoutMs = this.#options.timeoutMs): Promise<RawHopAnswer> {
    return this.#inTime(to, timeoutMs, signal => this.#attempt(to, path, body, signal))
  }

  /** Trusts other authorities from now on; connections that there are go on. */
  trust(ca: string | undefined): void {
    this.#ca = ca
  }

  close(): void {
    this.#agent.destroy()
  }

  async #inTime<T>(to: HostInfo, timeoutMs: number, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      return await ask(signal)
    } catch (error) {
      const reason = signal.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error)
      throw new SluiceError('OWNER_UNREACHABLE', `instance ${addressOf(to)} cannot be reached: ${reason}`, { cause: error })
    }
  }

  async #attempt(to: HostInfo, path: string, body: HopBody | undefined, signal: AbortSignal): Promise<RawHopAnswer> {
    const request = this.#request(to, path, body, signal)
    // An abort while the body is read reaches the reader of the body; without a listener it would end the process as well.
    request.on('error', () => {})
    try {
      const answered = once(request, 'response') as Promise<[IncomingMessage]>
      request.end(body?.bytes)
      const [response] = await answered
      return { status: response.statusCode ?? 0, headers: response.headers, body: await wholeBody(response) }
    } catch (error) {
      // The other side may close a kept connection just when it is used again: a GET may be sent anew, on another connection.
      const again = body === undefined && request.reusedSocket && !signal.aborted && isConnectionReset(error)
      if (again) return this.#attempt(to, path, body, signal)
      throw error
    }
  }

  #request(to: HostInfo, path: string, body: HopBody | undefined, signal: AbortSignal): ClientRequest {
    const { tls, peers, signer } = this.#options
    const host = to.host.replace(/^\[(.*)\]$/, '$1')
    const method = body === undefined ? 'GET' : 'POST'
    const headers: Record<string, string | number> = { ...this.#headers, ...body?.headers }
    if (body !== undefined) Object.assign(headers, { 'content-type': body.type, 'content-length': body.bytes.length })
    if (signer !== undefined) headers[SIGNATURE_HEADER] = signer.sign({ method, path, to }, body?.bytes)
    const lookup = peers?.lookupFor(host)
    const options = { host, port: to.port, path, method, agent: this.#agent, headers, signal, ...(lookup === undefined ? {} : { lookup }) }
    if (tls === undefined) return httpRequest(options)
    // The agent keeps connections by what they trust.
    return httpsRequest(this.#ca === undefined ? options : { ...options, ca: this.#ca })
  }
}

async function wholeBody(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_ANSWER_BYTES) throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

/** "host:port", as messages show it. */
export function addressOf(info: HostInfo): string {
  return `${info.host}:${info.port}`
}

export function isSameAddress(a: HostInfo, b: HostInfo): boolean {
  return a.port === b.port && a.host === b.host
}

function isConnectionReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}
