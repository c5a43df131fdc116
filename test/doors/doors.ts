import { wineRecordReader } from '../../records/protobuf-record-reader.ts'
import { stringSerde } from '../../records/serde.ts'
import { startRestServer, type RestServerOptions } from '../../rest/index.ts'
import { servingOptions, type ModelServingOptions } from '../../serving/index.ts'
import { ServingInstance, type ServingInstanceOptions } from '../../instance/index.ts'
import { keyValueStore, modelStateStore, modelUsageStore, versionedKeyValueStore } from '../../stores/index.ts'
import { SluiceStreams, type StreamsOptions } from '../../topology/runtime/index.ts'
import { Topology, TopologyTestDriver } from '../../topology/index.ts'
import { controlledStream, type ControlledStreamOptions } from '../../control/index.ts'
import { MemoryGroup } from '../rest/memory-group.ts'

/** A function that takes options: right ones, with as many objects and lists in them as there can be, and a call that closes what it opens. */
export interface Door {
  readonly name: string
  readonly code: 'CONFIG_INVALID' | 'TOPOLOGY_INVALID'
  readonly right: Readonly<Record<string, unknown>>
  readonly open: (options: unknown) => unknown
}

const serdes = { key: stringSerde, value: stringSerde }
const keyText = { parse: String, format: String }
const source = (): Topology => new Topology().addSource('in', 'in', serdes)
const reader = wineRecordReader()
const policy = {
  models: [{ model: 'a', weight: 2, metrics: { f1: 0.5 } }],
  budgetMs: 5,
  decider: { kind: 'firstGood', minimum: 1 },
  fallback: 'b',
}
const streams = { applicationId: 'doors', brokers: ['127.0.0.1:1'] }
const serving = { dataTopic: 'data', modelsTopic: 'models', resultsTopic: 'results', reader }

export const doors: readonly Door[] = [
  {
    name: 'SluiceStreams',
    code: 'CONFIG_INVALID',
    right: {
      ...streams,
      stateDir: '.never',
      advertise: { host: 'h', port: 1 },
      ssl: { rejectUnauthorized: true, servername: 'x' },
      sasl: { mechanism: 'oauthbearer', token: { url: 'https://idp.example', clientId: 'c', clientSecret: 's' }, extensions: { a: 'b' } },
      listener: { log: () => undefined, onError: () => undefined },
    },
    open: options => new SluiceStreams(source(), options as StreamsOptions),
  },
  {
    name: 'addSource',
    code: 'TOPOLOGY_INVALID',
    right: { ...serdes, bootstrap: true },
    open: given => new Topology().addSource('a', 'a', given as never),
  },
  {
    name: 'addSink',
    code: 'TOPOLOGY_INVALID',
    right: { ...serdes, partitionBy: () => Buffer.from(''), created: true },
    open: given => source().addSink('a', 'a', given as never, 'in'),
  },
  { name: 'addRepartition', code: 'TOPOLOGY_INVALID', right: serdes, open: given => source().addRepartition('a', given as never, 'in') },
  {
    name: 'keyValueStore',
    code: 'TOPOLOGY_INVALID',
    right: { name: 's', ...serdes, keyText, logged: false },
    open: given => keyValueStore(given as never),
  },
  {
    name: 'versionedKeyValueStore',
    code: 'TOPOLOGY_INVALID',
    right: { name: 's', ...serdes, historyRetentionMs: 5 },
    open: given => versionedKeyValueStore(given as never),
  },
  {
    name: 'modelStateStore',
    code: 'TOPOLOGY_INVALID',
    right: { name: 's', maxVersions: 5, persistent: false },
    open: given => modelStateStore(given as never),
  },
  {
    name: 'modelUsageStore',
    code: 'TOPOLOGY_INVALID',
    right: { name: 's', logged: false },
    open: given => modelUsageStore(given as never),
  },
  {
    name: 'controlledStream',
    code: 'TOPOLOGY_INVALID',
    right: {
      name: 'c',
      control: { topic: 'controls', ...serdes, keyText, bootstrap: false },
      data: { topic: 'data', ...serdes },
      results: { topic: 'results', value: stringSerde },
      onData: () => 'x',
      default: 'nothing',
      rules: { any: () => undefined },
      events: 'events',
    },
    open: given => controlledStream(given as ControlledStreamOptions<string, string, string>).describe(),
  },
  {
    name: 'servingOptions',
    code: 'CONFIG_INVALID',
    right: { ...serving, modelHosts: ['a:1'], modelRoots: ['models'], policies: { wine: policy }, modelJail: 'off' },
    open: async given => closed(servingOptions(given as ModelServingOptions)),
  },
  {
    name: 'ServingInstance',
    code: 'CONFIG_INVALID',
    right: {
      streams: { ...streams, listener: { log: () => undefined } },
      serving: { ...serving, modelJail: 'off' },
      rest: { port: 0 },
      log: () => undefined,
    },
    open: given => new ServingInstance(given as ServingInstanceOptions).stop(),
  },
  {
    name: 'startRestServer',
    code: 'CONFIG_INVALID',
    right: {
      streams: new MemoryGroup(1).join('a', { host: '127.0.0.1', port: 1 }),
      port: 0,
      host: '127.0.0.1',
      token: ['one', 'two'],
      peers: ['localhost'],
      allowedHosts: ['localhost'],
      corsOrigins: ['https://ui.example'],
      retryMs: 0,
      routes: [],
      controls: [],
      log: () => undefined,
    },
    open: async given => await (await startRestServer(given as RestServerOptions)).close(),
  },
  {
    name: 'TopologyTestDriver',
    code: 'CONFIG_INVALID',
    right: { topicConfigs: { out: { 'max.message.bytes': 5000, 'cleanup.policy': 'compact' } } },
    open: async given => await (await TopologyTestDriver.open(source(), given as never)).close(),
  },
]

async function closed({ guard, models }: ReturnType<typeof servingOptions>): Promise<void> {
  guard?.close()
  await models.close()
}
