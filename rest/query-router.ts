import { SluiceError } from '../proto/sluice-error.ts'
import type { HostInfo, QueryableStreams, ReadOptions } from '../topology/queryable-streams.ts'
import { isPassing } from './errors.ts'
import type { HopAnswer, HopClient } from './hop-client.ts'
import { addressOf, isSameAddress } from './hop-client.ts'
import type { MetadataService } from './metadata-service.ts'
import { retryWhilePassing, valueWithin, withinDeadline } from './retry.ts'

/**
 * A key's committed value, and the instance that answered: the key's owner or, where `stale` is there, a standby that is `lag` changelog
 * offsets behind.
 */
export interface KeyAnswer extends HostInfo {
  readonly store: string
  readonly key: string
  readonly value: unknown
  readonly stale?: true
  readonly lag?: number
  /** There when the value may not be committed. */
  readonly read?: 'latest'
}

export interface RouterParts {
  readonly streams: QueryableStreams
  readonly metadata: MetadataService
  readonly hops: HopClient
  /** How long a rebalance is waited for before the client is told to come back. */
  readonly retryMs: number
  /** How long the stores of this instance may take to answer: for a key, and for a range. */
  readonly answerMs: number
  readonly scanMs: number
  /** Of the program that runs here. */
  readonly version: string | undefined
}

/**
 * Key → owner → its answer: from here, or by one hop to the owner. The same answer whichever instance is asked.
 * While no owner answers, a standby does, and says so.
 */
export class QueryRouter {
  readonly #parts: RouterParts

  constructor(parts: RouterParts) {
    this.#parts = parts
  }

  /** Throws STORE_UNKNOWN, KEY_UNKNOWN; and STORE_NOT_READY or OWNER_UNREACHABLE when neither owner nor standby answered for `retryMs`. */
  query(store: string, key: string, options: ReadOptions = {}): Promise<KeyAnswer> {
    this.#parts.metadata.store(store)
    return retryWhilePassing(this.#parts.retryMs, async () => {
      try {
        return await this.#askOwner(store, key, options)
      } catch (error) {
        const stale = isPassing(error) ? await this.#askStandbys(store, key) : undefined
        if (stale === undefined) throw error
        return stale
      }
    })
  }

  /** From this instance's state alone. Throws STORE_UNKNOWN, KEY_UNKNOWN, STORE_NOT_READY (not owned, or restoring). */
  async queryHere(store: string, key: string, options: ReadOptions = {}): Promise<KeyAnswer> {
    const { streams, metadata, answerMs } = this.#parts
    metadata.store(store)
    const value = await withinDeadline(answerMs, streams.query(store, key, options))
    if (value === undefined) throw new SluiceError('KEY_UNKNOWN', `store ${store} has no key ${key}`)
    const read = options.uncommitted ? { read: 'latest' as const } : {}
    return { store, key, value, host: streams.self.host, port: streams.self.port, ...read }
  }

  /** From this instance's standby alone. Throws STORE_UNKNOWN, STORE_NOT_READY (no standby here, or one that does not have the key). */
  async queryStaleHere(store: string, key: string): Promise<KeyAnswer> {
    const { streams, metadata, answerMs } = this.#parts
    metadata.store(store)
    const { value, lag } = await withinDeadline(answerMs, streams.queryStale(store, key))
    // Whether there is no such key, only its owner can tell.
    if (value === undefined) throw new SluiceError('STORE_NOT_READY', `the standby of store ${store} has no key ${key} yet`)
    return { store, key, value, host: streams.self.host, port: streams.self.port, stale: true, lag }
  }

  async #askOwner(store: string, key: string, options: ReadOptions): Promise<KeyAnswer> {
    const { streams, metadata, hops, answerMs } = this.#parts
    const owner = await withinDeadline(answerMs, streams.ownerOf(store, key))
    if (owner === undefined)
      throw new SluiceError('STORE_NOT_READY', `no instance owns key ${key} of store ${store} now: the group is rebalancing`)
    if (isSameAddress(owner, streams.self)) return this.queryHere(store, key, options)
    if (!(await metadata.lists(owner)))
      throw new SluiceError('STORE_NOT_READY', `the owner of key ${key} of store ${store} has left the group`)
    const path = `${keyPath(store, key)}${options.uncommitted ? '?read=latest' : ''}`
    return bodyOf(await hops.get(owner, path), owner, ['value']) as KeyAnswer
  }

  /** The first standby's answer, this instance's before another's; undefined: none answers. */
  async #askStandbys(store: string, key: string): Promise<KeyAnswer | undefined> {
    const { streams, hops, answerMs } = this.#parts
    const ask = async (standby: HostInfo): Promise<KeyAnswer> =>
      isSameAddress(standby, streams.self)
        ? this.queryStaleHere(store, key)
        : (bodyOf(await hops.get(standby, `${keyPath(store, key)}?stale=true`), standby, ['value', 'stale', 'lag']) as KeyAnswer)
    const standbys = await valueWithin(answerMs, streams.standbysOf(store, key), [])
    const hereFirst = standbys.toSorted((a, b) => Number(isSameAddress(b, streams.self)) - Number(isSameAddress(a, streams.self)))
    for (const standby of hereFirst) {
      try {
        return await ask(standby)
      } catch (error) {
        if (!isPassing(error)) throw error
      }
    }
    return undefined
  }
}

function keyPath(store: string, key: string): string {
  return `/state/${encodeURIComponent(store)}/keys/${encodeURIComponent(key)}`
}

/** The body of another instance's success, which has the fields; its error otherwise, as far as it is about the state. Any other answer counts as none. */
export function bodyOf(answer: HopAnswer, from: HostInfo, fields: readonly string[]): unknown {
  const body = answer.body as Readonly<Record<string, unknown>> | null
  if (answer.status === 200 && typeof body === 'object' && body !== null && fields.every(field => field in body)) return body
  const { code, error } = body ?? {}
  if (code === 'KEY_UNKNOWN' || code === 'STORE_NOT_READY' || code === 'STORE_CLOSED' || code === 'INPUT_INVALID')
    throw new SluiceError(code, String(error))
  const said = typeof code === 'string' ? `${answer.status} ${code}` : String(answer.status)
  throw new SluiceError('OWNER_UNREACHABLE', `instance ${addressOf(from)} gave no answer from its state, but ${said}`)
}
