/** Runs an instance with one more processor after the data processor. Arguments: its alteration, then the flags of `sluice serve`. */
import { Command } from 'commander'
import { processSources, resolveConfig, dataReader, serveSettings, settingOptions, streamsOptions } from '../../cli/config/index.ts'
import { defaultModelFactory, LoadedModels } from '../../models/index.ts'
import { messageOf } from '../../base/index.ts'
import { bytesSerde } from '../../records/index.ts'
import { startRestServer } from '../../rest/index.ts'
import { DataProcessor, ModelLoader, ModelProcessor, type ServingOptions } from '../../serving/index.ts'
import { modelStateStore } from '../../stores/index.ts'
import { Topology } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { type Alteration, isAlteration } from './alteration.ts'
import { storeName, topics } from './chaos-topics.ts'
import { OddProcessor } from './odd-processor.ts'
import { Saboteur } from './saboteur.ts'

/** The parts of the topology of `sluice serve` that the run needs, with one more processor after the data processor. */
function alteredTopology(options: ServingOptions, alteration: Alteration): Topology {
  const bytes = { key: bytesSerde, value: bytesSerde }
  const loader = new ModelLoader(options)
  const topology = new Topology()
    .addSource('models', options.modelsTopic, { ...bytes, bootstrap: true })
    .addSource('data', options.dataTopic, bytes)
    .addProcessor('model-processor', () => new ModelProcessor(options, loader), 'models')
    .addProcessor('data-processor', () => new DataProcessor(options, loader), 'data')
    .addStateStore(modelStateStore({ name: storeName }), 'model-processor', 'data-processor')
  if (alteration !== 'odd')
    return topology
      .addProcessor('saboteur', () => new Saboteur(alteration), 'data-processor')
      .addSink('results', options.resultsTopic, bytes, 'saboteur')
  const { results, compacted } = OddProcessor.children
  return topology
    .addProcessor('odd', () => new OddProcessor(), 'data-processor')
    .addSink(results, options.resultsTopic, bytes, 'odd')
    .addSink(compacted, topics.compacted, bytes, 'odd')
}

function log(level: string, message: string, fields: object = {}): void {
  process.stderr.write(`${new Date().toISOString()} ${level} ${message} ${JSON.stringify(fields)}\n`)
}

const [alteration = '', ...args] = process.argv.slice(2)
if (!isAlteration(alteration)) throw new RangeError(`unknown alteration "${alteration}"`)
const command = new Command()
for (const option of settingOptions(serveSettings)) command.addOption(option)
const config = resolveConfig(processSources(command.parse(args, { from: 'user' }).opts()))
const models = new LoadedModels()
const reader = dataReader(config.data)
const topology = alteredTopology(
  { ...config, storeName, reader, factory: defaultModelFactory(), models, maxModelBytes: 64 * 1024 * 1024 },
  alteration,
)
const streams = new SluiceStreams(topology, {
  ...streamsOptions(config),
  advertise: { host: config.host, port: config.port },
  listener: {
    onStateChange: state => {
      log('info', state)
      if (state === 'running') process.stdout.write(`${JSON.stringify({ event: 'ready', port: rest.port, instance: streams.instance })}\n`)
    },
    onError: (error, fatal) => {
      log('error', messageOf(error), { fatal })
      if (fatal) process.exit(1)
    },
    onWait: (seconds, reason) => log('warn', 'waiting for Kafka', { seconds, reason }),
    log,
  },
})
const rest = await startRestServer({ streams, host: config.host, port: config.port })
streams.advertise({ host: rest.host, port: rest.port })

async function stop(): Promise<void> {
  await streams.stop()
  await rest.close()
  await models.close()
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop().then(() => process.exit(0)))
await streams.start()
