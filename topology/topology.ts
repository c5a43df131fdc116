import { checkedOptions, completeOptions, type OptionSubject, shownValue } from '../base/options/index.ts'
import { type ErrorCode, SluiceError } from '../base/index.ts'
import type { StoreBuilder } from '../stores/index.ts'
import { describe, type TopologyDescription } from './describe.ts'
import { checkInternalTopics } from './internal-topics.ts'
import type { ProcessorSupplier } from './processor.ts'
import { splitIntoSubTopologies } from './sub-topologies.ts'
import { checkBuilder, checkGlobalStores, checkNames, checkNode, checkTopology } from './topology-checks.ts'
import { sinkTable, sourceTable } from './topology-option-table.ts'
import type { SinkOptions, SourceOptions } from './topology-options.ts'
import type { NodeDefinition, StoreDefinition, TopologyDefinition } from './topology-definition.ts'

/**
 * Builds a graph of sources, processors, sinks and state stores, like the Processor API of Kafka Streams.
 * A node may be named as a parent before it is added; the topology is checked when an application or a test driver is made from it.
 */
export class Topology {
  readonly #nodes: NodeDefinition[] = []
  readonly #stores = new Map<string, { builder: StoreBuilder; processors: string[] }>()

  /** Processors that read a store of another sub-topology, by the store's name. */
  readonly #globalStores = new Map<string, string[]>()

  /**
   * Whether the value was made by this class: a Proxy of a topology was not.
   *
   * @internal
   */
  static made(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #nodes in value
  }

