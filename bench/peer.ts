/**
 * Runs one instance of the model-serving topology for an external benchmark until SIGTERM. Brokers, topics, group and state directory come from
 * the environment (see bench/README.md).
 */
import { createTopology, servingModule } from '../cli/serve/index.ts'
import { LoadedModels } from '../models/index.ts'
import { SluiceStreams } from '../topology/runtime/index.ts'

const {
  KAFKA_BROKERS = 'localhost:9092',
  DATA_TOPIC = 'data',
  MODELS_TOPIC = 'models',
  RESULTS_TOPIC = 'results',
  GROUP = 'sluice',
  STATE_DIR,
  GUARANTEE = 'at_least_once',
  COMMIT_MS,
  THREADS = '0',
} = process.env

const models = new LoadedModels()
const settings = {
  dataTopic: DATA_TOPIC,
  modelsTopic: MODELS_TOPIC,
  resultsTopic: RESULTS_TOPIC,
  data: { format: 'protobuf', schema: undefined, message: undefined, dataTypeField: 'dataType', features: undefined },
  modelRoots: [],
} as const
const threads = Number(THREADS)
const streams = new SluiceStreams(threads > 0 ? { module: servingModule, options: settings } : createTopology(settings, { models }), {
  threads,
  applicationId: GROUP,
  brokers: KAFKA_BROKERS.split(','),
  stateDir: STATE_DIR,
  guarantee: GUARANTEE === 'exactly_once' ? 'exactly_once' : 'at_least_once',
  commitIntervalMs: COMMIT_MS === undefined ? undefined : Number(COMMIT_MS),
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
