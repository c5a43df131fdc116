import { messageOf, SluiceError } from '../proto/sluice-error.ts'
import type { HostInfo, InstanceMetadata, QueryableStreams, StoreMetadata } from '../topology/queryable-streams.ts'
import { isPassing } from './errors.ts'
import { isSameAddress } from './hop-client.ts'
import type { RouterParts } from './query-router.ts'
import { bodyOf } from './query-router.ts'
import { retryWhilePassing } from './retry.ts'

export interface Entry {
  readonly key: string
  readonly value: unknown
}

/** One instance's share: the entries of exactly these partitions. */
export interface LocalEntries {
  readonly store: string
  readonly partitions: readonly number[]
  readonly entries: readonly Entry[]
}

/** An instance that was asked in vain. */
export interface MissingInstance extends HostInfo {
  readonly code: string
  readonly error: string
}

/** Entries sorted by key. The last two are there when a partial answer was allowed, empty when the answer is whole. */
export interface AllEntries {
  readonly store: string
  readonly entries: readonly Entry[]
  readonly missing?: readonly MissingInstance[]
  readonly missingPartitions?: readonly number[]
}

export interface AllOptions {
  readonly limit: number | undefined
  /** Answer at once with what there is, saying what is not; otherwise a whole answer or none. */
  readonly partial: boolean
}

/** Scatter–gather over the instances that hold a store. An answer is whole when the shares cover every partition. */
export class ScatterQuery {
  readonly #parts: RouterParts

  constructor(parts: RouterParts) {
    this.#parts = parts
  }

  /** Throws STORE_UNKNOWN; and, unless `partial`, STORE_NOT_READY or OWNER_UNREACHABLE when no whole answer came together for `retryMs`. */
  all(store: string, options: AllOptions): Promise<AllEntries> {
    const metadata = this.#parts.metadata.store(store)
    if (options.partial) return this.#gather(metadata, options)
    return retryWhilePassing(this.#parts.retryMs, () => this.#gather(metadata, options))
  }

  /** This instance's share. Throws STORE_UNKNOWN, STORE_NOT_READY when its partitions changed while it read them. */
  async here(store: string, limit: number | undefined): Promise<LocalEntries> {
    const { streams, metadata } = this.#parts
    const of = metadata.store(store)
    const partitions = await runningPartitions(streams, of)
    if (partitions.length === 0) return { store, partitions, entries: [] }
    const entries = await streams.queryAll(store, limit === undefined ? {} : { limit })
    const after = await runningPartitions(streams, of)
    if (partitions.join() !== after.join()) throw new SluiceError('STORE_NOT_READY', `partitions of store ${store} are moving`)
    return { store, partitions, entries }
  }

  async #gather(store: StoreMetadata, options: AllOptions): Promise<AllEntries> {
    const { streams, metadata } = this.#parts
    const others = (await metadata.instancesWith(store.name)).filter(instance => !isSameAddress(instance, streams.self))
    const asked: readonly (HostInfo | InstanceMetadata)[] = [streams.self, ...others]
    const outcomes = await Promise.allSettled(asked.map(instance => this.#shareOf(instance, store.name, options.limit)))
    const shares: LocalEntries[] = []
    const missing: MissingInstance[] = []
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') shares.push(outcome.value)
      else if (options.partial && isPassing(outcome.reason)) missing.push(missed(asked[index] as HostInfo, outcome.reason))
      else throw outcome.reason
    }
    const missingPartitions = uncovered(store, shares)
    const entries = mergeByKey(shares, options.limit)
    if (options.partial) return { store: store.name, entries, missing, missingPartitions }
    if (missingPartitions.length === 0) return { store: store.name, entries }
    const which = missingPartitions.join(', ')
    throw new SluiceError(
      'STORE_NOT_READY',
      `no instance answers for partition ${which} of store ${store.name}; ?partial=true gives the rest`,
    )
  }

  async #shareOf(instance: HostInfo, store: string, limit: number | undefined): Promise<LocalEntries> {
    if (isSameAddress(instance, this.#parts.streams.self)) return this.here(store, limit)
    const query = limit === undefined ? '' : `?limit=${limit}`
    const answer = await this.#parts.hops.get(instance, `/state/${encodeURIComponent(store)}/all${query}`)
    return bodyOf(answer, instance, ['partitions', 'entries']) as LocalEntries
  }
}

/** The shares as one list in key order, each key once, cut to the first `limit`. */
export function mergeByKey(shares: readonly LocalEntries[], limit: number | undefined): Entry[] {
  const byKey = new Map<string, Entry>()
  for (const share of shares) for (const { key, value } of share.entries) byKey.set(key, { key, value })
  const sorted = [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  return limit === undefined ? sorted : sorted.slice(0, limit)
}

/** The store's partitions that no share stands for. */
export function uncovered(store: StoreMetadata, shares: readonly LocalEntries[]): number[] {
  const covered = new Set(shares.flatMap(share => share.partitions))
  return Array.from({ length: store.partitions }, (_, partition) => partition).filter(partition => !covered.has(partition))
}

async function runningPartitions(streams: QueryableStreams, store: StoreMetadata): Promise<number[]> {
  const running = (await streams.tasks()).filter(task => task.state === 'running').map(({ task }) => task.split('_').map(Number))
  const ofStore = running.filter(([subTopology]) => store.subTopology === undefined || subTopology === store.subTopology)
  return [...new Set(ofStore.map(([, partition]) => partition as number))].sort((a, b) => a - b)
}

function missed({ host, port }: HostInfo, error: SluiceError): MissingInstance {
  return { host, port, code: error.code, error: messageOf(error) }
}
