import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { type BrokerRecord, runningBroker, stopBroker, startLocalKafka } from '../kafka/index.ts'

interface DirectoryFlag {
  readonly dir: string
}

const defaultDirectory = '.sluice/broker'
const defaultPort = 9092

/** `sluice broker start|stop|status`: a real Apache Kafka on this machine, for trying things out and for tests. */
export function brokerCommand(): Command {
  const command = new Command('broker').description('a real Apache Kafka (KRaft, one broker) on this machine')
  command.addHelpText(
    'after',
    `
Where Kafka comes from, the first that is there:
  KAFKA_HOME           an unpacked Apache Kafka 4 (with Java 17 or newer)
  Java 17+ and Maven   the jars are fetched once, to ~/.cache/sluice (XDG_CACHE_HOME)
  Docker               the image apache/kafka

Examples:
  $ sluice broker start                                # 127.0.0.1:9092, data in ${defaultDirectory}
  $ sluice broker start --port 9292 --dir /tmp/kafka   # another one beside it
  $ sluice broker status
  $ sluice broker stop                                 # the data stays for the next start`,
  )
  return command.addCommand(startCommand()).addCommand(stopCommand()).addCommand(statusCommand())
}

function startCommand(): Command {
  return withDirectory(new Command('start'))
    .description('starts it in the background and returns once it takes requests')
    .option('-p, --port <port>', 'port on 127.0.0.1 (the controller takes the next one)', parsePort, defaultPort)
    .addHelpText('after', '\nA broker that runs in the directory already is left alone (exit 0).')
    .action(async ({ dir, port }: DirectoryFlag & { readonly port: number }) => {
      const running = runningBroker(resolve(dir))
      if (running !== undefined) return say(`Kafka ${running.version} runs in ${dir} already: ${describe(running)}`)
      process.stderr.write('starting Kafka …\n')
      const kafka = await startLocalKafka({ dir, port, detached: true })
      say(`Kafka ${kafka.version} is ready on ${kafka.brokers} (process ${kafka.pid}, data in ${dir})`)
      say(nextSteps(kafka.brokers, port, dir))
    })
}

function nextSteps(brokers: string, port: number, dir: string): string {
  const use = port === defaultPort ? 'Next: sluice serve' : `Next: export KAFKA_BROKERS=${brokers}, then sluice serve`
  return `${use}. To end it: sluice broker stop${dir === defaultDirectory ? '' : ` --dir ${dir}`}`
}

function stopCommand(): Command {
  return withDirectory(new Command('stop'))
    .description('stops it and keeps its data')
    .addHelpText('after', '\nWhen none runs there, says so (exit 0).')
    .action(async ({ dir }: DirectoryFlag) => {
      const running = runningBroker(resolve(dir))
      if (running === undefined) return say(`no broker runs in ${dir}`)
      await stopBroker(resolve(dir), running)
      say(`stopped Kafka ${running.version} on ${address(running)} (process ${running.pid}); its data stays in ${dir}`)
    })
}

function statusCommand(): Command {
  return withDirectory(new Command('status'))
    .description('tells whether it runs, and where')
    .option('--json', 'as one JSON object')
    .addHelpText('after', '\nExit 0 in both cases; with --json, "running" tells.')
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

/** One line a field, names and values aligned. */
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
