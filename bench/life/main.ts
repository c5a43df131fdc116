/** `npm run bench:life`: shows on a real Kafka what is promised of a model's life. See --help. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { messageOf, SluiceError } from '../../base/index.ts'
import { positiveInteger } from '../../cli/commands/index.ts'
import { Cleanup } from '../../cli/demo/index.ts'
import { Output } from '../../cli/index.ts'
import { ChaosBroker } from '../chaos/index.ts'
import type { Finding, LifeSettings } from './scenario.ts'
import { scenarios } from './scenarios.ts'

type Flags = Omit<LifeSettings, 'brokers' | 'directory' | 'signal' | 'log'> & { readonly only: readonly string[]; readonly json?: boolean }

const help = `
Starts a real Kafka and instances (sluice serve, processes of their own) and shows, one scenario after the other:

${Object.entries(scenarios)
  .map(([name, { what }]) => `  ${name.padEnd(18)} ${what}`)
  .join('\n')}

Latency is from the timestamp of a record until its committed result is read. An "echo" – records that the bench writes and reads back itself, past the
application – tells what broker and machine did to a record at the same time: a record counts as late for a swap if it took over 50 ms longer than each echo of that
time. What the kill and the return of an instance did is told by itself.

Prints a table on a terminal, else one line of JSON for each promise. Progress goes to standard error. Ends with 1 if a promise does not hold.

Examples:
  $ npm run bench:life
  $ npm run bench:life -- --only control --rate 1000
  $ npm run bench:life -- --only swaps,shadows --json
`

const whole = (flag: string, what: string, value: number): Option => new Option(flag, what).default(value).argParser(positiveInteger)

const command = new Command('bench:life')
  .description("show on a real Kafka what is promised of a model's life")
  .addOption(new Option('--only <text,…>', 'only scenarios whose names contain one of these').default([''], 'all').argParser(named))
  .addOption(whole('--rate <n>', 'data records per second', 2000))
  .addOption(whole('--seconds <n>', 'load between two changes, s', 3))
  .addOption(whole('--commit-ms <n>', 'longest time between two commits of the instances, ms', 20))
  .addOption(whole('--keys <n>', 'keys of the canary', 100_000))
  .addOption(whole('--results <n>', 'results that are scored again', 100_000))
  .addOption(whole('--swaps <n>', 'swaps one after the other', 3000))
  .addOption(whole('--rounds <n>', 'turns of the champion alone and with shadows', 4))
  .option('--json', 'print JSON on a terminal, too')
  .addHelpText('after', help)
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))

function named(text: string): readonly string[] {
  const asked = text.split(',')
  const unknown = asked.filter(part => !Object.keys(scenarios).some(name => name.includes(part)))
  if (unknown.length > 0) command.error(`no scenario contains: ${unknown.join(', ')}. There are: ${Object.keys(scenarios).join(', ')}`)
  return asked
}

const started = performance.now()

function log(line: string): void {
  process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} ${line}\n`)
}

async function print(output: Output, scenario: string, findings: readonly Finding[]): Promise<void> {
  for (const { histogram, ...finding } of findings) {
    if (!output.human) {
      await output.json({ scenario, ...finding, ...(histogram === undefined ? {} : { histogram }) })
      continue
    }
    await output.line(`${finding.holds ? '✓' : '✗'} ${scenario}: ${finding.what}\n    ${finding.found}`)
    if (histogram !== undefined) await output.rows(Object.keys(histogram[0] ?? {}), histogram)
  }
}

/** Returns the exit code. */
async function main({ only, json, ...flags }: Flags): Promise<number> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stop.abort(new SluiceError('INTERRUPTED', `interrupted (${signal})`)))
  const interrupted = once(stop.signal, 'abort').then(() => Promise.reject(stop.signal.reason as Error))
  interrupted.catch(() => undefined)
  const directory = await mkdtemp(join(tmpdir(), 'sluice-life-'))
  const cleanup = new Cleanup()
  cleanup.add(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))
  const output = new Output(json === true ? { json } : {})
  let kept = true
  try {
    const broker = await ChaosBroker.start(join(directory, 'kafka'), stop.signal)
    cleanup.add(() => broker.stop(), 25_000)
    const settings = { ...flags, brokers: broker.brokers, directory, signal: stop.signal, log }
    for (const [name, scenario] of Object.entries(scenarios)) {
      if (!only.some(part => name.includes(part))) continue
      const running = scenario.run(settings)
      // What it started ends also where it is interrupted.
      cleanup.add(() => running.catch(() => undefined), 25_000)
      const findings = await Promise.race([running, interrupted])
      await print(output, name, findings)
      kept &&= findings.every(({ holds }) => holds)
    }
    return kept ? 0 : 1
  } catch (error) {
    log(messageOf(stop.signal.reason ?? error))
    return 1
  } finally {
    stop.abort(new SluiceError('INTERRUPTED', 'the run is over'))
    await cleanup.run()
  }
}

process.exit(await main(command.parse().opts<Flags>()))
