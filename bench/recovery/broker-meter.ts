import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { SluiceError } from '../../base/index.ts'
import { findKafka } from '../../cli/kafka/index.ts'
import type { WineRows } from '../../cli/demo/index.ts'
import { chaosDataTypes, topics } from '../chaos/index.ts'

export interface BrokerMeterOptions {
  /** In the form of KAFKA_BROKERS. */
  readonly brokers: string
  readonly directory: string
  readonly wines: WineRows
  /** Data records per second. */
  readonly rate: number
  readonly signal: AbortSignal
}

/** The longest times without an event, ms, by partition. */
export interface Silences {
  /** Between two committed results. */
  readonly results: readonly number[]
  /** Between two inputs that the brokers acknowledged: what no application can undercut by much. */
  readonly inputs: readonly number[]
}

// Run from its source; npm runs scripts in the package's root.
const program = 'bench/recovery/Meter.java'

/** Sends the load and reads the results in a process of its own, with Kafka's own clients (Meter.java). Needs a JDK. */
export class BrokerMeter {
  readonly #process: ChildProcess
  readonly #answers: AsyncIterator<string>

  private constructor(process: ChildProcess) {
    this.#process = process
    this.#answers = createInterface({ input: process.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  }

  static async start({ brokers, directory, wines, rate, signal }: BrokerMeterOptions): Promise<BrokerMeter> {
    const types = chaosDataTypes()
    const rows = Array.from({ length: wines.length * types.length }, (_, at) => {
      const type = types[at % types.length] as string
      return `${type}\t${Buffer.from(wines.record(Math.floor(at / types.length), type)).toString('base64')}`
    })
    const file = join(directory, 'rows')
    await writeFile(file, rows.join('\n'))
    const kafka = await findKafka({ env: process.env, signal })
    const args = [brokers, topics.data, topics.results, String(rate), file]
    const { file: java, args: all } = kafka.command({ dir: directory, flags: ['-Xmx256m'], mainClass: program, args })
    return new BrokerMeter(spawn(java, all, { stdio: ['pipe', 'pipe', 'inherit'] }))
  }

  /** The longest silences while `work` ran. Throws CHECK_FAILED if the program has ended. */
  async longestSilences(work: () => Promise<unknown>): Promise<Silences> {
    this.#process.stdin?.write('begin\n')
    await work()
    this.#process.stdin?.write('end\n')
    const { value, done } = await this.#answers.next()
    if (done === true) throw new SluiceError('CHECK_FAILED', 'Meter.java has ended: is there a JDK?')
    return JSON.parse(value) as Silences
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    this.#process.kill()
    await once(this.#process, 'exit')
  }
}
