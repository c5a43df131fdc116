import { messageOf, SluiceError } from '../../base/index.ts'
import type { HostInfo, PartitionQuery, PartitionShare, QueriedEntry, StoreMetadata } from '../../topology/index.ts'
import { isPassing } from '../http/index.ts'
import { isSameAddress } from '../hops/index.ts'
import { compareEntries } from './key-order.ts'
import type { RouterParts } from './router-parts.ts'
import { bodyOf } from './query-router.ts'
import { retryWhilePassing, withinDeadline } from './retry.ts'

/** A key with its value. */
export interface Entry {
  readonly key: string
  readonly value: unknown
  /** Present if the entry comes from a standby, or from a task that a rebalance has suspended. */
  readonly stale?: true
}

/** The part of one instance: one share for each of `partitions`, in the same order. */
export interface LocalShares {
  readonly store: string
  readonly partitions: readonly number[]
  readonly shares: readonly PartitionShare[]
}

/** An instance that did not answer, and why. */
export interface MissingInstance extends HostInfo {
  readonly code: string
  readonly error: string
}

/** A partition that a standby answered for, `lag` offsets behind the changelog; without `lag`, a task that a rebalance has suspended. */
export interface StalePartition extends HostInfo {
  readonly partition: number
  readonly lag?: number
}

/** Fields that entries and counts share. */
interface Gathered {
  readonly store: string
  /** The partitions that a standby or a suspended task answered for, because no owner did. */
  readonly stale?: readonly StalePartition[]
  /** Instances that did not answer as owners; present if a partial answer was allowed. */
  readonly missing?: readonly MissingInstance[]
  /** Partitions that no instance answered for; present if a partial answer was allowed, empty if the answer is complete. */
  readonly missingPartitions?: readonly number[]
}

/** Entries sorted by key. */
export interface AllEntries extends Gathered {
  readonly entries: readonly Entry[]
  /** Present if more entries follow: the last key of `entries`; repeat the query with `after` set to it. */
  readonly next?: string
}

/** The number of entries. */
export interface EntryCount extends Gathered {
  readonly count: number
}

export interface GatherOptions {
  /** Whether an incomplete answer is returned at once; otherwise the answer is complete or an error. */
  readonly partial: boolean
}

/** Scatter–gather over the instances that hold a store. An answer is complete when its shares cover every partition. */
export class ScatterQuery {
  readonly #parts: RouterParts

  constructor(parts: RouterParts) {
    this.#parts = parts
  }

  /** The entries of a range. Throws STORE_UNKNOWN; unless `partial`, also STORE_NOT_READY or OWNER_UNREACHABLE if no answer is complete in `retryMs`. */
  async all(store: string, query: PartitionQuery, options: GatherOptions): Promise<AllEntries> {
    const { shares, ...gathered } = await this.#gather(store, query, options)
    return { ...gathered, ...mergeShares(shares, query.limit) }
  }

  /** The number of entries of a range. Throws as `all` does. */
  async count(store: string, query: PartitionQuery, options: GatherOptions): Promise<EntryCount> {
    const { shares, ...gathered } = await this.#gather(store, { ...query, countOnly: true }, options)
    return { ...gathered, count: shares.reduce((sum, { count }) => sum + count, 0) }
  }

  /** The part of this instance. Throws STORE_UNKNOWN, STORE_NOT_READY. */
  async here(store: string, query: PartitionQuery): Promise<LocalShares> {
    this.#parts.metadata.store(store)
    const shares = await withinDeadline(this.#parts.scanMs, this.#parts.streams.queryPartitions(store, query))
    return { store, partitions: shares.map(({ partition }) => partition), shares }
  }

  async #gather(
    store: string,
    query: PartitionQuery,
    { partial }: GatherOptions,
  ): Promise<Gathered & { readonly shares: PartitionShare[] }> {
    const metadata = this.#parts.metadata.store(store)
    if (!partial) return retryWhilePassing(this.#parts.retryMs, async () => wholeOf(metadata, await this.#attempt(metadata, query)))
    const { shares, stale, missing } = await this.#attempt(metadata, query)
    return { store, shares, ...shownStale(stale), missing, missingPartitions: uncovered(metadata, shares) }
  }

  /** Asks the owners first, then the standbys of the partitions that no owner answered for. */
  async #attempt(store: StoreMetadata, query: PartitionQuery): Promise<Attempt> {
    const owners = await this.#ask(store, query, instance => instance.storeNames.includes(store.name))
    const shares = onePerPartition(owners.answers.flatMap(({ part }) => part.shares))
    const open = uncovered(store, shares)
    if (open.length === 0) return { shares, stale: [], missing: owners.missing, failures: owners.failures }
    const tasks = open.map(partition => `${store.subTopology ?? 0}_${partition}`)
    const follows = (followed: readonly string[] = []): boolean => tasks.some(task => followed.includes(task))
    const asked = { ...query, partitions: open, standbys: true, uncommitted: false }
    const standbys = await this.#ask(store, asked, instance => follows(instance.standbyTasks))
    const stale = standbys.answers.flatMap(({ from: { host, port }, part }) => part.shares.map(share => ({ share, host, port })))
    const nearest = stale.toSorted((a, b) => (a.share.lag ?? Number.MAX_VALUE) - (b.share.lag ?? Number.MAX_VALUE))
    const chosen = onePerPartition(nearest.map(({ share }) => share))
    const marks = nearest.filter(({ share }) => chosen.includes(share))
    return {
      shares: [...shares, ...chosen],
      stale: marks.map(({ share: { partition, lag }, host, port }) => ({ partition, ...(lag === undefined ? {} : { lag }), host, port })),
      missing: owners.missing,
      failures: owners.failures,
    }
  }

