import { bytesSerde } from '../records/index.ts'
import { modelStateStore, modelUsageStore } from '../stores/index.ts'
import { type SinkOptions, Topology } from '../topology/index.ts'
import { DataProcessor } from './data-processor.ts'
import { ModelLoader } from './model-loader.ts'
import { ModelProcessor } from './model-processor.ts'
import { MisplacedData } from './misplaced-data.ts'
import type { MovedKey } from './model-mover.ts'
import { type ServingOptions, usageStoreName } from './serving-options.ts'

/** To the partition of its data type, whatever its key. */
const movedRecord: SinkOptions<MovedKey> = {
  key: { serialize: ({ key }: MovedKey) => key, deserialize: key => ({ key, dataType: '' }) },
  value: bytesSerde,
  partitionBy: ({ dataType }) => Buffer.from(dataType),
}

/**
 * Models served as data. Start here.
 *
 *     models ─▶ model-processor ─┐
 *                         ModelStateStore ─▶ changelog
 *     data ───▶ data-processor ──┘
 *                   └─▶ results
 *
 * A record of the models topic is a ModelDescriptor: the model processor loads and tries it, while the data goes on with the model before,
 * and makes it its data type's next version in the store.
 * The data type's own partition of the models topic, the one that Kafka's default partitioner gives it as a key, has its models in their one
 * order: the processor moves there what lies elsewhere. A record without a value withdraws its data type's model.
 * A record of the data topic is scored with the version that its data type has at that point, and answered with a ScoreResult.
 *
 * `join: 'keyed'`: both topics are keyed by the data type and have the same number of partitions, so that a model and its data meet in one
 * task. A new model serves from about its place among the data on: as soon as it has been tried.
 * `join: 'broadcast'`: models are keyed by the data type, data as it likes. Every instance follows the changelog and has all models; a new
 * one serves as soon as an instance has read it there. How models are used is counted by the data's tasks, in a store of theirs, which the
 * models' tasks follow.
 */
export function servingTopology(options: ServingOptions): Topology {
  const loader = new ModelLoader(options)
  const misplaced = new MisplacedData(options.dataTopic)
  const bytes = { key: bytesSerde, value: bytesSerde }
  const topology = new Topology()
    .addSource('models', options.modelsTopic, { ...bytes, bootstrap: true })
    .addSource('data', options.dataTopic, bytes)
    .addProcessor('model-processor', () => new ModelProcessor(options, loader), 'models')
    .addProcessor('data-processor', () => new DataProcessor(options, loader, misplaced), 'data')
    .addStateStore(modelStateStore({ name: options.storeName }), 'model-processor')
    .addSink('moved-models', options.modelsTopic, movedRecord, 'model-processor')
    .addSink('results', options.resultsTopic, bytes, 'data-processor')
  if (options.join === 'broadcast') {
    const usage = usageStoreName(options)
    return topology
      .addGlobalStore(options.storeName, 'data-processor')
      .addStateStore(modelUsageStore({ name: usage }), 'data-processor')
      .addGlobalStore(usage, 'model-processor')
  }
  return topology.connectProcessorAndStateStores('data-processor', options.storeName)
}
