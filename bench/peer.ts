/**
 * One instance of the model-serving topology for an outside benchmark: brokers, topics, group and state directory come from the environment
 * (bench/README.md). It runs until SIGTERM.
 */
import { defaultModelFactory, LoadedModels } from '../models/index.ts'
import { wineRecordReader } from '../proto/protobuf-record-reader.ts'
import { servingTopology } from '../serving/index.ts'
import { SluiceStreams } from '../topology/runtime/index.ts'

const {
  KAFKA_BROKERS = 'localhost:9092',
  DATA_TOPIC = 'data',
  MODELS_TOPIC = 'models',
  RESULTS_TOPIC = 'results',
  GROUP = 'sluice',
  STATE_DIR,
  GUARANTEE = 'at_least_once',
  COMMIT_MS = '100',
} = process.env

const models = new LoadedModels()
const topology = servingTopology({
  dataTopic: DATA_TOPIC,
  modelsTopic: MODELS_TOPIC,
  resultsTopic: RESULTS_TOPIC,
  storeName: 'ModelStateStore',
  reader: wineRecordReader(),
  factory: defaultModelFactory(),
  models,
  modelRoots: [],
  maxModelBytes: 64 * 1024 * 1024,
})
const streams = new SluiceStreams(topology, {
  applicationId: GROUP,
  brokers: KAFKA_BROKERS.split(','),
  stateDir: STATE_DIR,
  guarantee: GUARANTEE === 'exactly_once' ? 'exactly_once' : 'at_least_once',
  commitIntervalMs: Number(COMMIT_MS),
  listener: {
    onStateChange: state => console.error(state),
    onError: error => console.error(error),
    onWait: (seconds, reason) => console.error(`waiting for Kafka for ${seconds} s: ${reason}`),
    log: (level, message, fields) => console.error(level, message, JSON.stringify(fields)),
  },
})

async function stop(): Promise<void> {
  await streams.stop()
  await models.close()
  console.error(JSON.stringify(streams.counters()))
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop().then(() => process.exit(0)))
await streams.start()
