import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { SluiceError } from '../../base/index.ts'
import { type LocalBroker, localBrokers, startBrokers, stopBrokers } from '../kafka/index.ts'
import { type BrokersView, brokersView, printBrokers } from './broker-view.ts'

interface BrokerFlags {
  readonly dir: string
  readonly json?: boolean
}

const defaultDirectory = '.sluice/broker'
const defaultPort = 9092
const mostBrokers = 9

/** `sluice broker start|stop|status`: a real Apache Kafka on this machine, for experiments and tests. */
export function brokerCommand(): Command {
  const command = new Command('broker').description('a real Apache Kafka (KRaft, one broker or several) on this machine')
  command.addHelpText(
    'after',
    `
Kafka comes from the first of these that is available:
  KAFKA_HOME           an unpacked Apache Kafka 4 (with Java 17 or newer)
  Java 17+ and Maven   the jars are downloaded once, into ~/.cache/sluice or XDG_CACHE_HOME/sluice
  Docker               the image apache/kafka; one broker only

Examples:
  $ sluice broker start                                # 127.0.0.1:9092, data in ${defaultDirectory}
  $ sluice broker start --port 9292 --dir /tmp/kafka   # another one beside it
  $ sluice broker start --brokers 3 --dir .sluice/cluster   # three brokers: 127.0.0.1:9092, 9093 and 9094
  $ sluice broker status
  $ sluice broker stop                                 # the data stays for the next start`,
  )
  return command.addCommand(startCommand()).addCommand(stopCommand()).addCommand(statusCommand())
}

const startHelp = `
With three brokers or more, topics have three replicas and min.insync.replicas is 2, those of Kafka itself too: one broker may die and nothing is lost
or stands still. Each broker is a controller too, so that of three any two go on. To see it, end one with kill -9 (its process is in the table),
and start it again with the same command. Each broker takes up to 0.5 GB of memory.

What already runs in the directory stays as it is; brokers that died are started again, where they were. Data is of as many brokers as it was
made by. If a broker fails, all that this command started are stopped, and the exit code is 1.

Examples:
  $ sluice broker start --brokers 3
  $ sluice broker start --brokers 3 --port 9292 --dir /tmp/kafka   # ports 9292 to 9294
  $ export KAFKA_BROKERS=$(sluice broker start | jq -r .brokers)`

function startCommand(): Command {
  return withFlags(new Command('start'))
    .description('start Kafka in the background; return when it accepts requests')
    .option(
      '-p, --port <port>',
      'port of the first broker on 127.0.0.1; more brokers take the next ones (controllers the ports after those, or other free ones)',
      parsePort,
      defaultPort,
    )
    .option(
      '-b, --brokers <count>',
      `number of brokers, 1 to ${mostBrokers} (default: as many as the directory has data of, else 1)`,
      parseCount,
    )
    .addHelpText('after', startHelp)
    .action(async (flags: BrokerFlags & { readonly port: number; readonly brokers?: number }) => {
      const { interruption } = await import('./client.ts')
      const { note, Output } = await import('../output.ts')
      const { dir, port, brokers } = flags
      const before = view(dir)
      const { signal, end } = interruption()
      if (!before.running) note('starting Kafka …')
      await startBrokers({ dir, port, brokers, signal })
        .catch((error: unknown) => {
          throw signal.aborted
            ? new SluiceError('INTERRUPTED', 'interrupted: what was started has been stopped again', { cause: error })
            : error
        })
        .finally(end)
      const now = view(dir)
      note(`Kafka ${now.version} ${before.running ? 'already runs' : 'is ready'} on ${now.brokers} (data in ${dir})`)
      await printBrokers(new Output(flags), now)
      if (!before.running) note(nextSteps(now, dir))
    })
}

function nextSteps({ brokers, nodes }: BrokersView, dir: string): string {
  const found = nodes.length === 1 && brokers === `127.0.0.1:${defaultPort}`
  const use = found ? 'Next: sluice serve' : `Next: export KAFKA_BROKERS=${brokers}, then sluice serve`
  return `${use}. To stop it: sluice broker stop${dir === defaultDirectory ? '' : ` --dir ${dir}`}`
}

function stopCommand(): Command {
  return withFlags(new Command('stop'))
    .description('stop all brokers of the directory and keep their data')
    .addHelpText('after', '\nIf no broker runs in the directory, the command says so and exits with 0.')
    .action(async (flags: BrokerFlags) => {
      const { note, Output } = await import('../output.ts')
      const { dir } = flags
      const running = brokersIn(dir).filter(broker => broker.running !== undefined)
      const before = view(dir)
      await stopBrokers(running)
      if (running.length === 0) note(`no broker runs in ${dir}`)
      else note(`stopped Kafka ${before.version} on ${before.brokers}; the data stays in ${dir}`)
      await printBrokers(new Output(flags), view(dir))
    })
}

const statusHelp = `
Exit code 0 in all cases. In JSON, "running" is true if all brokers run, "brokers" has the addresses of those that do, in the form of KAFKA_BROKERS,
and "nodes" has each broker.

Examples:
  $ sluice broker status
  $ sluice broker status --json | jq -r '.nodes[] | select(.running) | .pid'`

function statusCommand(): Command {
  return withFlags(new Command('status'))
    .description('show which brokers run, and their addresses')
    .addHelpText('after', statusHelp)
    .action(async (flags: BrokerFlags) => {
      const { Output } = await import('../output.ts')
      await printBrokers(new Output(flags), view(flags.dir))
    })
}

const brokersIn = (dir: string): readonly LocalBroker[] => localBrokers(resolve(dir))
const view = (dir: string): BrokersView => brokersView(resolve(dir), brokersIn(dir))

function withFlags(command: Command): Command {
  return command
    .option('-d, --dir <directory>', "the brokers' directory: settings, logs and data", defaultDirectory)
    .option('--json', 'print one JSON object (the default unless standard output is a terminal)')
}

function parsePort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a whole number from 1 to 65535.')
}

function parseCount(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= mostBrokers) return count
  throw new InvalidArgumentError(`Allowed: a whole number from 1 to ${mostBrokers}.`)
}
