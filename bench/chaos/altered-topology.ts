import { modelServing, type ServingSettings } from '../../cli/serve/index.ts'
import { bytesSerde, stringSerde } from '../../records/index.ts'
import {
  DataProcessor,
  eventSinks,
  ModelLoader,
  ModelProcessor,
  resultsSink,
  servingOptions,
  type ServingOptions,
  usageStoreName,
  waitingStoreName,
} from '../../serving/index.ts'
import { keyValueStore, modelStateStore, modelUsageStore, waitingRecordsStore } from '../../stores/index.ts'
import { Topology } from '../../topology/index.ts'
import type { Alteration } from './alteration.ts'
import { countStoreName, storeName, topics } from './chaos-topics.ts'
import { Counter } from './counter.ts'
import { OddProcessor } from './odd-processor.ts'
import { Saboteur } from './saboteur.ts'

export interface AlteredSettings {
  readonly serving: ServingSettings
  readonly alteration: Alteration
}

const number = {
  serialize: (value: number) => Buffer.from(String(value)),
  deserialize: (bytes: Uint8Array) => Number(Buffer.from(bytes).toString()),
}

/** The topology of `sluice serve` with a counter after the data processor, and one more processor after that. Stream threads call it too. */
export function createTopology({ serving, alteration }: AlteredSettings): Topology {
  const options = { ...servingOptions(modelServing(serving)), storeName }
  const bytes = { key: bytesSerde, value: bytesSerde }
  const loader = new ModelLoader(options)
  const topology = new Topology()
    .addSource('models', options.modelsTopic, { ...bytes, bootstrap: true })
    .addSource('data', options.dataTopic, bytes)
    .addProcessor('model-processor', () => new ModelProcessor(options, loader), 'models')
    .addProcessor('data-processor', () => new DataProcessor(options, { loader }), 'data')
    .addStateStore(modelStateStore({ name: storeName }), 'model-processor')
    .addStateStore(waitingRecordsStore({ name: waitingStoreName(options) }), 'data-processor')
    .addSink(eventSinks.models, 'model-events', { ...bytes, ofApplication: true }, 'model-processor')
    .addSink(eventSinks.data, 'model-events', { ...bytes, ofApplication: true }, 'data-processor')
    .addProcessor(resultsSink, () => new Counter(alteration), 'data-processor')
    .addStateStore(keyValueStore({ name: countStoreName, key: stringSerde, value: number }), resultsSink)
  connectModels(topology, options)
  if (alteration === 'count') return topology.addSink('written', options.resultsTopic, bytes, resultsSink)
  if (alteration !== 'odd')
    return topology
      .addProcessor('saboteur', () => new Saboteur(alteration), resultsSink)
      .addSink('written', options.resultsTopic, bytes, 'saboteur')
  const { results, compacted } = OddProcessor.children
  return topology
    .addProcessor('odd', () => new OddProcessor(), resultsSink)
    .addSink(results, options.resultsTopic, bytes, 'odd')
    .addSink(compacted, topics.compacted, bytes, 'odd')
}

/** Gives the data the models as `sluice serve` does. */
function connectModels(topology: Topology, options: ServingOptions): void {
  if (options.join !== 'broadcast') return void topology.connectProcessorAndStateStores('data-processor', options.storeName)
  const usage = usageStoreName(options)
  topology
    .addGlobalStore(options.storeName, 'data-processor')
    .addStateStore(modelUsageStore({ name: usage }), 'data-processor')
    .addGlobalStore(usage, 'model-processor')
}
