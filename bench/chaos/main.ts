/** `npm run chaos -- --kills 20`: faults under load on a local Kafka, then a check of every result. See --help. */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { positiveInteger } from '../../cli/commands/index.ts'
import { Cleanup } from '../../cli/demo/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'
import { sabotages } from './alteration.ts'
import { deck, faultKinds, type FaultKind, possibleFaults } from './faults/index.ts'
import { drawModes, modeChoices, type Modes, modesText } from './modes.ts'
import { Random } from './random.ts'
import { reportTable } from './report-table.ts'
import { oddSets } from './odd-records.ts'
import type { ChaosOptions } from './chaos-run.ts'
import { runChaos } from './run-chaos.ts'

type Flags = Pick<
  ChaosOptions,
  'kills' | 'faults' | 'instances' | 'brokers' | 'rate' | 'oddEvery' | 'odd' | 'sessionTimeout' | 'sabotage'
> &
  Partial<Modes> & { readonly seed?: number; readonly keep?: boolean; readonly table?: boolean }

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const help = `
Starts a real Kafka and the instances, sends data records of several types to 4 partitions and sometimes a new model, and injects faults at random times,
also on top of each other. All records have headers. By default one record in a thousand is odd, so that it can have no result: its value cannot be decoded,
its key is not text, or the results topic does not accept its timestamp or its size. With --odd processors the instances run the same topology with one more
processor; in place of the results of some records it forwards values that no topic accepts: a fractional, missing, null or Date timestamp, only a key and
a value, a numeric header, or no key for a compacted topic.

Faults, in the numbers of a deck that is shuffled by the seed:
${faultKinds.map(kind => `  ${kind.padEnd(18)}${deck[kind].what}`).join('\n')}

What is not given is drawn by the seed too: what the instances run (sluice serve, or that with a processor that counts), the guarantee, stream threads,
standby replicas, the number of data types, and whether the changelogs are compacted all the time.

When every input has its result, the topics are read from their beginnings by two readers, Sluice's own and Kafka's consumer (Verdict.java), which must see
the same and come to the same verdict: each input has one result, in order, with a count that has no gap; each odd input has one dead letter; nothing
else is answered. Results come from the published model that they name, with the score of that model; versions never go back; the last values of the
changelog equal the REST answers of each instance and the contents of LevelDB after the instances have stopped; the statistics count each result once.
With at_least_once results may be repeated, and counts too high; nothing else is excused.

Progress goes to standard error. Standard output is one line of JSON, or with --table a table; bench/chaos/report.ts explains its fields.
Exit codes: 0 all checks passed, 1 a check failed, 2 wrong usage.

Examples:
  $ npm run chaos -- --kills 30
  $ npm run chaos -- --kills 30 --seed 7                      the same faults in the same order, to reproduce a failure
  $ npm run chaos -- --kills 30 --brokers 3 --faults all --table
  $ npm run chaos -- --kills 8 --faults cut,swallow,oneway    faults of these kinds
  $ npm run chaos -- --kills 30 --guarantee at_least_once --threads 2
  $ npm run chaos -- --kills 30 --odd processors
  $ npm run chaos -- --kills 0 --sabotage lose                tests the checker: must fail
`

const command = new Command('chaos')
  .description('faults under load on a local Kafka, then a count of every result')
  .addOption(new Option('--kills <n>', 'number of faults').default(20).argParser(wholeNumber))
  .addOption(new Option('--faults <fault,…>', 'inject faults of these kinds; all: all of them').default(faultKinds, 'all').argParser(kinds))
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
  .addOption(drawn('app', 'what the instances run: sluice serve, or that with a processor that counts'))
  .addOption(drawn('join', 'how models meet data'))
  .addOption(drawn('guarantee', 'processing guarantee of the instances'))
  .addOption(drawn('threads', 'stream threads of each instance'))
  .addOption(drawn('standbyReplicas', 'standby replicas of each task'))
  .addOption(drawn('types', 'data types in each partition'))
  .addOption(drawn('compaction', 'changelogs are compacted all the time'))
  .addOption(
    new Option('--sabotage <how>', 'run a topology that handles 1 result in 1,000 wrongly on purpose').choices(sabotages).conflicts('odd'),
  )
  .addOption(new Option('--table', 'print a table'))
  .addOption(new Option('--keep', 'keep the logs, the state and the data of the broker'))
  .addHelpText('after', help)
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Allowed: a whole number of at most 9 digits.')
  return Number(text)
}

/** An option that the seed draws if it is not given. */
function drawn(name: keyof Modes, what: string): Option {
  const flag = name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  const choices = [...new Set<string | number>(modeChoices[name])]
  const option = new Option(`--${flag} <${choices.join('|')}>`, what).default(undefined, 'drawn by the seed')
  return option.argParser(text => {
    const found = choices.find(choice => String(choice) === text)
    if (found === undefined) throw new InvalidArgumentError(`Allowed: ${choices.join(', ')}.`)
    return found
  })
}

function kinds(text: string): readonly FaultKind[] {
  if (text === 'all') return faultKinds
  return text.split(',').map(name => {
    const kind = faultKinds.find(each => each === name)
    if (kind === undefined) throw new InvalidArgumentError(`Allowed: all, or ${faultKinds.join(', ')}, separated by commas.`)
    return kind
  })
}

function modesOf(flags: Flags): Partial<Modes> {
  const { app, join, guarantee, threads, standbyReplicas, types, compaction } = flags
  const given = { app, join, guarantee, threads, standbyReplicas, types, compaction }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
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
  const modes = drawModes(new Random(seed + 2), modesOf(flags))
  log(`chaos: --kills ${flags.kills} --seed ${seed} --brokers ${flags.brokers} --odd ${flags.odd}; ${modesText(modes)}`)
  if (flags.keep) log(`everything is kept in ${directory}`)
  const interrupted = once(stop.signal, 'abort').then(() => Promise.reject(stop.signal.reason as Error))
  interrupted.catch(() => undefined)
  try {
    const faults = possibleFaults(flags.faults, flags.brokers)
    const run = runChaos({ ...flags, ...modes, faults, sabotage: flags.sabotage, seed, directory, cleanup, signal: stop.signal, log })
    const report = await Promise.race([run, interrupted])
    process.stdout.write(`${flags.table ? reportTable(report) : JSON.stringify(report)}\n`)
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
