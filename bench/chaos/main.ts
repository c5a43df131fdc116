/** `npm run chaos -- --kills 20`: faults under load on a local Kafka, then a check of every result. See --help. */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { positiveInteger } from '../../cli/commands/index.ts'
import { Cleanup } from '../../cli/demo/index.ts'
import { guarantees } from '../../cli/config/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'
import { sabotages } from './alteration.ts'
import { faultKinds, type FaultKind } from './faults.ts'
import { oddSets } from './odd-records.ts'
import type { ChaosOptions } from './chaos-run.ts'
import { runChaos } from './run-chaos.ts'

type Flags = Pick<
  ChaosOptions,
  'kills' | 'only' | 'seed' | 'instances' | 'brokers' | 'rate' | 'oddEvery' | 'odd' | 'sessionTimeout' | 'guarantee' | 'sabotage'
> & {
  readonly keep?: boolean
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const help = `
Starts a real Kafka and the instances (sluice serve), sends data records of several types to 4 partitions and sometimes a new model, and
injects faults at random times: an instance is killed (SIGKILL) and restarted with or without its state directory, stopped (SIGTERM) and
restarted, or suspended (SIGSTOP) for longer than its session timeout and resumed; a broker is killed or stopped and restarted. All records have
headers. By default one record in a thousand is odd, so that it can have no result: its value cannot be decoded, its key is not text, or the results
topic does not accept its timestamp or its size. With --odd processors the instances run the same topology with one more processor; in place of the
results of some records it forwards values that no topic accepts: a fractional, missing, null or Date timestamp, only a key and a
value, a numeric header, or no key for a compacted topic.
When every input has its result, the topics are read from their beginnings and checked: each input has one result, in order, from the published
model that the result names and with the score of that model; each odd input has one dead letter; versions never go back; the last values of the
changelog equal the REST answers of each instance and the contents of LevelDB after the instances have stopped; the statistics count each result once.

Progress goes to standard error. Standard output is one line of JSON; bench/chaos/report.ts explains its fields.
Exit codes: 0 all checks passed, 1 a check failed, 2 wrong usage.

Examples:
  $ npm run chaos -- --kills 20
  $ npm run chaos -- --kills 20 --seed 7                      the same faults in the same order, to reproduce a failure
  $ npm run chaos -- --kills 20 --brokers 3
  $ npm run chaos -- --kills 8 --only broker-kill,freeze       faults of these kinds
  $ npm run chaos -- --kills 20 --odd processors
  $ npm run chaos -- --kills 0 --sabotage lose                tests the checker: must fail
  $ npm run chaos -- --kills 20 --guarantee at_least_once     repeated results are counted but allowed
`

const command = new Command('chaos')
  .description('faults under load on a local Kafka, then a count of every result')
  .addOption(new Option('--kills <n>', 'number of faults').default(20).argParser(wholeNumber))
  .addOption(new Option('--only <fault,…>', 'inject only faults of these kinds').default(faultKinds, 'all').argParser(kinds))
  .addOption(
    new Option('--seed <n>', 'seed of the random faults, their times and their targets')
      .default(undefined, 'random')
      .argParser(wholeNumber),
  )
  .addOption(new Option('--instances <n>', 'number of instances of the application').default(3).argParser(positiveInteger))
  .addOption(
    new Option('--brokers <n>', 'number of Kafka brokers; with three, each topic has three replicas').default(1).argParser(positiveInteger),
  )
  .addOption(
    new Option('--odd-every <n>', 'one data record in n is odd and can have no result; 0: none').default(1000).argParser(wholeNumber),
  )
  .addOption(
    new Option('--odd <whose>', 'which odd records: those that sluice serve refuses, or also those that a processor creates')
      .choices(Object.keys(oddSets))
      .default('serve' satisfies keyof typeof oddSets),
  )
  .addOption(new Option('--rate <n>', 'data records per second').default(1000).argParser(positiveInteger))
  .addOption(new Option('--session-timeout <ms>', 'session timeout of the instances').default(4000).argParser(positiveInteger))
  .addOption(new Option('--guarantee <which>', 'processing guarantee of the instances').choices(guarantees).default(guarantees[0]))
  .addOption(
    new Option('--sabotage <how>', 'run a topology that handles 1 result in 1,000 wrongly on purpose').choices(sabotages).conflicts('odd'),
  )
  .addOption(new Option('--keep', 'keep the logs, the state and the data of the broker'))
  .addHelpText('after', help)
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Allowed: a whole number of at most 9 digits.')
  return Number(text)
}

function kinds(text: string): FaultKind[] {
  return text.split(',').map(name => {
    const kind = faultKinds.find(each => each === name)
    if (kind === undefined) throw new InvalidArgumentError(`Allowed: ${faultKinds.join(', ')}, separated by commas.`)
    return kind
  })
}

/** Returns the exit code. When it settles, everything that it started has ended, also after a failure. */
async function main(flags: Flags): Promise<number> {
  const stop = new AbortController()
  const interrupt = (signal: string): void => stop.abort(new SluiceError('INTERRUPTED', `the run was interrupted (${signal})`))
  for (const signal of signals) process.on(signal, interrupt)
  const started = performance.now()
  const log = (line: string): void =>
    void process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} ${line}\n`)
  const seed = flags.seed ?? randomInt(1, 1_000_000)
  const directory = await mkdtemp(join(tmpdir(), 'sluice-chaos-'))
  const cleanup = new Cleanup()
  if (!flags.keep) cleanup.add(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))
  log(`chaos: --kills ${flags.kills} --seed ${seed} --odd ${flags.odd}${flags.keep ? `; everything is kept in ${directory}` : ''}`)
  const interrupted = once(stop.signal, 'abort').then(() => Promise.reject(stop.signal.reason as Error))
  interrupted.catch(() => undefined)
  try {
    const run = runChaos({ ...flags, sabotage: flags.sabotage, seed, directory, cleanup, signal: stop.signal, log })
    const report = await Promise.race([run, interrupted])
    process.stdout.write(`${JSON.stringify(report)}\n`)
    return report.ok ? 0 : 1
  } catch (error) {
    log(messageOf(stop.signal.aborted ? stop.signal.reason : error))
    return 1
  } finally {
    stop.abort(new SluiceError('INTERRUPTED', 'the run is over'))
    await cleanup.run()
  }
}

process.exit(await main(command.parse().opts<Flags>()))
