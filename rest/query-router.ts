import { SluiceError } from '../proto/sluice-error.ts'
import type { HostInfo, QueryableStreams } from '../topology/queryable-streams.ts'
import type { HopAnswer, HopClient } from './hop-client.ts'
import { addressOf, isSameAddress } from './hop-client.ts'
import type { MetadataService } from './metadata-service.ts'
import { retryWhilePassing } from './retry.ts'

/** A key's committed value, and the instance that owns the key and answered. */
export interface KeyAnswer extends HostInfo {
  readonly store: string
  readonly key: string
  readonly value: unknown
}

export interface RouterParts {
  readonly streams: QueryableStreams
  readonly metadata: MetadataService
  readonly hops: HopClient
  /** How long a rebalance is waited for before the client is told to come back. */
  readonly retryMs: number
}

/** Key → owner → its answer: from here, or by one hop to the owner. The same answer whichever instance is asked. */
export class QueryRouter {
  readonly #parts: RouterParts

  constructor(parts: RouterParts) {
    this.#parts = parts
  }

  /** Throws STORE_UNKNOWN, KEY_UNKNOWN; and STORE_NOT_READY or OWNER_UNREACHABLE when no owner answered for `retryMs`. */
  query(store: string, key: string): Promise<KeyAnswer> {
    this.#parts.metadata.store(store)
    return retryWhilePassing(this.#parts.retryMs, () => this.#ask(store, key))
  }

  /** From this instance's state alone. Throws STORE_UNKNOWN, KEY_UNKNOWN, STORE_NOT_READY (not owned, or restoring). */
  async queryHere(store: string, key: string): Promise<KeyAnswer> {
    const { streams, metadata } = this.#parts
    metadata.store(store)
    const value = await streams.query(store, key)
    if (value === undefined) throw new SluiceError('KEY_UNKNOWN', `store ${store} has no key ${key}`)
    return { store, key, value, host: streams.self.host, port: streams.self.port }
  }

  async #ask(store: string, key: string): Promise<KeyAnswer> {
    const { streams, metadata, hops } = this.#parts
    const owner = await streams.ownerOf(store, key)
    if (owner === undefined)
      throw new SluiceError('STORE_NOT_READY', `no instance owns key ${key} of store ${store} now: the group is rebalancing`)
    if (isSameAddress(owner, streams.self)) return this.queryHere(store, key)
    if (!(await metadata.lists(owner)))
      throw new SluiceError('STORE_NOT_READY', `the owner of key ${key} of store ${store} has left the group`)
    const answer = await hops.get(owner, `/state/${encodeURIComponent(store)}/keys/${encodeURIComponent(key)}`)
    return bodyOf(answer, owner, ['value']) as KeyAnswer
  }
}

/** The body of another instance's success, which has the fields; its error otherwise, as far as it is about the state. Any other answer counts as none. */
export function bodyOf(answer: HopAnswer, from: HostInfo, fields: readonly string[]): unknown {
  const body = answer.body as Readonly<Record<string, unknown>> | null
  if (answer.status === 200 && typeof body === 'object' && body !== null && fields.every(field => field in body)) return body
  const { code, error } = body ?? {}
  if (code === 'KEY_UNKNOWN' || code === 'STORE_NOT_READY' || code === 'STORE_CLOSED') throw new SluiceError(code, String(error))
  const said = typeof code === 'string' ? `${answer.status} ${code}` : String(answer.status)
  throw new SluiceError('OWNER_UNREACHABLE', `instance ${addressOf(from)} gave no answer from its state, but ${said}`)
}
