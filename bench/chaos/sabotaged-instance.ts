/**
 * An instance whose topology is wrong on purpose, for one result in a thousand: it loses it, doubles it, or says that an older version made
 * it. A run of the chaos with it must fail; otherwise the checker sees nothing. Takes the sabotage, then the flags of `sluice serve`.
 */
import { Command } from 'commander'
import { processSources, resolveConfig } from '../../cli/config/config.ts'
import { dataReader } from '../../cli/config/data-reader.ts'
import { serveSettings, settingOptions } from '../../cli/config/settings.ts'
import { defaultModelFactory, LoadedModels } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { bytesSerde } from '../../records/serde.ts'
import { startRestServer } from '../../rest/index.ts'
import { DataProcessor } from '../../serving/data-processor.ts'
import { ModelProcessor } from '../../serving/model-processor.ts'
import type { ServingOptions } from '../../serving/serving-options.ts'
import { modelStateStore } from '../../stores/index.ts'
import { Topology, type Processor, type ProcessorContext, type RawRecord } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { storeName } from './chaos-topics.ts'
import { isSabotage, type Sabotage } from './sabotage.ts'

const everyResults = 1000
let results = 0

/** Stands between the data processor and the sink. */
class Saboteur implements Processor<Uint8Array | null, Uint8Array | null, Uint8Array | null, Uint8Array | null> {
  readonly #sabotage: Sabotage
  #context!: ProcessorContext<Uint8Array | null, Uint8Array | null>

  constructor(sabotage: Sabotage) {
    this.#sabotage = sabotage
  }

  init(context: ProcessorContext<Uint8Array | null, Uint8Array | null>): void {
    this.#context = context
  }

  process(record: RawRecord): void | Promise<void> {
    return this.processBatch([record])
  }

  processBatch(records: readonly RawRecord[]): void | Promise<void> {
    return this.#context.forwardBatch(records.flatMap(record => (++results % everyResults === 0 ? this.#spoil(record) : [record])))
  }

  #spoil(record: RawRecord): readonly RawRecord[] {
    if (this.#sabotage === 'lose') return []
    if (this.#sabotage === 'double') return [record, record]
    const result = sluice.ScoreResult.decode(record.value ?? new Uint8Array())
    const { modelVersion } = sluice.ScoreResult.toObject(result, { longs: Number }) as { readonly modelVersion: number }
    result.modelVersion = Math.max(0, modelVersion - 1)
    return [{ ...record, value: sluice.ScoreResult.encode(result).finish() }]
  }
}

function sabotagedTopology(options: ServingOptions, sabotage: Sabotage): Topology {
  const bytes = { key: bytesSerde, value: bytesSerde }
  return new Topology()
    .addSource('models', options.modelsTopic, { ...bytes, bootstrap: true })
    .addSource('data', options.dataTopic, bytes)
    .addProcessor('model-processor', () => new ModelProcessor(options), 'models')
    .addProcessor('data-processor', () => new DataProcessor(options), 'data')
    .addStateStore(modelStateStore({ name: storeName }), 'model-processor', 'data-processor')
    .addProcessor('saboteur', () => new Saboteur(sabotage), 'data-processor')
    .addSink('results', options.resultsTopic, bytes, 'saboteur')
}

const [sabotage = '', ...args] = process.argv.slice(2)
if (!isSabotage(sabotage)) throw new RangeError(`no sabotage "${sabotage}"`)
const command = new Command()
for (const option of settingOptions(serveSettings)) command.addOption(option)
const config = resolveConfig(processSources(command.parse(args, { from: 'user' }).opts()))
const models = new LoadedModels()
const reader = dataReader(config.data)
const topology = sabotagedTopology(
  { ...config, storeName, reader, factory: defaultModelFactory(), models, maxModelBytes: 64 * 1024 * 1024 },
  sabotage,
)
const { applicationId, brokers, ssl, sasl, stateDir, deadLetterTopic, guarantee, commitIntervalMs, sessionTimeoutMs, standbyReplicas } =
  config
const streams = new SluiceStreams(topology, {
  applicationId,
  brokers,
  ssl,
  sasl,
  stateDir,
  deadLetterTopic,
  guarantee,
  commitIntervalMs,
  sessionTimeoutMs,
  standbyReplicas,
  maxTaskIdleMs: config.maxTaskIdleMs,
  maxBatch: config.maxBatch,
  advertise: { host: config.host, port: config.port },
  listener: {
    onStateChange: state => {
      if (state === 'running') process.stdout.write(`${JSON.stringify({ event: 'ready', port: rest.port, instance: streams.instance })}\n`)
    },
    onError: error => process.stderr.write(`${String(error)}\n`),
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
