import type { Serde } from '../records/index.ts'
import type { StoreBuilder } from '../stores/index.ts'
import type { ProcessorSupplier } from './processor.ts'

/** A serde of any type: one topology holds serdes of many types, and each node knows its own. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnySerde = Serde<any>

export interface SourceDefinition {
  readonly kind: 'source'
  readonly name: string
  readonly topics: readonly string[]
  readonly key: AnySerde
  readonly value: AnySerde
  /** Whether this is a bootstrap input: a task that starts reads it to its end before it processes its other inputs. */
  readonly bootstrap: boolean
  /** Whether a task that starts processes it from its beginning; records that were committed write nothing again. */
  readonly replay: boolean
  /** Whether the topics are internal topics of the application, which creates them. */
  readonly internal: boolean
}

export interface ProcessorDefinition {
  readonly kind: 'processor'
  readonly name: string
  readonly supplier: ProcessorSupplier
  readonly parents: readonly string[]
}

export interface SinkDefinition {
  readonly kind: 'sink'
  readonly name: string
  readonly topic: string
  /** Whether the topic is an internal topic of the application. */
  readonly internal: boolean
  /** Whether the application creates the topic if it is missing; default: false. */
  readonly created?: boolean
  readonly key: AnySerde
  readonly value: AnySerde
  /** Returns the bytes whose hash chooses the partition, from the key. Default: the serialized key. */
  readonly partitionBy?: (key: unknown) => Uint8Array
  readonly parents: readonly string[]
}

export type NodeDefinition = SourceDefinition | ProcessorDefinition | SinkDefinition

export interface StoreDefinition {
  readonly builder: StoreBuilder
  /** Names of the processors that use it. */
  readonly processors: readonly string[]
}

/** Nodes that are connected by edges or by a shared store. One task runs one sub-topology on one partition. */
export interface SubTopology {
  readonly id: number
  /** Parents before children. */
  readonly nodes: readonly NodeDefinition[]
  readonly stores: readonly StoreDefinition[]
  /** Stores of other sub-topologies that processors of this one read as global stores; `processors` names only processors of this sub-topology. */
  readonly globalStores: readonly StoreDefinition[]
  readonly sourceTopics: readonly string[]
}

/** A checked topology. */
export interface TopologyDefinition {
  readonly subTopologies: readonly SubTopology[]
}
