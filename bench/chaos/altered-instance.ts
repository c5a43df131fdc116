/** Runs an instance with one more processor after the data processor. Arguments: its alteration, then the flags of `sluice serve`. */
import { Command } from 'commander'
import { processSources, resolveConfig, serveSettings, settingOptions, streamsOptions } from '../../cli/config/index.ts'
import { servingSettings } from '../../cli/serve/index.ts'
import { messageOf } from '../../base/index.ts'
import { startRestServer } from '../../rest/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { isAlteration } from './alteration.ts'
import { createTopology } from './altered-topology.ts'

function log(level: string, message: string, fields: object = {}): void {
  process.stderr.write(`${new Date().toISOString()} ${level} ${message} ${JSON.stringify(fields)}\n`)
}

const [alteration = '', ...args] = process.argv.slice(2)
if (!isAlteration(alteration)) throw new RangeError(`unknown alteration "${alteration}"`)
const command = new Command()
for (const option of settingOptions(serveSettings)) command.addOption(option)
const config = resolveConfig(processSources(command.parse(args, { from: 'user' }).opts()))
const settings = { serving: servingSettings(config), alteration }
const module = new URL('./altered-topology.ts', import.meta.url)
const topology = config.threads > 0 ? { module, options: settings } : createTopology(settings)
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
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop().then(() => process.exit(0)))
await streams.start()
