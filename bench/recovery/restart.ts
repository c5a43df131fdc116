import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cleanup } from '../../cli/demo/index.ts'
import { createKafka, type Kafka, readTopic, TopicWriter } from '../../topology/runtime/index.ts'
import { ChaosBroker, ownEnvironment, programFile } from '../chaos/index.ts'

export interface RestartOptions {
  readonly keys: number
  readonly trials: number
  readonly guarantee: string
  readonly directory: string
  readonly cleanup: Cleanup
  readonly signal: AbortSignal
  /** Called after each trial. */
  onTrial(): void
}

/** Targets for a restart after SIGKILL, with and without the state directory, ms. */
export const restartTargets = { local: 1000, wiped: 2000 } as const

const partitions = 4
const valueBytes = 100
const brokerStopMs = 25_000

/**
 * Kills and restarts an instance with many keys in its store. Measures the ms from the start of the process to the first result for a record that
 * was sent while the instance was down.
 */
export async function measureRestarts(options: RestartOptions): Promise<Record<keyof typeof restartTargets, readonly number[]>> {
  const { cleanup, signal, trials, keys } = options
  const directory = await mkdtemp(join(options.directory, 'restart-'))
  const broker = await ChaosBroker.start(join(directory, 'kafka'), signal)
  cleanup.add(() => broker.stop(), brokerStopMs)
  const kafka = createKafka({ brokers: [broker.brokers], clientId: 'restart' })
  const app = new KeyedApp([broker.brokers, join(directory, 'state'), options.guarantee])
  cleanup.add(() => app.kill())
  const results = new Results()
  app.start()
  const writer = await writerOf(kafka, signal)
  cleanup.add(() => writer.close())
  const end = new AbortController()
  const following = results.follow(kafka, AbortSignal.any([signal, end.signal]))
  cleanup.add(() => following)
  cleanup.add(() => end.abort())
  for (let at = 0; at < keys; at++) await writer.write({ key: Buffer.from(`key-${at}`), value: Buffer.alloc(valueBytes, at) })
  let probes = 0
  const probe = async (): Promise<void> => {
    probes++
    for (let partition = 0; partition < partitions; partition++)
      await writer.write({ key: Buffer.from(`probe-${partition}`), value: Buffer.from(String(probes)), partition })
    await writer.flush()
  }
  const trial = async (wipe: boolean): Promise<number> => {
    await app.kill()
    await probe()
    if (wipe) await rm(join(directory, 'state'), { recursive: true, force: true })
    const started = performance.now()
    app.start()
    await results.until(String(probes), 1)
    const taken = performance.now() - started
    await results.until(String(probes), partitions)
    options.onTrial()
    return taken
  }
  await probe()
  await results.until(String(probes), partitions)
  const measured: Record<keyof typeof restartTargets, number[]> = { local: [], wiped: [] }
  for (const kind of ['local', 'wiped'] as const) for (let at = 0; at < trials; at++) measured[kind].push(await trial(kind === 'wiped'))
  return measured
}

/** Waits for the input topic, which the application creates. */
async function writerOf(kafka: Kafka, signal: AbortSignal): Promise<TopicWriter> {
  for (;;) {
    try {
      return await TopicWriter.open(kafka, 'keyed')
    } catch (error) {
      if (signal.aborted || (error as { code?: string }).code !== 'TOPIC_MISSING') throw error
    }
  }
}

class KeyedApp {
  readonly #args: readonly string[]
  #child: ChildProcess | undefined

  constructor(args: readonly string[]) {
    this.#args = args
  }

  start(): void {
    const args = [...process.execArgv, programFile('../recovery/keyed-app'), ...this.#args]
    const child = spawn(process.execPath, args, { env: ownEnvironment(), stdio: ['ignore', 'ignore', 'inherit'] })
    const kill = (): void => void child.kill('SIGKILL')
    process.once('exit', kill)
    child.once('exit', () => process.off('exit', kill))
    this.#child = child
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}

/** Counts the forwarded records by value. */
class Results {
  readonly #counts = new Map<string, number>()
  #onRecord: (() => void) | undefined

  async follow(kafka: Kafka, signal: AbortSignal): Promise<void> {
    for await (const { records } of readTopic(kafka, { topic: 'passed-on', from: 'beginning', signal })) {
      for (const { value } of records) this.#counts.set(String(value), (this.#counts.get(String(value)) ?? 0) + 1)
      this.#onRecord?.()
    }
  }

  async until(value: string, count: number): Promise<void> {
    while ((this.#counts.get(value) ?? 0) < count) await new Promise<void>(resolve => (this.#onRecord = resolve))
  }
}
