import { afterPrefix, compareBytes } from './byte-key.ts'

/** How values are read. */
export interface ReadOptions {
  /** Whether to include the writes of the running transaction, which may still be discarded; default false: the last committed state. */
  readonly uncommitted?: boolean | undefined
}

/** Selects versions of a key: the one that was valid at a time, or those that were valid at some time of a span. Times are epoch ms. */
export interface VersionQuery extends ReadOptions {
  /** The time at which the version was valid; `from`, `to` and `limit` are ignored then. */
  readonly asOf?: number | undefined
  /** First time of the span; default: no bound. */
  readonly from?: number | undefined
  /** End of the span, exclusive; default: no bound. */
  readonly to?: number | undefined
  /** Largest number of versions; default: all. */
  readonly limit?: number | undefined
}

/** Selects entries: every given bound applies. Keys are in the text form of the store. */
export interface StoreQuery extends ReadOptions {
  /** Smallest key. */
  readonly from?: string | undefined
  /** End of the keys, exclusive. */
  readonly to?: string | undefined
  /** Only keys after this one: the last key of an earlier answer. */
  readonly after?: string | undefined
  /** Only keys whose text begins with this; default: all. */
  readonly prefix?: string | undefined
  /** Largest number of entries; default: all. */
  readonly limit?: number | undefined
  /** Whether to leave out the values; default false. */
  readonly keysOnly?: boolean | undefined
}

export interface KeyBounds {
  /** Smallest key; undefined: no bound. */
  readonly from: Uint8Array | undefined
  /** End of the keys, exclusive; undefined: no bound. */
  readonly to: Uint8Array | undefined
}

/** The query's bounds as bytes. */
export function keyBounds({ from, to, after, prefix = '' }: StoreQuery, keyOf: (text: string) => Uint8Array): KeyBounds {
  const starts: Uint8Array[] = []
  const ends: Uint8Array[] = []
  if (from !== undefined) starts.push(keyOf(from))
  if (after !== undefined) starts.push(Buffer.concat([keyOf(after), Buffer.alloc(1)]))
  if (to !== undefined) ends.push(keyOf(to))
  if (prefix !== '') {
    const first = keyOf(prefix)
    starts.push(first)
    ends.push(afterPrefix(first))
  }
  return { from: starts.toSorted(compareBytes).at(-1), to: ends.toSorted(compareBytes)[0] }
}

/** Whether no key can lie within the bounds. */
export function isEmpty({ from, to }: KeyBounds): boolean {
  return from !== undefined && to !== undefined && compareBytes(from, to) >= 0
}
