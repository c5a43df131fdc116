import { SluiceError } from '../../base/index.ts'
import type { HostInfo, InstanceMetadata, QueryableStreams, StoreMetadata } from '../../topology/index.ts'
import { isSameAddress } from '../hops/index.ts'
import { withinDeadline } from './retry.ts'

/** An instance, as /state/instances lists it. */
export interface ListedInstance extends InstanceMetadata {
  /** Present if another instance advertises the same address, so that requests for one may reach the other. */
  readonly sharesAddress?: true
}

/** The instances of the group and the stores that they hold, according to the metadata of the group, in a stable order. */
export class MetadataService {
  readonly #streams: QueryableStreams
  readonly #answerMs: number

  /** `answerMs`: deadline for the metadata of the group; default 12 days. */
  constructor(streams: QueryableStreams, answerMs = 2 ** 30) {
    this.#streams = streams
    this.#answerMs = answerMs
  }

  /** All instances of the group, sorted by host, then port. Throws STORE_NOT_READY after `answerMs`. */
  async instances(): Promise<readonly ListedInstance[]> {
    const instances = await withinDeadline(this.#answerMs, this.#streams.instances())
    return instances
      .map(instance => ({ ...shownFields(instance), ...(sharesAddress(instance, instances) ? { sharesAddress: true as const } : {}) }))
      .sort(byAddress)
  }

  /** The instances that hold the store. Throws STORE_UNKNOWN. */
  async instancesWith(store: string): Promise<readonly ListedInstance[]> {
    this.store(store)
    return (await this.instances()).filter(instance => instance.storeNames.includes(store))
  }

  /** Whether the group lists the address. Requests are never sent to an address that it does not list. */
  async lists(address: HostInfo): Promise<boolean> {
    return (await this.instances()).some(instance => isSameAddress(instance, address))
  }

  /** Throws STORE_NOT_READY with the remedy if several instances advertise the address, because requests for one may reach another. */
  async checkUnshared(address: HostInfo): Promise<void> {
    const { host, port } = address
    const sharing = (await this.instances()).filter(instance => isSameAddress(instance, address))
    if (sharing.length < 2) return
    const why = `${sharing.length} instances advertise the address ${host}:${port}, so a request may reach an instance that does not own the key`
    throw new SluiceError('STORE_NOT_READY', `${why}: give each instance an address of its own (the setting advertise, or host and port)`)
  }

  /** The metadata of a store. Throws STORE_UNKNOWN. */
  store(name: string): StoreMetadata {
    const found = this.#streams.stores.find(store => store.name === name)
    if (found !== undefined) return found
    const known = this.#streams.stores.map(store => store.name).join(', ')
    throw new SluiceError('STORE_UNKNOWN', `there is no store ${name}; stores of the application: ${known === '' ? 'none' : known}`)
  }
}

function shownFields({ host, port, storeNames, instance, activeTasks, standbyTasks = [] }: InstanceMetadata): InstanceMetadata {
  return { host, port, storeNames, instance, activeTasks, standbyTasks }
}

/** Whether another of the instances advertises the same address. */
export function sharesAddress(
  { instance, ...address }: HostInfo & { readonly instance: string },
  all: readonly InstanceMetadata[],
): boolean {
  return all.some(other => other.instance !== instance && isSameAddress(other, address))
}

function byAddress(a: HostInfo, b: HostInfo): number {
  if (a.host !== b.host) return a.host < b.host ? -1 : 1
  return a.port - b.port
}
