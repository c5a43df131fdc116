/** `npm run chaos -- --kills 20`: faults under load on a Kafka of its own, then a count of every result. See --help. */
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
Starts a real Kafka and the instances (sluice serve), sends data records of several types over 4 partitions and new models now and then, and
makes faults at random moments: an instance is killed (SIGKILL) and comes back with its state directory, or without; is ended (SIGTERM) and
comes back; is held (SIGSTOP) for longer than its session and goes on; a broker is killed or ended and comes back. All records carry headers,
and one in a thousand can have no result: its value cannot be read, its key is no text, its timestamp or its size is none that the results topic takes.
With --odd processors the instances run the same topology with one more processor, which for one such record in turn forwards what no topic takes: a
fractional, a missing, a null or a Date timestamp, a key and a value alone, a header that is a number, no key for a compacted topic.
When every input has its result, the topics are read from their beginnings and checked: each input answered once, in order, by the
published model that the result names and with that model's score; each odd one by one dead letter; versions never back; the changelog's last values = what REST answers
on each instance = what LevelDB holds after the instances' end; the statistics count each result once.

Progress goes to standard error. Standard output is one line of JSON; what it counts is explained in bench/chaos/report.ts.
Exit code: 0 everything held, 1 something did not, 2 bad usage.

Examples:
  $ npm run chaos -- --kills 20
  $ npm run chaos -- --kills 20 --seed 7                      the same faults in the same order, to look for a failure again
  $ npm run chaos -- --kills 20 --brokers 3
  $ npm run chaos -- --kills 8 --only broker-kill,freeze       faults of these kinds
  $ npm run chaos -- --kills 20 --odd processors
  $ npm run chaos -- --kills 0 --sabotage lose                proves the checker: must fail
  $ npm run chaos -- --kills 20 --guarantee at_least_once     doubled results are counted, and excused
`

const command = new Command('chaos')
  .description('faults under load on a local Kafka, then a count of every result')
  .addOption(new Option('--kills <n>', 'how many faults').default(20).argParser(wholeNumber))
  .addOption(new Option('--only <fault,…>', 'these kinds alone').default(faultKinds, 'all').argParser(kinds))
  .addOption(new Option('--seed <n>', 'which faults, when, on whom').default(undefined, 'a random one').argParser(wholeNumber))
  .addOption(new Option('--instances <n>', 'instances of the application').default(3).argParser(positiveInteger))
  .addOption(new Option('--brokers <n>', 'Kafka brokers; of three each topic has three replicas').default(1).argParser(positiveInteger))
  .addOption(new Option('--odd-every <n>', 'one data record in so many can have no result; 0: none').default(1000).argParser(wholeNumber))
  .addOption(
    new Option('--odd <whose>', 'that sluice serve refuses, or that a processor makes too')
      .choices(Object.keys(oddSets))
      .default('serve' satisfies keyof typeof oddSets),
  )
  .addOption(new Option('--rate <n>', 'data records a second').default(1000).argParser(positiveInteger))
  .addOption(new Option('--session-timeout <ms>', 'of the instances in their group').default(4000).argParser(positiveInteger))
  .addOption(new Option('--guarantee <which>', 'that the instances give').choices(guarantees).default(guarantees[0]))
  .addOption(
    new Option('--sabotage <how>', 'runs a topology that is wrong on purpose, for 1 result in 1,000').choices(sabotages).conflicts('odd'),
  )
  .addOption(new Option('--keep', 'leaves logs, state and the broker’s data where they are'))
  .addHelpText('after', help)
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Allowed: a whole number from 0 up.')
  return Number(text)
}

function kinds(text: string): FaultKind[] {
  return text.split(',').map(name => {
    const kind = faultKinds.find(each => each === name)
    if (kind === undefined) throw new InvalidArgumentError(`Allowed: ${faultKinds.join(', ')}, with commas between.`)
    return kind
  })
}

/** Returns the exit code. Everything that was started has ended when it settles, however the run ended. */
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
