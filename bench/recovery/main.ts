/** `npm run bench:recovery`: measures the time until results arrive again after each kind of fault, on a local Kafka. See --help. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { positiveInteger } from '../../cli/commands/index.ts'
import { Cleanup } from '../../cli/demo/index.ts'
import { Output } from '../../cli/index.ts'
import { guarantees } from '../../cli/config/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'
import { spreadOf } from '../chaos/index.ts'
import { RecoveryRun } from './recovery-run.ts'
import { measureRestarts, restartTargets } from './restart.ts'
import type { Trial } from './trial.ts'
import { scenarios } from './scenarios.ts'

interface Flags {
  readonly only: readonly string[]
  readonly trials: number
  readonly guarantee: string
  readonly rate: number
  readonly keys: number
}

interface Context {
  readonly flags: Flags
  readonly directory: string
  readonly signal: AbortSignal
  /** Called after the trials of each fault. */
  readonly cleanup: Cleanup
  readonly report: Report
}

interface Aim {
  readonly target: number
  readonly what: string
  /** The longest times without an acknowledged input, ms, of the trials that measured it. */
  readonly inputs?: readonly number[]
}

type Report = (fault: string, values: readonly number[], aim: Aim) => Promise<void>

const names = ['restart', ...Object.keys(scenarios)]
const columns = [
  { name: 'fault', width: 14 },
  ...['trials', 'p50', 'max', 'target', 'inputs'].map(name => ({ name, width: 6, align: 'right' as const })),
  { name: 'unit', width: 4 },
  { name: 'what', width: 40 },
]
const sessionTimeoutMs = 10_000

const help = `
Starts a real Kafka and instances (sluice serve) under load, injects one fault at a time and measures the time until each partition concerned
has a committed result for a record that was sent after the fault. "restart": an instance with many keys in its store is killed and restarted,
with and without its state directory.

Faults: ${names.join(', ')}.

Scenarios with three brokers are loaded and measured by Kafka's own Java clients (a JDK is needed); "inputs" is the longest time in which the
brokers acknowledged no record of the load: results cannot come sooner.

Prints a table on a terminal, else one line of JSON per fault. The target applies to the median. Progress goes to standard error.
`

const command = new Command('bench:recovery')
  .description('measure the time until results arrive again after a fault')
  .addOption(new Option('--only <fault,…>', 'inject only these faults').default(names, 'all').argParser(faultNames))
  .addOption(new Option('--trials <n>', 'number of trials per fault').default(7).argParser(positiveInteger))
  .addOption(new Option('--guarantee <which>', 'processing guarantee of the instances').choices(guarantees).default(guarantees[0]))
  .addOption(new Option('--rate <n>', 'data records per second').default(700).argParser(positiveInteger))
  .addOption(new Option('--keys <n>', 'number of keys in the store of "restart"').default(100_000).argParser(positiveInteger))
  .addHelpText('after', help)
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))

function faultNames(text: string): readonly string[] {
  const asked = text.split(',')
  const unknown = asked.filter(name => !names.includes(name))
  if (unknown.length > 0) command.error(`unknown: ${unknown.join(', ')}. Allowed: ${names.join(', ')}`)
  return asked
}

function log(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function restarts({ flags, directory, signal, cleanup, report }: Context): Promise<void> {
  let done = 0
  const onTrial = (): void => log(`restart: ${++done} of ${2 * flags.trials}`)
  const measured = await measureRestarts({ ...flags, directory, cleanup, signal, onTrial })
  for (const [kind, target] of Object.entries(restartTargets)) {
    const what = `kill -9 with ${flags.keys} keys, restart ${kind === 'local' ? 'with' : 'without'} the state directory`
    await report(`restart-${kind}`, measured[kind as keyof typeof restartTargets], { target, what })
  }
}

async function scenario(name: string, { flags, directory, signal, cleanup, report }: Context): Promise<void> {
  const { instances, standbyReplicas = 0, brokers = 1, trial, ...aim } = scenarios[name] as (typeof scenarios)[string]
  const run = await RecoveryRun.start({ ...flags, instances, standbyReplicas, brokers, sessionTimeoutMs, directory, cleanup, signal, log })
  const values: number[] = []
  const inputs: number[] = []
  while (values.length < flags.trials) {
    const measured = await trial(run)
    const each: Trial = typeof measured === 'number' ? { value: measured } : measured
    values.push(each.value)
    if (each.inputs !== undefined) inputs.push(each.inputs)
    const without = each.inputs === undefined ? '' : ` (inputs ${Math.round(each.inputs)} ms)`
    log(`${name}: ${values.length} of ${flags.trials}: ${Math.round(each.value)} ms${without}`)
    await run.settle()
  }
  await report(name, values, { ...aim, inputs })
}

async function reporter(output: Output): Promise<Report> {
  const line = await output.lines(columns)
  return async (fault, values, { target, what, inputs = [] }) => {
    const { count, p50, max } = spreadOf(values)
    await line({ fault, trials: count, p50, max, target, inputs: inputs.length === 0 ? undefined : spreadOf(inputs).p50, unit: 'ms', what })
  }
}

/** Returns the exit code. */
async function main(flags: Flags): Promise<number> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stop.abort(new SluiceError('INTERRUPTED', `interrupted (${signal})`)))
  const interrupted = once(stop.signal, 'abort').then(() => Promise.reject(stop.signal.reason as Error))
  interrupted.catch(() => undefined)
  const directory = await mkdtemp(join(tmpdir(), 'sluice-recovery-'))
  const cleanup = new Cleanup()
  try {
    const context = { flags, directory, signal: stop.signal, cleanup, report: await reporter(new Output()) }
    for (const name of flags.only) {
      await Promise.race([name === 'restart' ? restarts(context) : scenario(name, context), interrupted])
      await cleanup.run()
    }
    return 0
  } catch (error) {
    log(messageOf(error))
    return 1
  } finally {
    stop.abort(new SluiceError('INTERRUPTED', 'the run is over'))
    await cleanup.run()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

process.exit(await main(command.parse().opts<Flags>()))