  /** Adds a source: records of the topics enter the topology here. Throws TOPOLOGY_INVALID for an invalid option and for a name that is taken. */
  addSource(name: string, topics: string | readonly string[], options: SourceOptions): this {
    const listed: unknown = typeof topics === 'string' ? [topics] : Array.isArray(topics) ? Array.from(topics) : topics
    checkNode({ kind: 'source', name, topics: listed })
    const { key, value, bootstrap, replay } = completeOptions(sourceTable, checkedOptions(part('source', name), sourceTable, options))
    return this.#add({
      kind: 'source',
      name,
      topics: listed as readonly string[],
      key,
      value,
      bootstrap,
      replay,
      internal: false,
    })
  }

  /**
   * Adds a processor that receives the records of its parents; the supplier makes one for each task. Throws TOPOLOGY_INVALID for a name
   * that is taken, and for a supplier that is not a function.
   */
  addProcessor(name: string, supplier: ProcessorSupplier, ...parents: readonly string[]): this {
    checkNode({ kind: 'processor', name, topics: [], supplier, parents })
    return this.#add({ kind: 'processor', name, supplier, parents })
  }

  /**
   * Adds a sink that writes the records of its parents to the topic, to the partition that their key chooses. Throws TOPOLOGY_INVALID for an invalid
   * option and for a name that is taken.
   */
  addSink<K>(name: string, topic: string, options: SinkOptions<K>, ...parents: readonly string[]): this {
    checkNode({ kind: 'sink', name, topics: [topic], parents })
    const checked = checkedOptions(part('sink', name), sinkTable, options)
    const { key, value, partitionBy, created, ofApplication } = completeOptions(sinkTable, checked)
    const by = partitionBy === undefined ? {} : { partitionBy }
    const made = created || ofApplication ? { created: true } : {}
    return this.#add({ kind: 'sink', name, topic, internal: ofApplication, ...made, key, value, ...by, parents })
  }

  /**
   * Lets the records of the parents go through an internal topic, so that each comes to the task of its new key: adds the sink `<name>-sink` and the
   * source `<name>`. The topic, `<application id>-<name>-repartition`, is created by the application, with as many partitions as the topics that are
   * joined with it have, or else those from which the records come; what is processed is deleted from it. Throws TOPOLOGY_INVALID for an invalid option and for
   * a name that is taken.
   */
  addRepartition<K>(name: string, options: SinkOptions<K>, ...parents: readonly string[]): this {
    checkNode({ kind: 'repartition', name, topics: [], parents })
    const topic = `${name}-repartition`
    checkNode({ kind: 'repartition', name, topics: [topic] })
    const { key, value, partitionBy } = completeOptions(sinkTable, checkedOptions(part('repartition', name), sinkTable, options))
    const by = partitionBy === undefined ? {} : { partitionBy }
    return this.#add({ kind: 'sink', name: `${name}-sink`, topic, internal: true, key, value, ...by, parents }).#add({
      kind: 'source',
      name,
      topics: [topic],
      key,
      value,
      bootstrap: false,
      replay: false,
      internal: true,
    })
  }

  /**
   * Adds a store and connects it to the processors; processors that share a store run in the same task. Throws TOPOLOGY_INVALID for a name
   * that is taken.
   */
  addStateStore(builder: StoreBuilder, ...processors: readonly string[]): this {
    checkBuilder(builder, processors)
    if (this.#stores.has(builder.name)) throw new SluiceError('TOPOLOGY_INVALID', `store ${shownValue(builder.name)} was added twice`)
    this.#stores.set(builder.name, { builder, processors: [...new Set(processors)] })
    return this
  }

  /** Connects a processor to stores that were added before. Throws TOPOLOGY_INVALID for a store that was not. */
  connectProcessorAndStateStores(processor: string, ...stores: readonly string[]): this {
    checkNames([processor], 'processor that is connected to stores')
    checkNames(stores, `store of processor ${shownValue(processor)}`, 'the name of a store')
    for (const name of stores) {
      const store = this.#stores.get(name)
      if (store === undefined)
        throw new SluiceError(
          'TOPOLOGY_INVALID',
          `processor ${shownValue(processor)} is connected to store ${shownValue(name)}, which was not added`,
        )
      if (!store.processors.includes(processor)) store.processors.push(processor)
    }
    return this
  }

  /**
   * Lets processors of other sub-topologies read a logged store: each stream thread that needs the store follows all partitions of its changelog,
   * and these processors read that copy under the store's name. The copy shows what was committed, shortly after the commit. It is for reading: writes to
   * it stay in the copy. The tasks that read it start once the copy holds what the store's bootstrap inputs held before.
   */
  addGlobalStore(store: string, ...processors: readonly string[]): this {
    checkNames([store], 'global store', 'the name of a store')
    checkNames(processors, `processor of global store ${shownValue(store)}`)
    this.#globalStores.set(store, [...new Set([...(this.#globalStores.get(store) ?? []), ...processors])])
    return this
  }

  /**
   * Checks the topology and returns its definition, with the internal topics of the application; without an application id, their names lack it. Throws
   * TOPOLOGY_INVALID, which names the node or store and what is wrong with it.
   *
   * @internal
   */
  build(applicationId?: string): TopologyDefinition {
    // Copies: what is connected later belongs to the topologies that are built then.
    const stores = [...this.#stores.values()].map(({ builder, processors }): StoreDefinition => ({ builder, processors: [...processors] }))
    checkTopology(this.#nodes, stores)
    const named = [...this.#globalStores].map(([store, processors]) => ({ store, processors }))
    const globalStores = checkGlobalStores(this.#nodes, stores, named)
    const nodes = applicationId === undefined ? this.#nodes : this.#nodes.map(node => ofApplication(node, applicationId))
    if (applicationId !== undefined) checkInternalTopics({ nodes, stores }, applicationId)
    return { subTopologies: splitIntoSubTopologies(nodes, stores, globalStores) }
  }

  /** The topology as text (`toString`) and as a Mermaid graph (`toMermaid`). */
  describe(): TopologyDescription {
    return describe(this.build())
  }

  #add(node: NodeDefinition): this {
    if (this.#nodes.some(other => other.name === node.name))
      throw new SluiceError('TOPOLOGY_INVALID', `node ${shownValue(node.name)} was added twice`)
    this.#nodes.push(node)
    return this
  }
}

/** Whether a value is a topology of this copy of the package. Throws the code for one of another copy, and for a proxy. */
export function isTopology(value: unknown, code: ErrorCode): value is Topology {
  if (Topology.made(value)) return true
  if (value instanceof Topology)
    throw new SluiceError(code, 'the topology is a Proxy, or inherits from a Topology without being one: pass the Topology itself')
  if (typeof (value as Partial<Topology> | null | undefined)?.build !== 'function') return false
  throw new SluiceError(
    code,
    'the topology was built with another copy of this package than what it is given to: import both from the same one (npm ls shows the copies)',
  )
}

/** For messages about options. */
function part(kind: string, name: string): OptionSubject {
  return { of: `${kind} ${shownValue(name)}`, code: 'TOPOLOGY_INVALID' }
}

/** The node with the full names of its internal topics. */
function ofApplication(node: NodeDefinition, applicationId: string): NodeDefinition {
  if (node.kind === 'processor' || !node.internal) return node
  if (node.kind === 'sink') return { ...node, topic: `${applicationId}-${node.topic}` }
  return { ...node, topics: node.topics.map(topic => `${applicationId}-${topic}`) }
}
