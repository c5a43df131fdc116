import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { HostInfo } from '../../topology/index.ts'

/** Proves that the sender of a request knows the token, without revealing the token. */
export const SIGNATURE_HEADER = 'x-sluice-signature'

/** Maximum difference between the time in a signature and the receiver's clock, in either direction. */
const WINDOW_MS = 30_000
/** Used signatures that are remembered; while so many are, further POSTs are refused. */
const MAX_REMEMBERED = 100_000

/** The key of connections between instances that watch each other: of the token, as the one that signs requests is, and not that one. */
export function peerKey(token: string, applicationId: string): Uint8Array {
  return Buffer.from(hkdfSync('sha256', token, 'sluice', `peer ${applicationId}`, 32))
}

export interface SignedRequest {
  readonly method: string
  /** Encoded path with the query, as sent. */
  readonly path: string
  /** Address of the receiving instance, as the group lists it; other instances refuse the signature. */
  readonly to: HostInfo
}

/**
 * Signs requests between instances: an HMAC of method, path, receiver, time, a nonce and the hash of the body, with a key derived from the
 * token. `verify` refuses a signature outside the time window, and a second use of a signature for any method other than GET.
 */
export class HopSigner {
  readonly #key: Buffer
  /** Used signatures of requests other than GET, oldest first, with the epoch ms until which they are remembered. */
  readonly #seen = new Map<string, number>()

  constructor(token: string, applicationId: string) {
    this.#key = Buffer.from(hkdfSync('sha256', token, 'sluice', `hop ${applicationId}`, 32))
  }

  /** Returns the value of the signature header. `now`: epoch ms. */
  sign(request: SignedRequest, body: Uint8Array | undefined, now = Date.now()): string {
    const fields = [String(now), randomBytes(12).toString('base64url'), bodyHash(body)]
    return [...fields, this.#mac(request, fields).toString('base64url')].join('.')
  }

  /** Returns the signed hash of the body, which the caller must compare with the received body; undefined: the signature is not valid. */
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

/** Hash of a body, as a signature contains it; an absent body hashes as an empty one. */
export function bodyHash(body: Uint8Array | undefined): string {
  return createHash('sha256')
    .update(body ?? '')
    .digest('base64url')
}
