import { afterPrefix, compareBytes } from './byte-key.ts'

/** How a value is read: as the last commit left it unless told. */
export interface ReadOptions {
  /** With the writes of the transaction that is under way, which may yet be dropped. */
  readonly uncommitted?: boolean | undefined
}

/** Which versions of a key are asked for: the one that held at a time, or those that held at some time of a span. */
export interface VersionQuery extends ReadOptions {
  /** Then nothing else counts. */
  readonly asOf?: number | undefined
  /** ≤ time. */
  readonly from?: number | undefined
  /** > time. */
  readonly to?: number | undefined
  /** Most versions; default all. */
  readonly limit?: number | undefined
}

/** Which entries are asked for: every bound that is given holds. Keys are text, as the store shows its keys. */
export interface StoreQuery extends ReadOptions {
  /** ≤ key. */
  readonly from?: string | undefined
  /** > key. */
  readonly to?: string | undefined
  /** < key: where an answer before this one ended. */
  readonly after?: string | undefined
  /** That the key's text begins with; default any. */
  readonly prefix?: string | undefined
  /** Most entries; default all. */
  readonly limit?: number | undefined
  /** Values are not wanted. */
  readonly keysOnly?: boolean | undefined
}

export interface KeyBounds {
  /** ≤ key. */
  readonly from: Uint8Array | undefined
  /** > key; undefined: no end. */
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
