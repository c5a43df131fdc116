import { once } from 'node:events'
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Agent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { messageOf, SluiceError } from '../../base/index.ts'
import type { HostInfo } from '../../topology/index.ts'
import { type HopSigner, SIGNATURE_HEADER } from './hop-signature.ts'
import type { PeerRules } from './peer-rules.ts'

/** Marks a request between instances and names the application. The receiver answers from its own state and forwards nothing. */
export const HOP_HEADER = 'x-sluice-hop'

export interface HopClientOptions {
  readonly applicationId: string
  /** Signs the requests; undefined: the group has no token. */
  readonly signer: Pick<HopSigner, 'sign'> | undefined
  /** Deadline from connecting to the last byte of the answer, ms. */
  readonly timeoutMs: number
  /** Requests use https and accept certificates that these authorities issued (default: those that Node.js trusts); undefined: plain http. */
  readonly tls?: { readonly ca?: string | undefined } | undefined
  /** Addresses that the client may connect to; default any. */
  readonly peers?: PeerRules | undefined
}

/** The body of a POST to another instance. */
export interface HopBody {
  /** Content type. */
  readonly type: string
  readonly bytes: Uint8Array
  /** Additional headers, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
}

/** The answer of another instance; `body` is its parsed JSON. */
export interface HopAnswer {
  readonly status: number
  readonly body: unknown
}

/** The hop header's value for an application. */
export function hopMark(applicationId: string): string {
  return encodeURIComponent(applicationId)
}

/** An unparsed answer. */
export interface RawHopAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const MAX_ANSWER_BYTES = 256 * 2 ** 20

/**
 * Sends requests to other instances of the group over kept connections. Redirects are not followed.
 * Idle connections do not keep the process alive; `close` closes all connections.
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

  /** Sends a GET for an encoded path. Throws OWNER_UNREACHABLE unless a complete JSON answer arrives within `timeoutMs`. */
  async get(to: HostInfo, path: string, timeoutMs = this.#options.timeoutMs): Promise<HopAnswer> {
    return this.#inTime(to, timeoutMs, async signal => {
      const { status, body } = await this.#attempt(to, path, undefined, signal)
      return { status, body: JSON.parse(body.toString()) as unknown }
    })
  }

  /** Sends a POST and returns the unparsed answer. Throws OWNER_UNREACHABLE; the other instance may then have executed the request. */
  async post(to: HostInfo, path: string, body: HopBody, timeoutMs = this.#options.timeoutMs): Promise<RawHopAnswer> {
    return this.#inTime(to, timeoutMs, signal => this.#attempt(to, path, body, signal))
  }

  /** Replaces the authorities for new connections; open connections continue. */
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
    // An abort during the body is thrown to its reader and also emitted here: without a listener the process would end.
    request.on('error', () => {})
    try {
      const answered = once(request, 'response') as Promise<[IncomingMessage]>
      request.end(body?.bytes)
      const [response] = await answered
      return { status: response.statusCode ?? 0, headers: response.headers, body: await wholeBody(response) }
    } catch (error) {
      // The other side may close a kept connection just as it is reused; a GET is safe to repeat on another connection.
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
    // The agent reuses a connection only for requests with the same `ca`.
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

/** "host:port", for messages. */
export function addressOf(info: HostInfo): string {
  return `${info.host}:${info.port}`
}

export function isSameAddress(a: HostInfo, b: HostInfo): boolean {
  return a.port === b.port && a.host === b.host
}

function isConnectionReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}
