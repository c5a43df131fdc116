import { join } from 'node:path'
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
  /** For the rows of bulky stores; undefined: they are in memory, too. */
  readonly copies: string | undefined
  onFailure(error: unknown): void
  /** Called when a global store failed, before its next attempt. */
  onRetry(error: unknown): void
}

/** The global stores of one stream thread: one copy of each store that its tasks read as global, opened when the first task needs it. */
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

  /** Opens the global stores of a sub-topology; returns them by name. They may still be empty: see `caughtUp`. */
  async open(sub: SubTopology): Promise<ReadonlyMap<string, StateStore>> {
    const globalStores = await this.#globalStoresOf(sub)
    return new Map(globalStores.map(({ name, store }) => [name, store]))
  }

  /** Opens one store for a reader outside of the tasks; its `caughtUp` waits for the changelog only, not for inputs. Throws STORE_UNKNOWN. */
  openStore(name: string): Promise<GlobalStore> {
    const known = this.#parts.topology.subTopologies.some(sub => sub.stores.some(({ builder }) => builder.name === name))
    if (!known) throw new SluiceError('STORE_UNKNOWN', `there is no store "${name}"`)
    return this.#openOne(name, [])
  }

  /** Resolves once the global stores of the sub-topology have caught up; may never resolve if they are closed before. */
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

  /**
   * `inputs`: the topics that the group must have processed before the store has caught up; default: the bootstrap inputs of the store's
   * own tasks.
   */
  async #openOne(name: string, inputs?: readonly string[]): Promise<GlobalStore> {
    const { kafka, config, topology, layout, copies } = this.#parts
    const owner = topology.subTopologies.find(sub => sub.stores.some(({ builder }) => builder.name === name)) as SubTopology
    const { builder } = owner.stores.find(store => store.builder.name === name) as SubTopology['stores'][number]
    const changelog = changelogTopic(config.applicationId, name)
    const globalStore = await GlobalStore.open({
      kafka,
      builder,
      directory: copies === undefined || builder.bulky !== true ? undefined : join(copies, name),
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
