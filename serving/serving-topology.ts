import { bytesSerde, type RecordReader, type Serde } from '../records/index.ts'
import { SluiceError } from '../base/index.ts'
import { modelUsageStore } from '../stores/index.ts'
import { type SinkOptions, Topology } from '../topology/index.ts'
import { DataProcessor, resultsSink } from './data-processor.ts'
import { ModelLoader } from './model-loader.ts'
import { ModelProcessor } from './model-processor.ts'
import { modelStoreOf } from './model-stores.ts'
import { MisplacedData } from './misplaced-data.ts'
import { decoySink } from './decoy-records.ts'
import { shadowSink } from './shadow-queue.ts'
import { eventSinks } from './model-event-log.ts'
import { movedSink, type MovedKey } from './model-mover.ts'
import { lateSink } from './late-scores.ts'
import { ModelRunners } from './speculative/index.ts'
import {
  canRace,
  countsUsage,
  decides,
  lateTopicOf,
  shadowTopicOf,
  type ServingOptions,
  usageStoreName,
  waitingStoreOf,
} from './serving-options.ts'

/** The bytes of a data record, which wait until the reader can read them. */
function dataBytes(reader: RecordReader): Serde<Uint8Array> {
  return reader.pending === undefined ? bytesSerde : { ...bytesSerde, pending: bytes => reader.pending?.(bytes) }
}

/** The name of the topic of the events, after the application id and a hyphen. */
const eventsTopic = 'model-events'

/** Sends a moved record to the partition of its data type, whatever its key. */
const movedRecord: SinkOptions<MovedKey> = {
  key: { serialize: ({ key }: MovedKey) => key, deserialize: key => ({ key, dataType: '' }) },
  value: bytesSerde,
  partitionBy: ({ dataType }) => Buffer.from(dataType),
}

/**
 * The topology of model serving. Start reading here.
 *
 *     models ─▶ model-processor ─┐
 *                         ModelStateStore ─▶ changelog
 *     data ───▶ data-processor ──┘
 *                   └─▶ results
 *
 * A record of the models topic is a ModelDescriptor. The model processor loads and tries the model, while data is scored with the previous
 * one, and makes it the data type's next version in the store. A record without a value withdraws the data type's model.
 * The models of a data type have one order, that of the partition to which Kafka's default partitioner assigns the data type as a key: the
 * model processor moves other records there.
 * A record of the data topic is scored with the current version of its data type and answered with a ScoreResult. Records of a data type whose models race are
 * scored by several of them beside each other, and answered with what a decider makes of their results; scores that come later go to a topic of their own.
 *
 * Data records whose model is being loaded, or is their data type's first and being tried, wait in a store of their own; the others go on.
 *
 * `join: 'keyed'`: both topics are keyed by the data type and have the same number of partitions, so that a model and its data meet in one
 * task. A new model serves as soon as it has been tried, so from about its place among the data.
 * `join: 'broadcast'`: models are keyed by the data type, data may have any key. Every instance follows the changelog and has all models; a
 * new model serves on an instance as soon as the instance has read it there. The data tasks count the use of models in a store of their
 * own, which the model tasks follow.
 *
 * `store: 'model'`: the custom store, with versions and figures. `store: 'key-value'`: a standard store with the current model of each data type.
 * `store: 'memory'`: models have no changelog; a task that starts applies the models topic from its beginning.
 */
export function servingTopology(options: ServingOptions): Topology {
  checkOptions(options)
  const loader = new ModelLoader(options)
  const misplaced = new MisplacedData(options.dataTopic)
  const runners = new ModelRunners()
  const bytes = { key: bytesSerde, value: bytesSerde }
  const topology = new Topology()
    .addSource('models', options.modelsTopic, { ...bytes, bootstrap: true, replay: options.store === 'memory' })
    .addSource('data', options.dataTopic, { ...bytes, value: dataBytes(options.reader) })
    .addProcessor('model-processor', () => new ModelProcessor(options, loader), 'models')
    .addProcessor('data-processor', () => new DataProcessor(options, { loader, misplaced, runners }), 'data')
    .addStateStore(modelStoreOf(options), 'model-processor')
    .addStateStore(waitingStoreOf(options), 'data-processor')
    .addSink(movedSink, options.modelsTopic, movedRecord, 'model-processor')
    .addSink(resultsSink, options.resultsTopic, bytes, 'data-processor')
    .addSink(shadowSink, shadowTopicOf(options), { ...bytes, created: true }, 'data-processor')
    .addSink(decoySink, 'decoy', { ...bytes, ofApplication: true }, 'data-processor')
    .addSink(eventSinks.models, eventsTopic, { ...bytes, ofApplication: true }, 'model-processor')
    .addSink(eventSinks.data, eventsTopic, { ...bytes, ofApplication: true }, 'data-processor')
  if (canRace(options)) topology.addSink(lateSink, lateTopicOf(options), { ...bytes, created: true }, 'data-processor')
  if (options.join === 'broadcast') {
    topology.addGlobalStore(options.storeName, 'data-processor')
    if (!countsUsage(options)) return topology
    const usage = usageStoreName(options)
    return topology.addStateStore(modelUsageStore({ name: usage }), 'data-processor').addGlobalStore(usage, 'model-processor')
  }
  return topology.connectProcessorAndStateStores('data-processor', options.storeName)
}

const required = [
  'dataTopic',
  'modelsTopic',
  'resultsTopic',
  'storeName',
  'reader',
  'factory',
  'models',
  'modelRoots',
  'maxModelBytes',
] as const

/** Throws CONFIG_INVALID for options that were not made by `servingOptions`, and for a store that cannot do what the other options ask of it. */
function checkOptions(options: ServingOptions): void {
  const given: unknown = options
  const missing = required.filter(name => (Object(given) as Partial<ServingOptions>)[name] === undefined)
  if (missing.length > 0)
    throw new SluiceError('CONFIG_INVALID', `servingTopology takes the options that servingOptions returns; missing: ${missing.join(', ')}`)
  const { store, join } = options
  if (store === 'memory' && join === 'broadcast')
    throw new SluiceError(
      'CONFIG_INVALID',
      'store "memory" has no changelog that every instance could follow, as join "broadcast" needs; use store model or key-value, or join keyed',
    )
  if (store === 'key-value' && decides(options))
    throw new SluiceError(
      'CONFIG_INVALID',
      'store "key-value" keeps one model of a data type, and policies are for several; use store model or memory, or no policies',
    )
}
