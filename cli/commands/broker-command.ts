import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { type BrokerRecord, runningBroker, stopBroker, startLocalKafka } from '../kafka/index.ts'

interface DirectoryFlag {
  readonly dir: string
}

const defaultDirectory = '.sluice/broker'
const defaultPort = 9092

/** `sluice broker start|stop|status`: a real Apache Kafka on this machine, for experiments and tests. */
export function brokerCommand(): Command {
  const command = new Command('broker').description('a real Apache Kafka (KRaft, one broker) on this machine')
  command.addHelpText(
    'after',
    `
Kafka comes from the first of these that is available:
  KAFKA_HOME           an unpacked Apache Kafka 4 (with Java 17 or newer)
  Java 17+ and Maven   the jars are downloaded once, into ~/.cache/sluice or XDG_CACHE_HOME/sluice
  Docker               the image apache/kafka

Examples:
  $ sluice broker start                                # 127.0.0.1:9092, data in ${defaultDirectory}
  $ sluice broker start --port 9292 --dir /tmp/kafka   # a second broker
  $ sluice broker status
  $ sluice broker stop                                 # the data stays for the next start`,
  )
  return command.addCommand(startCommand()).addCommand(stopCommand()).addCommand(statusCommand())
}

function startCommand(): Command {
  return withDirectory(new Command('start'))
    .description('start the broker in the background; return when it accepts requests')
    .option(
      '-p, --port <port>',
      'port on 127.0.0.1 (the controller uses the next port, or any free one if that is taken)',
      parsePort,
      defaultPort,
    )
    .addHelpText('after', '\nIf a broker already runs in the directory, the command changes nothing and exits with 0.')
    .action(async ({ dir, port }: DirectoryFlag & { readonly port: number }) => {
      const running = runningBroker(resolve(dir))
      if (running !== undefined) return say(`Kafka ${running.version} already runs in ${dir}: ${describe(running)}`)
      process.stderr.write('starting Kafka …\n')
      const kafka = await startLocalKafka({ dir, port, detached: true })
      say(`Kafka ${kafka.version} is ready on ${kafka.brokers} (process ${kafka.pid}, data in ${dir})`)
      say(nextSteps(kafka.brokers, port, dir))
    })
}

function nextSteps(brokers: string, port: number, dir: string): string {
  const use = port === defaultPort ? 'Next: sluice serve' : `Next: export KAFKA_BROKERS=${brokers}, then sluice serve`
  return `${use}. To stop it: sluice broker stop${dir === defaultDirectory ? '' : ` --dir ${dir}`}`
}

function stopCommand(): Command {
  return withDirectory(new Command('stop'))
    .description('stop the broker and keep its data')
    .addHelpText('after', '\nIf no broker runs in the directory, the command says so and exits with 0.')
    .action(async ({ dir }: DirectoryFlag) => {
      const running = runningBroker(resolve(dir))
      if (running === undefined) return say(`no broker runs in ${dir}`)
      await stopBroker(resolve(dir), running)
      say(`stopped Kafka ${running.version} on ${address(running)} (process ${running.pid}); its data stays in ${dir}`)
    })
}

function statusCommand(): Command {
  return withDirectory(new Command('status'))
    .description('show whether the broker runs, and its address')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExit code 0 in both cases; with --json, the field "running" is true or false.')
    .action(({ dir, json }: DirectoryFlag & { readonly json?: boolean }) => {
      const status = brokerStatus(dir)
      say(json === true ? JSON.stringify(status) : statusTable(status))
    })
}

interface BrokerStatus {
  readonly running: boolean
  readonly dir: string
  readonly pid?: number
  readonly brokers?: string
  readonly version?: string
  readonly source?: string
}

function brokerStatus(path: string): BrokerStatus {
  const dir = resolve(path)
  const running = runningBroker(dir)
  if (running === undefined) return { running: false, dir }
  const { pid, version, source } = running
  return { running: true, dir, pid, brokers: address(running), version, source }
}

/** One line per field, names and values aligned. */
function statusTable({ running, dir, pid, brokers, version, source }: BrokerStatus): string {
  const rows = { status: running ? 'running' : 'stopped', pid, address: brokers, directory: dir, version, 'Kafka from': source }
  return Object.entries(rows)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name.padEnd(10)}  ${value}`)
    .join('\n')
}

function withDirectory(command: Command): Command {
  return command.option('-d, --dir <directory>', "the broker's directory: settings, log and data", defaultDirectory)
}

function parsePort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a whole number from 1 to 65535.')
}

const address = ({ port }: BrokerRecord): string => `127.0.0.1:${port}`
const describe = (record: BrokerRecord): string => `${address(record)} (process ${record.pid})`

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
