import { SluiceError } from '../../../base/index.ts'
import type { StateStore } from '../../../stores/index.ts'
import type { SubTopology, TopologyDefinition } from '../../topology-definition.ts'
import type { Kafka } from '../kafka/index.ts'
import { GlobalStore } from './global-store.ts'
import type { StreamsConfig } from '../config/index.ts'
import { changelogTopic, type TopicLayout } from '../topics/index.ts'

export interface GlobalStoresParts {
  readonly kafka: Kafka
  readonly config: StreamsConfig
  readonly topology: TopologyDefinition
  readonly layout: TopicLayout
  onFailure(error: unknown): void
  /** One of them failed, and will be tried again. */
  onRetry(error: unknown): void
}

/** The global stores of one stream thread: one of each store that its tasks read so, opened when the first of them needs it. */
export class GlobalStores {
  readonly #parts: GlobalStoresParts
  readonly #opening = new Map<string, Promise<GlobalStore>>()
  readonly #open = new Set<GlobalStore>()

  constructor(parts: GlobalStoresParts) {
    this.#parts = parts
  }

  get all(): readonly GlobalStore[] {
    return [...this.#open]
  }

  /** Those that a sub-topology reads, by the stores' names. They may not hold anything yet. */
  async open(sub: SubTopology): Promise<ReadonlyMap<string, StateStore>> {
    const globalStores = await this.#globalStoresOf(sub)
    return new Map(globalStores.map(({ name, store }) => [name, store]))
  }

  /** One store's, for who reads it beside the tasks: it has caught up with its changelog alone, whatever waits in the inputs. Throws STORE_UNKNOWN. */
  openStore(name: string): Promise<GlobalStore> {
    const known = this.#parts.topology.subTopologies.some(sub => sub.stores.some(({ builder }) => builder.name === name))
    if (!known) throw new SluiceError('STORE_UNKNOWN', `there is no store "${name}"`)
    return this.#openOne(name, [])
  }

  /** Resolves once the sub-topology's global stores have caught up; perhaps never, if they are closed before. */
  async caughtUp(sub: SubTopology): Promise<void> {
    await Promise.all((await this.#globalStoresOf(sub)).map(globalStore => globalStore.caughtUp()))
  }

  async close(): Promise<void> {
    const opening = [...this.#opening.values()]
    this.#opening.clear()
    this.#open.clear()
    const opened = (await Promise.allSettled(opening)).flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
    await Promise.all(opened.map(globalStore => globalStore.close()))
  }

  #globalStoresOf(sub: SubTopology): Promise<readonly GlobalStore[]> {
    return Promise.all(
      sub.globalStores.map(({ builder: { name } }) => {
        const globalStore = this.#opening.get(name) ?? this.#openOne(name)
        this.#opening.set(name, globalStore)
        return globalStore
      }),
    )
  }

  /** `inputs`: what the group has to have read until it has caught up; unless told, those that the store's tasks read first. */
  async #openOne(name: string, inputs?: readonly string[]): Promise<GlobalStore> {
    const { kafka, config, topology, layout } = this.#parts
    const owner = topology.subTopologies.find(sub => sub.stores.some(({ builder }) => builder.name === name)) as SubTopology
    const { builder } = owner.stores.find(store => store.builder.name === name) as SubTopology['stores'][number]
    const changelog = changelogTopic(config.applicationId, name)
    const globalStore = await GlobalStore.open({
      kafka,
      builder,
      changelog,
      tombstonesMs: layout.tombstonesMs.get(changelog) ?? 0,
      groupId: config.applicationId,
      inputs: inputs ?? owner.nodes.flatMap(node => (node.kind === 'source' && node.bootstrap ? node.topics : [])),
      // A dead owner's records stay where they are until the group has found out.
      patienceMs: config.sessionTimeoutMs + config.bootstrapWaitMs,
      onFailure: error => this.#parts.onFailure(error),
      onRetry: error => this.#parts.onRetry(error),
      log: config.listener.log,
    })
    this.#open.add(globalStore)
    return globalStore
  }
}
