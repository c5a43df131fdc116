import type { Topology } from '../../index.ts'
import { actors } from './actors.ts'
import { inMemoryStage } from './in-memory-stage.ts'
import { broadcastJoin, keyedJoin, memoryStore, standardStore } from './joins.ts'
import { microBatch } from './micro-batch.ts'
import { locationOf, startModelServer } from './model-server.ts'
import { locatedModel, modelValue, type PublishedModel } from './recording.ts'
import { latencies, remote } from './remote.ts'
import { dataQuery, tableQuery, type Table } from './two-queries.ts'
import { union } from './union.ts'

/** What an architecture needs beside Kafka. */
export interface Surroundings {
  /** A model as the value of a record of the models topic. */
  readonly modelValue: (model: PublishedModel) => Uint8Array
  /** The topology, with the prefix of its topics. `table`: see `tableQuery`. */
  readonly topology: (prefix?: string, table?: Table) => Topology
  /** What is worth telling beside the output; undefined: nothing. */
  readonly measured?: () => Promise<string>
  close(): Promise<void>
}

/** A way to bring models and data together. */
export interface Architecture {
  readonly name: string
  /** Its page below docs/architectures. */
  readonly page: string
  /** After a crash, under exactly_once. */
  readonly promise: string
  /** Another application, whose table `topology` gets when it starts; it is started anew with each change of that table. */
  readonly tableQuery?: (prefix?: string) => Topology
  /** Whether models are in a server. */
  readonly server?: true
  /** `host`: of a model server that runs already; default: one is started, if there is to be one. */
  open(host?: string): Promise<Surroundings>
}

const restored = 'models restored, each record one result'
const rebuilt = 'models read again from their topic, each record one result'

export const architectures: readonly Architecture[] = [
  { name: 'key-based join', page: 'keyed-join', promise: restored, open: () => alone(keyedJoin) },
  { name: 'broadcast join', page: 'broadcast-join', promise: restored, open: () => alone(broadcastJoin) },
  { name: 'union', page: 'union', promise: restored, open: () => alone(union) },
  {
    name: 'two queries',
    page: 'two-queries',
    promise: 'table restored, each record one result; a change that came meanwhile waits for the restart',
    tableQuery,
    open: () => alone(dataQuery),
  },
  { name: 'in-memory stage', page: 'in-memory-stage', promise: rebuilt, open: () => alone(inMemoryStage) },
  {
    name: 'micro-batches',
    page: 'micro-batches',
    promise: 'waiting records restored too, each record one result',
    open: () => alone(microBatch),
  },
  { name: 'actors', page: 'actors', promise: restored, open: () => alone(actors) },
  {
    name: 'remote service',
    page: 'remote-service',
    promise: 'locations restored, each record one result; the server is asked again',
    server: true,
    open: withServer,
  },
  {
    name: 'standard store',
    page: 'stores',
    promise: 'the current model restored, each record one result',
    open: () => alone(standardStore),
  },
  { name: 'memory store', page: 'stores', promise: rebuilt, open: () => alone(memoryStore) },
]

async function alone(topology: (prefix?: string, table?: Table) => Topology): Promise<Surroundings> {
  return { topology, modelValue, close: () => Promise.resolve() }
}

async function withServer(known?: string): Promise<Surroundings> {
  const server = known === undefined ? await startModelServer() : undefined
  const host = known ?? server!.host
  return {
    topology: prefix => remote(prefix, host),
    modelValue: model => locatedModel(model, locationOf(host, model.name)),
    measured: async () => {
      const { remote: there, inProcess } = await latencies(host)
      return `a row takes ${there.toFixed(2)} ms in the server, ${inProcess.toFixed(3)} ms in this process (medians)`
    },
    close: async () => server?.close(),
  }
}
