import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Agent, request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { messageOf, SluiceError } from '../proto/sluice-error.ts'
import type { HostInfo } from '../topology/queryable-streams.ts'

/** Marks a request as one instance's to another, and names the application: the receiver answers from its own state and never asks on. */
export const HOP_HEADER = 'x-sluice-hop'

export interface HopClientOptions {
  readonly applicationId: string
  /** Sent as the bearer token: all instances of a group share it. */
  readonly token: string | undefined
  /** From connecting to the last byte of the answer. */
  readonly timeoutMs: number
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

/**
 * Asks other instances of the group, over connections that are kept. Redirects are not followed.
 * Idle connections do not keep the process alive; `close` ends them all.
 */
export class HopClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64, maxFreeSockets: 8 })
  readonly #headers: Readonly<Record<string, string>>
  readonly #timeoutMs: number

  constructor(options: HopClientOptions) {
    this.#timeoutMs = options.timeoutMs
    this.#headers = {
      accept: 'application/json',
      [HOP_HEADER]: hopMark(options.applicationId),
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    }
  }

  /** GETs an encoded path. Throws OWNER_UNREACHABLE when no whole JSON answer comes in time. */
  async get(to: HostInfo, path: string): Promise<HopAnswer> {
    const signal = AbortSignal.timeout(this.#timeoutMs)
    try {
      return await this.#attempt(to, path, signal)
    } catch (error) {
      const reason = signal.aborted ? `no answer within ${this.#timeoutMs} ms` : messageOf(error)
      throw new SluiceError('OWNER_UNREACHABLE', `instance ${addressOf(to)} cannot be reached: ${reason}`, { cause: error })
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  async #attempt(to: HostInfo, path: string, signal: AbortSignal): Promise<HopAnswer> {
    const host = to.host.replace(/^\[(.*)\]$/, '$1')
    const request = httpRequest({ host, port: to.port, path, agent: this.#agent, headers: this.#headers, signal })
    // An abort while the body is read reaches the reader of the body; without a listener it would end the process as well.
    request.on('error', () => {})
    try {
      const answered = once(request, 'response') as Promise<[IncomingMessage]>
      request.end()
      const [response] = await answered
      return { status: response.statusCode ?? 0, body: JSON.parse(await text(response)) as unknown }
    } catch (error) {
      // The other side may close a kept connection just when it is used again: a GET may be sent anew, on another connection.
      if (request.reusedSocket && !signal.aborted && isConnectionReset(error)) return this.#attempt(to, path, signal)
      throw error
    }
  }
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
