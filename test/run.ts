/** `npm test [-- filter…]`: runs the test files whose path contains a filter, with a real Kafka for those in test/kafka/. */
import { mkdtemp, rm } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type LocalKafka, startLocalKafka } from '../cli/kafka/local-kafka.ts'
import { runTests } from './support/test-run.ts'

/** For a file that hangs: on a busy machine the longest ones take four minutes. Clients of the inference protocol are installed by the test that tries them. */
const fileTimeoutMs = process.env['SLUICE_TEST_CLIENTS'] === '1' ? 900_000 : 600_000

/** Brokers of tests live for seconds: a JVM that compiles less takes three fifths of the processor time to start one. */
const env: NodeJS.ProcessEnv = { JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1', ...process.env }

/** Returns the exit code. Kafka is ended and the run's directory removed however the run ends. */
async function main(filters: readonly string[]): Promise<number> {
  const abort = new AbortController()
  const stopRequest = listenForStop(abort)
  const directory = await mkdtemp(join(tmpdir(), 'sluice-test-'))
  let kafka: LocalKafka | undefined
  const startBroker = async (): Promise<string> => {
    const given = env['KAFKA_BROKERS']
    if (given !== undefined && given !== '') return given
    kafka = await startLocalKafka({
      dir: join(directory, 'kafka'),
      port: await freePort(),
      // By default the log cleaner rests for 15 s between two looks for what it can compact, and what has timestamps of a week ago is taken half a minute after the start.
      properties: { 'log.cleaner.backoff.ms': 500, 'log.retention.ms': -1 },
      env,
      log: line => write(`${line}\n`),
      signal: abort.signal,
    })
    return kafka.brokers
  }
  const options = {
    tests: import.meta.dirname,
    filters,
    directory,
    startBroker,
    env,
    timeoutMs: fileTimeoutMs,
    signal: abort.signal,
    write,
  }
  try {
    const { passed, failed, skipped } = await runTests(options)
    return stopRequest() ?? (failed > 0 || passed + skipped === 0 ? 1 : 0)
  } finally {
    await kafka?.stop()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** What ends the run early, as the exit code that it then has: a signal, or an uncaught error. */
function listenForStop(abort: AbortController): () => number | undefined {
  let exitCode: number | undefined
  const stop = (code: number, why: string): void => {
    exitCode ??= code
    write(`\n${why}: ending the tests\n`)
    abort.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(128 + constants.signals[signal], signal))
  process.on('uncaughtException', error => stop(1, error.stack ?? error.message))
  return () => exitCode
}

function write(text: string): void {
  process.stdout.write(text)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  write(`${error instanceof Error ? error.stack : String(error)}\n\n0 passed, 1 failed\n`)
  process.exitCode = 1
}
