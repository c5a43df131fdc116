import { SluiceError } from '../../base/index.ts'
import type { HostInfo, KeyVersions, QueriedVersion, ReadOptions, VersionQuery } from '../../topology/index.ts'
import { RestError } from '../http/index.ts'
import { keyPath } from './key-path.ts'
import type { RouterParts } from './router-parts.ts'
import { withinDeadline } from './retry.ts'

/** Something that is asked of a key: from here, and of another instance. */
export interface KeyQuestion<A> {
  readonly store: string
  readonly key: string
  /** As it travels: encoded, with its query. `stale`: to a standby. */
  path(stale: boolean): string
  /** What every answer has. */
  readonly fields: readonly string[]
  /** From this instance's state alone. Throws STORE_UNKNOWN, KEY_UNKNOWN, STORE_NOT_READY (not owned, or restoring). */
  here(): Promise<A>
  /** From this instance's standby or suspended task alone. Throws STORE_UNKNOWN, STORE_NOT_READY (there is none, or it has nothing of the key). */
  staleHere(): Promise<A>
}

/** What is the same for whatever is asked of a key. */
interface Answered extends HostInfo {
  readonly store: string
  readonly key: string
  /** It is a standby's, or that of a task which a rebalance has suspended. */
  readonly stale?: true
  /** How many changelog offsets the standby is behind. */
  readonly lag?: number
  /** There when what is told may not be committed. */
  readonly read?: 'latest'
}

/** A key's value, and the instance that answered. */
export interface KeyAnswer extends Answered {
  readonly value: unknown
  /** As of a time: from when the value holds, and when another version or a deletion followed; no end: it is the newest. */
  readonly timestamp?: number
  readonly validTo?: number
}

/** A key's versions in the order of time, and the instance that answered. */
export interface VersionsAnswer extends Answered {
  readonly versions: readonly QueriedVersion[]
  /** More follow: ask again with `from` set to this. */
  readonly next?: number
}

type Parts = Pick<RouterParts, 'streams' | 'metadata' | 'answerMs'>

/** What `/state/{store}/keys/{key}` is about. */
export interface Asked {
  readonly store: string
  readonly key: string
}

/** The value that the key has. Throws STORE_UNKNOWN. */
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

/** The value that the key had at a time. Throws STORE_UNKNOWN, STORE_NOT_VERSIONED. */
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

/** The versions of a key that held at some time of a span. Throws STORE_UNKNOWN, STORE_NOT_VERSIONED. */
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
  // One more than the limit tells whether there are more.
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

/** Whether there is no such key, only its owner can tell. */
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
