/** `npm run bench:architectures`: each architecture of examples/architectures on the same data, one after the other. See --help. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { positiveInteger } from '../../cli/commands/index.ts'
import { freePort, startLocalKafka } from '../../cli/kafka/index.ts'
import { architectures } from '../../examples/architectures/index.ts'
import { createKafka } from '../../topology/runtime/index.ts'
import { type Figures, type Report, tableOf, withTable } from './figures.ts'
import { measure } from './measure.ts'

const help = `
Starts a Kafka, and then each architecture in a process of its own, under exactly_once: topics with two partitions, two data types, the models of
examples/architectures. Measures the time until its tasks run; the throughput and the processor time of a backlog; the latency at a rate; and its memory in the end.
Progress goes to stderr, the table to stdout. Names choose some of them.
`

interface Flags {
  readonly records: number
  readonly rate: number
  readonly seconds: number
  readonly json?: boolean
  readonly write?: boolean
}

const page = join(import.meta.dirname, '../../docs/architectures/README.md')

const program = new Command('bench:architectures')
  .description('measure the architectures of the examples')
  .argument('[names...]', 'parts of their names')
  .addOption(new Option('--records <n>', 'records of the backlog').default(20_000).argParser(positiveInteger))
  .addOption(new Option('--rate <n>', 'records a second, for the latency').default(500).argParser(positiveInteger))
  .addOption(new Option('--seconds <n>', 'duration of that').default(10).argParser(positiveInteger))
  .option('--json', 'print JSON')
  .option('--write', 'put the table into docs/architectures/README.md')
  .addHelpText('after', help)
  .parse()
const { records, rate, seconds, json, write } = program.opts<Flags>()
const chosen = architectures.filter(({ name }) => program.args.length === 0 || program.args.some(part => name.includes(part)))
if (chosen.length === 0)
  program.error(`no architecture is named ${program.args.join(' or ')}; there are: ${architectures.map(({ name }) => name).join(', ')}`)

const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-architectures-'))
const stop = new AbortController()
process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort())
const broker = await startLocalKafka({ dir: directory, port: await freePort(), heapMb: 512, signal: stop.signal })
try {
  const kafka = createKafka({ brokers: [broker.brokers], clientId: 'bench' })
  const figures: Figures[] = []
  for (const architecture of chosen) {
    stop.signal.throwIfAborted()
    process.stderr.write(`${architecture.name} …`)
    figures.push(await measure(kafka, broker.brokers, architecture, { records, rate, seconds }))
    process.stderr.write(` ${Math.round(figures.at(-1)!.throughput)} records/s\n`)
  }
  const report: Report = { records, rate, seconds, figures }
  if (write === true) await writeFile(page, withTable(await readFile(page, 'utf8'), report, architectures))
  console.log(json === true ? JSON.stringify(report) : tableOf(report))
} finally {
  await broker.stop()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
}
