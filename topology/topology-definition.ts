import type { Serde } from '../records/index.ts'
import type { StoreBuilder } from '../stores/index.ts'
import type { ProcessorSupplier } from './processor.ts'

// Serdes and processors of all types stand side by side in a topology; each node knows its own.
/** A serde of any type: each node of a topology knows its own. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnySerde = Serde<any>

export interface SourceDefinition {
  readonly kind: 'source'
  readonly name: string
  readonly topics: readonly string[]
  readonly key: AnySerde
  readonly value: AnySerde
  /** A control input: a task that starts reads it to its end before the first record of its other inputs. */
  readonly bootstrap: boolean
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
  readonly key: AnySerde
  readonly value: AnySerde
  /** What chooses a record's partition in place of its key's bytes. */
  readonly partitionBy?: (key: unknown) => Uint8Array
  readonly parents: readonly string[]
}

export type NodeDefinition = SourceDefinition | ProcessorDefinition | SinkDefinition

export interface StoreDefinition {
  readonly builder: StoreBuilder
  /** Names of the processors that use it. */
  readonly processors: readonly string[]
}

/** The nodes that hang together, by edges or by a store: what one task runs, on one partition. */
export interface SubTopology {
  readonly id: number
  /** Parents before children. */
  readonly nodes: readonly NodeDefinition[]
  readonly stores: readonly StoreDefinition[]
  /** Stores of other sub-topologies that it reads whole: of each, the processors here that do. */
  readonly globalStores: readonly StoreDefinition[]
  readonly sourceTopics: readonly string[]
}

/** A checked topology. */
export interface TopologyDefinition {
  readonly subTopologies: readonly SubTopology[]
}
