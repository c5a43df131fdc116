import { join, relative } from 'node:path'
import { findTestFiles, needsBroker } from './find-test-files.ts'
import { judge } from './judge.ts'
import { runTestFile } from './run-test-file.ts'
import { TestReport, type Totals } from './test-report.ts'

export interface TestRunOptions {
  /** The folder with the tests; those in its folder `kafka` need a broker. */
  readonly tests: string
  readonly filters: readonly string[]
  /** An empty directory for everything the run writes. */
  readonly directory: string
  /** Starts Kafka, and is called only if a selected test needs it; resolves to what KAFKA_BROKERS is to be. */
  readonly startBroker: () => Promise<string>
  readonly env: NodeJS.ProcessEnv
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly write: (text: string) => void
}

/** Two cores are half idle with one file: tests on Kafka mostly wait, and those without it load modules in one thread. */
const filesAtOnce = 2

/**
 * Runs the selected test files, two at a time, each as a process of its own: those that need no broker first, while Kafka starts.
 */
export async function runTests(options: TestRunOptions): Promise<Totals> {
  const files = await findTestFiles(options.tests, options.filters)
  const report = new TestReport(options.write)
  const withBroker = files.filter(file => needsBroker(options.tests, file))
  const brokerFree = files.filter(file => !withBroker.includes(file))
  const broker = withBroker.length > 0 ? startedBroker(options.startBroker) : undefined
  const run = fileRunner(options, report)
  await inLanes(brokerFree, filesAtOnce, file => run(file, undefined))
  const started = await broker
  await inLanes(withBroker, filesAtOnce, file => run(file, started))
  if (files.length === 0) options.write(`no test file matches ${options.filters.join(' ')}\n`)
  if (!options.signal.aborted) report.end()
  return report.totals
}

type StartedBroker = { readonly brokers: string } | { readonly failure: string }

/** Never rejects: the tests that need no broker go on whatever happens to it. */
async function startedBroker(start: () => Promise<string>): Promise<StartedBroker> {
  try {
    return { brokers: await start() }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}

function fileRunner(options: TestRunOptions, report: TestReport): (file: string, broker: StartedBroker | undefined) => Promise<void> {
  let number = 0
  return async (file, broker) => {
    const { signal, timeoutMs } = options
    if (signal.aborted) return
    const name = relative(options.tests, file)
    const startedAt = Date.now()
    if (broker !== undefined && 'failure' in broker) {
      const verdict = { passed: 0, failed: 1, skipped: 0, reasons: ['Kafka did not start'], notes: [] }
      return report.add(name, verdict, 0, broker.failure)
    }
    const { KAFKA_BROKERS: _, ...others } = options.env
    const env = broker === undefined ? others : { ...others, KAFKA_BROKERS: broker.brokers }
    const outcome = await runTestFile({ file, directory: join(options.directory, String(number++)), env, timeoutMs, signal })
    if (!signal.aborted) report.add(name, judge(outcome), Date.now() - startedAt, outcome.output)
  }
}

/** Takes the items in order, up to `width` at once. */
async function inLanes<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  const lane = async (): Promise<void> => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: width }, lane))
}