  async #ask(store: StoreMetadata, query: PartitionQuery, wanted: (instance: Listed) => boolean): Promise<Asked> {
    const { streams, metadata } = this.#parts
    const listed = await metadata.instances()
    const others = listed.filter(instance => wanted(instance) && !isSameAddress(instance, streams.self))
    const asked: readonly HostInfo[] = [streams.self, ...others]
    const outcomes = await Promise.allSettled(asked.map(instance => this.#partOf(instance, store.name, query)))
    const failures: SluiceError[] = []
    const missing: MissingInstance[] = []
    const answers: Asked['answers'][number][] = []
    for (const [index, outcome] of outcomes.entries()) {
      const from = asked[index] as HostInfo
      if (outcome.status === 'fulfilled') answers.push({ from, part: outcome.value })
      else if (!isPassing(outcome.reason)) throw outcome.reason
      else {
        failures.push(outcome.reason)
        missing.push({ host: from.host, port: from.port, code: outcome.reason.code, error: messageOf(outcome.reason) })
      }
    }
    return { answers, missing, failures }
  }

  async #partOf(instance: HostInfo, store: string, query: PartitionQuery): Promise<LocalShares> {
    if (isSameAddress(instance, this.#parts.streams.self)) return this.here(store, query)
    const what = query.countOnly === true ? 'count' : 'all'
    const answer = await this.#parts.hops.get(instance, `/state/${encodeURIComponent(store)}/${what}${searchOf(query)}`, this.#parts.scanMs)
    return bodyOf(answer, instance, ['partitions', 'shares']) as LocalShares
  }
}

type Listed = Awaited<ReturnType<RouterParts['metadata']['instances']>>[number]

interface Asked {
  readonly answers: readonly { readonly from: HostInfo; readonly part: LocalShares }[]
  readonly missing: readonly MissingInstance[]
  readonly failures: readonly SluiceError[]
}

interface Attempt {
  /** At most one for each partition. */
  readonly shares: PartitionShare[]
  readonly stale: readonly StalePartition[]
  readonly missing: readonly MissingInstance[]
  readonly failures: readonly SluiceError[]
}

/** Returns a complete answer. Otherwise throws the first failure of an instance, or STORE_NOT_READY if none failed. */
function wholeOf(store: StoreMetadata, { shares, stale, failures }: Attempt): Gathered & { readonly shares: PartitionShare[] } {
  const open = uncovered(store, shares)
  if (open.length === 0) return { store: store.name, shares, ...shownStale(stale) }
  const [failure] = failures
  if (failure !== undefined) throw failure
  const which = open.join(', ')
  throw new SluiceError(
    'STORE_NOT_READY',
    `no instance answered for partition ${which} of store ${store.name}; partial=true returns the rest`,
  )
}

function shownStale(stale: readonly StalePartition[]): { readonly stale?: readonly StalePartition[] } {
  return stale.length === 0 ? {} : { stale: stale.toSorted((a, b) => a.partition - b.partition) }
}

/** The query string for another instance. */
function searchOf({ from, to, prefix, after, limit, uncommitted, standbys, partitions }: PartitionQuery): string {
  const fields = {
    from,
    to,
    prefix,
    after,
    limit,
    partitions,
    ...(uncommitted ? { read: 'latest' } : {}),
    ...(standbys ? { stale: true } : {}),
  }
  const given = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

/** The first share of each partition: while a partition moves, both its instances may answer for it. */
function onePerPartition(shares: readonly PartitionShare[]): PartitionShare[] {
  const first = new Map<number, PartitionShare>()
  for (const share of shares) if (!first.has(share.partition)) first.set(share.partition, share)
  return [...first.values()]
}

/** Merges the shares in key order, each key once, and keeps the first `limit`; `next` is present if more entries follow. */
export function mergeShares(
  shares: readonly PartitionShare[],
  limit: number | undefined,
): { readonly entries: readonly Entry[]; readonly next?: string } {
  const all: (QueriedEntry & { readonly stale?: true })[] = []
  for (const { entries, stale } of shares) for (const entry of entries) all.push(stale ? { ...entry, stale } : entry)
  const sorted = all.sort(compareEntries).filter((entry, at) => entry.key !== all[at - 1]?.key)
  const cut = limit === undefined ? sorted : sorted.slice(0, limit)
  const entries = cut.map(({ key, value, stale }) => (stale === undefined ? { key, value } : { key, value, stale }))
  const last = entries.at(-1)
  const more = cut.length < sorted.length || shares.some(share => share.more)
  return more && last !== undefined ? { entries, next: last.key } : { entries }
}

/** The partitions of the store without a share. */
export function uncovered(store: StoreMetadata, shares: readonly Pick<PartitionShare, 'partition'>[]): number[] {
  const covered = new Set(shares.map(({ partition }) => partition))
  return Array.from({ length: store.partitions }, (_, partition) => partition).filter(partition => !covered.has(partition))
}
