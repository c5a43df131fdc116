import { checkOptions, completeOptions } from '../base/options/index.ts'
import { SluiceError } from '../base/index.ts'
import type { StoreBuilder } from '../stores/index.ts'
import { describe, type TopologyDescription } from './describe.ts'
import type { ProcessorSupplier } from './processor.ts'
import { splitIntoSubTopologies } from './sub-topologies.ts'
import { checkReplicas, checkTopology } from './topology-checks.ts'
import { sinkTable, sourceTable } from './topology-option-table.ts'
import type { SinkOptions, SourceOptions } from './topology-options.ts'
import type { NodeDefinition, StoreDefinition, TopologyDefinition } from './topology-definition.ts'

/**
 * Builds a graph of sources, processors, sinks and state stores, in the manner of Kafka Streams' Processor API.
 * Nodes may be named as parents before they are added; `build` checks the whole.
 */
export class Topology {
  readonly #nodes: NodeDefinition[] = []
  readonly #stores = new Map<string, { builder: StoreBuilder; processors: string[] }>()

  /** Processors that read a store of another sub-topology, by the store's name. */
  readonly #globalStores = new Map<string, string[]>()

  /** Records of the topics enter here. Throws TOPOLOGY_INVALID for an option that is not allowed. */
  addSource(name: string, topics: string | readonly string[], options: SourceOptions): this {
    checkOptions({ of: `source ${JSON.stringify(name)}`, code: 'TOPOLOGY_INVALID' }, sourceTable, options)
    const { key, value, bootstrap } = completeOptions(sourceTable, options)
    return this.#add({ kind: 'source', name, topics: typeof topics === 'string' ? [topics] : [...topics], key, value, bootstrap })
  }

  /** Records of the parents go to a processor; the supplier makes one for each task. */
  addProcessor(name: string, supplier: ProcessorSupplier, ...parents: readonly string[]): this {
    return this.#add({ kind: 'processor', name, supplier, parents })
  }

  /** Records that reach it go to the topic, by the key's partition. Throws TOPOLOGY_INVALID for an option that is not allowed. */
  addSink<K>(name: string, topic: string, options: SinkOptions<K>, ...parents: readonly string[]): this {
    checkOptions({ of: `sink ${JSON.stringify(name)}`, code: 'TOPOLOGY_INVALID' }, sinkTable, options)
    const { key, value, partitionBy } = options
    const by = partitionBy === undefined ? {} : { partitionBy: partitionBy as (key: unknown) => Uint8Array }
    return this.#add({ kind: 'sink', name, topic, key, value, ...by, parents })
  }

  /** Adds a store and connects it to the processors; processors that share a store run in the same task. */
  addStateStore(builder: StoreBuilder, ...processors: readonly string[]): this {
    if (this.#stores.has(builder.name)) throw new SluiceError('TOPOLOGY_INVALID', `store "${builder.name}" was added twice`)
    this.#stores.set(builder.name, { builder, processors: [...processors] })
    return this
  }

  /** Connects stores that were added to a processor. Throws TOPOLOGY_INVALID for one that is not. */
  connectProcessorAndStateStores(processor: string, ...stores: readonly string[]): this {
    for (const name of stores) {
      const store = this.#stores.get(name)
      if (store === undefined)
        throw new SluiceError('TOPOLOGY_INVALID', `processor "${processor}" is connected to store "${name}", which was not added`)
      if (!store.processors.includes(processor)) store.processors.push(processor)
    }
    return this
  }

  /**
   * Lets processors of other sub-topologies read a logged store: each instance follows all partitions of its changelog, and they get a copy
   * of the whole under the store's name. It shows what was committed, a moment later. It is for reading: what is written to it stays there.
   * Their tasks start once it holds what the store's read-first inputs held before.
   */
  addGlobalStore(store: string, ...processors: readonly string[]): this {
    this.#globalStores.set(store, [...new Set([...(this.#globalStores.get(store) ?? []), ...processors])])
    return this
  }

  /**
   * The checked topology. Throws TOPOLOGY_INVALID that names the node or store and what is wrong with it.
   *
   * @internal
   */
  build(): TopologyDefinition {
    const stores: StoreDefinition[] = [...this.#stores.values()]
    checkTopology(this.#nodes, stores)
    const named = [...this.#globalStores].map(([store, processors]) => ({ store, processors }))
    const globalStores = checkReplicas(this.#nodes, stores, named)
    return { subTopologies: splitIntoSubTopologies(this.#nodes, stores, globalStores) }
  }

  /** The topology as text (`toString`) and as a Mermaid graph (`toMermaid`). */
  describe(): TopologyDescription {
    return describe(this.build())
  }

  #add(node: NodeDefinition): this {
    if (node.name === '') throw new SluiceError('TOPOLOGY_INVALID', `a ${node.kind} has an empty name`)
    if (this.#nodes.some(other => other.name === node.name))
      throw new SluiceError('TOPOLOGY_INVALID', `node "${node.name}" was added twice`)
    this.#nodes.push(node)
    return this
  }
}
