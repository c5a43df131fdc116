import { SluiceError } from '../../base/index.ts'
import type { HostInfo, KeyVersions, QueriedVersion, ReadOptions, VersionQuery } from '../../topology/index.ts'
import { RestError } from '../http/index.ts'
import { keyPath } from './key-path.ts'
import type { RouterParts } from './router-parts.ts'
import { withinDeadline } from './retry.ts'

/** A query for one key, which can be answered locally or by another instance. */
export interface KeyQuestion<A> {
  readonly store: string
  readonly key: string
  /** The encoded path and query for another instance. `stale`: for a standby or a suspended task. */
  path(stale: boolean): string
  /** Fields that every answer has. */
  readonly fields: readonly string[]
  /** Answers from a running task of this instance. Throws STORE_UNKNOWN, KEY_UNKNOWN, STORE_NOT_READY (not owned, or restoring). */
  here(): Promise<A>
  /** Answers from a standby or suspended task of this instance. Throws STORE_UNKNOWN, STORE_NOT_READY (no such task, or it does not have the key). */
  staleHere(): Promise<A>
}

/** Fields of every answer for a key; host and port are those of the instance that answered. */
interface Answered extends HostInfo {
  readonly store: string
  readonly key: string
  /** Present if a standby answered, or a task that a rebalance has suspended. */
  readonly stale?: true
  /** How far the standby is behind the changelog, in offsets; absent for a suspended task. */
  readonly lag?: number
  /** Present if the answer may include uncommitted writes. */
  readonly read?: 'latest'
}

/** The value of a key. */
export interface KeyAnswer extends Answered {
  readonly value: unknown
  /** Queries for a time only: start of the validity of the value, ms since the epoch. */
  readonly timestamp?: number
  /** Queries for a time only: when another version or a deletion followed, ms since the epoch; absent: the value is the newest. */
  readonly validTo?: number
}

/** The versions of a key, ordered by time. */
export interface VersionsAnswer extends Answered {
  readonly versions: readonly QueriedVersion[]
  /** Present if more versions follow: repeat the query with `from` set to this. */
  readonly next?: number
}

type Parts = Pick<RouterParts, 'streams' | 'metadata' | 'answerMs'>

/** The store and the key of a query. */
export interface Asked {
  readonly store: string
  readonly key: string
}

/** The query for the newest value of a key. Throws STORE_UNKNOWN. */
export function valueQuestion(parts: Parts, asked: Asked, options: ReadOptions): KeyQuestion<KeyAnswer> {
  const { store, key } = asked
  const { streams, metadata, answerMs } = parts
  metadata.store(store)
  return {
    ...asked,
    path: stale => pathOf(asked, '', stale ? { stale: true } : readOf(options)),
    fields: ['value'],
    async here() {
      const value = await withinDeadline(answerMs, streams.query(store, key, options))
      if (value === undefined) throw new SluiceError('KEY_UNKNOWN', `store ${store} has no key ${key}`)
      return { ...asked, value, ...hereIn(streams), ...readOf(options) }
    },
    async staleHere() {
      const { value, lag } = await withinDeadline(answerMs, streams.queryStale(store, key))
      if (value === undefined) throw notThere(asked)
      return { ...asked, value, ...hereIn(streams), stale: true, ...(lag === undefined ? {} : { lag }) }
    },
  }
}

/** The query for the value of a key at the time `asOf`, ms since the epoch. Throws STORE_UNKNOWN, STORE_NOT_VERSIONED. */
export function asOfQuestion(parts: Parts, asked: Asked, query: ReadOptions & { readonly asOf: number }): KeyQuestion<KeyAnswer> {
  const { store, key } = asked
  checkVersioned(parts, store)
  const answer = (found: KeyVersions, none: () => SluiceError): KeyAnswer => {
    const { versions, ...stale } = found
    const [version] = versions
    if (version === undefined) throw none()
    return { ...asked, ...version, ...hereIn(parts.streams), ...stale, ...(found.stale ? {} : readOf(query)) }
  }
  return {
    ...asked,
    path: stale => pathOf(asked, '', { at: query.asOf, ...(stale ? { stale } : readOf(query)) }),
    fields: ['value', 'timestamp'],
    here: async () =>
      answer(
        await versionsHere(parts, asked, query),
        () =>
          new SluiceError(
            'KEY_UNKNOWN',
            `store ${store} has no value of key ${key} for the time ${query.asOf}, or no longer keeps versions of that time`,
          ),
      ),
    staleHere: async () => answer(await versionsHere(parts, asked, query, true), () => notThere(asked)),
  }
}

/** The query for the versions of a key that were valid at some time from `from` to before `to`. Throws STORE_UNKNOWN, STORE_NOT_VERSIONED. */
export function versionsQuestion(
  parts: Parts,
  asked: Asked,
  query: VersionQuery & { readonly limit: number },
): KeyQuestion<VersionsAnswer> {
  checkVersioned(parts, asked.store)
  const { from, to, limit } = query
  const answer = ({ versions, ...stale }: KeyVersions): VersionsAnswer => {
    const shown = versions.slice(0, limit)
    const next = versions.length > limit ? shown.at(-1)?.validTo : undefined
    return {
      ...asked,
      versions: shown,
      ...(next === undefined ? {} : { next }),
      ...hereIn(parts.streams),
      ...stale,
      ...(stale.stale ? {} : readOf(query)),
    }
  }
  // One version more than the limit shows whether more follow.
  const asking = { ...query, limit: limit + 1 }
  return {
    ...asked,
    path: stale => pathOf(asked, '/versions', { from, to, limit, ...(stale ? { stale } : readOf(query)) }),
    fields: ['versions'],
    here: async () => answer(await versionsHere(parts, asked, asking)),
    staleHere: async () => answer(await versionsHere(parts, asked, asking, true)),
  }
}

function versionsHere({ streams, answerMs }: Parts, { store, key }: Asked, query: VersionQuery, standby = false): Promise<KeyVersions> {
  return withinDeadline(answerMs, streams.queryVersions(store, key, standby ? { ...query, uncommitted: false, standby } : query))
}

function hereIn({ self: { host, port } }: Parts['streams']): HostInfo {
  return { host, port }
}

function checkVersioned({ metadata }: Parts, name: string): void {
  if (metadata.store(name).versioned) return
  throw new RestError('STORE_NOT_VERSIONED', `store ${name} is not versioned: it keeps only the newest value of a key`)
}

/** Not KEY_UNKNOWN: a standby may lag, so only the owner knows that a key does not exist. */
function notThere({ store, key }: Asked): SluiceError {
  return new SluiceError('STORE_NOT_READY', `the standby of store ${store} has no key ${key} yet`)
}

function readOf({ uncommitted }: ReadOptions): { readonly read?: 'latest' } {
  return uncommitted ? { read: 'latest' } : {}
}

function pathOf(
  { store, key }: Asked,
  below: '' | '/versions',
  query: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const]))
  return keyPath(store, key, below, given)
}
