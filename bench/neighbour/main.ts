/** `npm run bench:neighbour`: what a well-behaved data type notices of what another type, a client and a stranger do. See --help. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { Command, Option } from 'commander'
import { messageOf, SluiceError } from '../../base/index.ts'
import { positiveInteger } from '../../cli/commands/index.ts'
import { Cleanup } from '../../cli/demo/index.ts'
import { Output } from '../../cli/index.ts'
import { ChaosBroker, programFile } from '../chaos/index.ts'
import type { DataFormat } from './attack.ts'
import type { AttackerData } from './attacker.ts'
import { attacks } from './attacks.ts'
import { neighbourhood } from './neighbourhood.ts'
import { brokenIn, most } from './verdict.ts'

interface Flags {
  readonly seconds: number
  readonly rate: number
  readonly threads: number
  readonly only?: string
  readonly json?: boolean
}

const columns = [
  { name: 'case', width: 48 },
  ...['sent', 'lost', 'failed', 'p50', 'p99', 'gap', 'echo', 'beyond', 'health'].map(name => ({ name, width: 8, align: 'right' as const })),
  { name: 'verdict', width: 40 },
]
const warmUpMs = 2000
let started = 0
const cases = Object.values(attacks).reduce((sum, each) => sum + Object.keys(each).length, 0)

const command = new Command('bench:neighbour')
  .description('what a well-behaved data type notices of what others do: its p99, its longest gap, and what it loses')
  .addOption(new Option('--seconds <n>', 'duration of each case').default(8).argParser(positiveInteger))
  .addOption(new Option('--rate <n>', 'records per second of the well-behaved type').default(1000).argParser(positiveInteger))
  .addOption(new Option('--threads <n>', 'stream threads of the instance; 0: the main thread').default(0).argParser(Number))
  .option('--json', 'one line of JSON for each case, also on a terminal')
  .option('--only <text>', 'only the quiet cases and those whose names contain the text')
  .addHelpText(
    'after',
    `
Prints a table on a terminal, else one line of JSON for each case. Times are in milliseconds; health: the slowest answer of /health/live.
echo: p99 of records that the bench writes to a topic of its own and reads back at the same time, so what broker and machine do to any record; beyond: p99 of the time
by which results came later than the longest echo that was under way with their records.
A case holds if nothing is lost, every result is OK, p99 or beyond is below ${most.p99} ms and the longest gap below ${most.gap} ms. The last line says whether all do; the exit
status is 1 if one does not. The ${cases} cases take about ten minutes with 8 seconds each.
`,
  )
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))

/** Returns what attacks until its signal aborts; the thread that does is ready by then. */
async function attackerOf(data: AttackerData): Promise<(signal: AbortSignal) => Promise<void>> {
  const worker = new Worker(pathToFileURL(programFile('../neighbour/attacker')), { workerData: data })
  const ended = new Promise<void>((resolve, reject) => {
    worker.once('exit', () => resolve())
    worker.once('error', reject)
  })
  ended.catch(() => undefined)
  await Promise.race([once(worker, 'message'), ended])
  return async signal => {
    worker.postMessage('begin', [])
    signal.addEventListener('abort', () => worker.postMessage('end', []))
    await ended
  }
}

/** The slowest answer of /health/live until the signal aborts, ms; Infinity: there was none. */
async function slowestHealth(port: number, signal: AbortSignal): Promise<number> {
  let slowest = 0
  while (!signal.aborted) {
    const began = performance.now()
    const answered = await fetch(`http://127.0.0.1:${port}/health/live`, { signal: AbortSignal.timeout(10_000) })
      .then(async answer => (await answer.arrayBuffer(), answer.ok))
      .catch(() => false)
    slowest = Math.max(slowest, answered ? performance.now() - began : Infinity)
    await sleep(50)
  }
  return slowest
}

function log(line: string): void {
  process.stderr.write(`${line}\n`)
}

interface Run {
  readonly brokers: string
  readonly directory: string
  readonly flags: Flags
  readonly stop: AbortController
  readonly print: (row: Readonly<Record<string, unknown>>) => Promise<void>
}

/** One case, on an instance of its own: what an attack has left to do is not done to the next. Returns what is wrong with it. */
async function runCase(format: DataFormat, name: string, { brokers, directory, flags, stop, print }: Run): Promise<readonly string[]> {
  const cleanup = new Cleanup()
  const following = new AbortController()
  try {
    const { rate, threads } = flags
    const options = { name: `neighbour-${++started}`, brokers, format, rate, threads, directory }
    const { good, attacker } = await neighbourhood(options, cleanup, stop)
    good.follow(AbortSignal.any([stop.signal, following.signal])).catch((error: unknown) => log(messageOf(error)))
    await good.during(warmUpMs, () => Promise.resolve())
    const attack = await attackerOf({ ...attacker, name })
    const watched = new AbortController()
    const health = slowestHealth(attacker.target.port, watched.signal)
    const seen = await good.during(flags.seconds * 1000, attack)
    watched.abort()
    const { sent, lost, failed, ...times } = seen
    const rounded = Object.fromEntries(Object.entries({ ...times, health: await health }).map(([what, ms]) => [what, Math.round(ms)]))
    const wrong = brokenIn(seen)
    await print({ case: name, sent, lost, failed, ...rounded, verdict: wrong.length === 0 ? 'holds' : wrong.join('; ') })
    stop.signal.throwIfAborted()
    return wrong
  } finally {
    following.abort()
    await cleanup.run()
  }
}

/** Returns the exit code. */
async function main(flags: Flags): Promise<number> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stop.abort(new SluiceError('INTERRUPTED', `interrupted (${signal})`)))
  const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-neighbour-'))
  const cleanup = new Cleanup()
  try {
    const broker = await ChaosBroker.start(join(directory, 'kafka'), stop.signal)
    cleanup.add(() => broker.stop(), 25_000)
    const print = await new Output(flags).lines(columns)
    const broken: string[] = []
    const run: Run = { brokers: broker.brokers, directory, flags, stop, print }
    for (const format of Object.keys(attacks) as DataFormat[])
      for (const name of Object.keys(attacks[format])) {
        if (flags.only !== undefined && !name.startsWith('quiet') && !name.includes(flags.only)) continue
        if ((await runCase(format, name, run)).length > 0) broken.push(name)
      }
    log(broken.length === 0 ? 'every case holds' : `${broken.length} cases do not hold: ${broken.join(', ')}`)
    return broken.length === 0 ? 0 : 1
  } catch (error) {
    log(messageOf(stop.signal.reason ?? error))
    return 1
  } finally {
    stop.abort(new SluiceError('INTERRUPTED', 'the run is over'))
    await cleanup.run()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

process.exit(await main(command.parse().opts<Flags>()))
