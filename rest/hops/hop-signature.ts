import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { HostInfo } from '../../topology/index.ts'

/** Proves that a request is from an instance that knows the token, without telling the token. */
export const SIGNATURE_HEADER = 'x-sluice-signature'

/** How far the clocks of two instances may be apart, and how long a request may be on its way. */
const WINDOW_MS = 30_000
const MAX_REMEMBERED = 100_000

export interface SignedRequest {
  readonly method: string
  /** With the query, as it is on the wire. */
  readonly path: string
  /** The instance that it is meant for, as the group lists it: nobody else takes it. */
  readonly to: HostInfo
}

/**
 * Signs requests between instances: an HMAC of method, path, receiver, time, a number used once and the body's hash, with a key that is derived
 * from the token. Requests outside the window are refused; so is a second request that changes something with the same signature.
 */
export class HopSigner {
  readonly #key: Buffer
  /** Signatures of requests that change something, oldest first, with the time until which they would be taken. */
  readonly #seen = new Map<string, number>()

  constructor(token: string, applicationId: string) {
    this.#key = Buffer.from(hkdfSync('sha256', token, 'sluice', `hop ${applicationId}`, 32))
  }

  /** The header's value. */
  sign(request: SignedRequest, body: Uint8Array | undefined, now = Date.now()): string {
    const fields = [String(now), randomBytes(12).toString('base64url'), bodyHash(body)]
    return [...fields, this.#mac(request, fields).toString('base64url')].join('.')
  }

  /** The hash of the body that was signed, to be held against the one that comes; undefined: the signature is not to be trusted. */
  verify(signature: string, request: SignedRequest, now = Date.now()): string | undefined {
    const [time = '', nonce = '', hash = '', mac = '', ...more] = signature.split('.')
    if (more.length > 0 || !/^\d{1,15}$/.test(time) || hash === '') return undefined
    const given = Buffer.from(mac, 'base64url')
    const expected = this.#mac(request, [time, nonce, hash])
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
    if (Math.abs(now - Number(time)) > WINDOW_MS) return undefined
    return request.method === 'GET' || this.#isFirst(expected.toString('base64url'), now) ? hash : undefined
  }

  #isFirst(mac: string, now: number): boolean {
    for (const [old, until] of this.#seen) {
      if (until >= now) break
      this.#seen.delete(old)
    }
    if (this.#seen.has(mac) || this.#seen.size >= MAX_REMEMBERED) return false
    this.#seen.set(mac, now + 2 * WINDOW_MS)
    return true
  }

  #mac({ method, path, to }: SignedRequest, fields: readonly string[]): Buffer {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([method, path, to.host, to.port, ...fields]))
      .digest()
  }
}

/** As a signature carries it. */
export function bodyHash(body: Uint8Array | undefined): string {
  return createHash('sha256')
    .update(body ?? '')
    .digest('base64url')
}
