import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceStreams, type StreamsOptions, type Topology } from '../../index.ts'
import type { Architecture, Surroundings } from './architectures.ts'
import { type Table, tableStore } from './two-queries.ts'

/** How often the table is looked at. */
const lookMs = 100

export interface RunningArchitecture {
  stop(): Promise<void>
}

export interface RunOptions {
  readonly brokers: readonly string[]
  /** Begins the names of topics and of the applications. */
  readonly prefix: string
  readonly stateDir: string
  readonly partitions: number
  readonly commitIntervalMs: number
  readonly onError: (error: unknown) => void
}

/** Runs an architecture as one instance; resolves when its tasks run. */
export async function runArchitecture(
  { tableQuery }: Architecture,
  surroundings: Surroundings,
  options: RunOptions,
): Promise<RunningArchitecture> {
  if (tableQuery !== undefined) return TwoQueries.start(tableQuery(options.prefix), surroundings, options)
  return start(surroundings.topology(options.prefix), 'app', options)
}

async function start(topology: Topology, name: string, options: RunOptions): Promise<SluiceStreams> {
  const { brokers, prefix, stateDir, partitions, commitIntervalMs, onError } = options
  let running: () => void = () => undefined
  const runs = new Promise<void>(resolve => (running = resolve))
  const given: StreamsOptions = {
    applicationId: `${prefix}${name}`,
    brokers: [...brokers],
    stateDir: join(stateDir, name),
    commitIntervalMs,
    createPartitions: partitions,
    listener: { onError, onStateChange: state => void (state === 'running' && running()) },
  }
  const streams = new SluiceStreams(topology, given)
  await streams.start()
  await runs
  return streams
}

/** Two applications. The second gets the first one's table at its start, and is started anew when that has changed. */
class TwoQueries implements RunningArchitecture {
  readonly #first: SluiceStreams
  readonly #surroundings: Surroundings
  readonly #options: RunOptions
  readonly #watching: Promise<void>
  #second: SluiceStreams | undefined
  #table: string | undefined
  #stopped = false

  private constructor(first: SluiceStreams, surroundings: Surroundings, options: RunOptions) {
    this.#first = first
    this.#surroundings = surroundings
    this.#options = options
    this.#watching = this.#watch()
    this.#watching.catch(options.onError)
  }

  static async start(table: Topology, surroundings: Surroundings, options: RunOptions): Promise<TwoQueries> {
    const both = new TwoQueries(await start(table, 'table', options), surroundings, options)
    while (both.#second === undefined) await Promise.race([sleep(lookMs), both.#watching])
    return both
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#watching.catch(() => undefined)
    await this.#second?.stop()
    await this.#first.stop()
  }

  async #watch(): Promise<void> {
    while (!this.#stopped) {
      const rows = await this.#first.queryAll(tableStore)
      const table = JSON.stringify(rows)
      if (table !== this.#table) {
        await this.#second?.stop()
        this.#table = table
        const models: Table = new Map(rows.map(({ key, value }) => [key, Buffer.from(String(value), 'base64')]))
        this.#second = await start(this.#surroundings.topology(this.#options.prefix, models), 'data', this.#options)
      }
      await sleep(lookMs)
    }
  }
}
