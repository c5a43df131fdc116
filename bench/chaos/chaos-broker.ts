import { setTimeout as sleep } from 'node:timers/promises'
import { isPortFree } from '../../cli/kafka/free-port.ts'
import { freePort, type LocalKafka, startLocalKafka } from '../../cli/kafka/local-kafka.ts'

const pollMs = 50

/** A local Kafka of the run's own that can be killed and comes back with what it had stored. */
export class ChaosBroker {
  readonly #dir: string
  readonly #port: number
  readonly #signal: AbortSignal
  #kafka: LocalKafka | undefined

  private constructor(dir: string, port: number, signal: AbortSignal) {
    this.#dir = dir
    this.#port = port
    this.#signal = signal
  }

  static async start(dir: string, signal: AbortSignal): Promise<ChaosBroker> {
    const broker = new ChaosBroker(dir, await freePort(), signal)
    await broker.start()
    return broker
  }

  get brokers(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** Resolves once it answers. */
  async start(): Promise<void> {
    // A broker that was killed frees its ports only when its last thread has ended.
    while (!(await isPortFree(this.#port)) || !(await isPortFree(this.#port + 1))) await sleep(pollMs, undefined, { signal: this.#signal })
    this.#kafka = await startLocalKafka({ dir: this.#dir, port: this.#port, heapMb: 512, log: () => undefined, signal: this.#signal })
  }

  /** kill -9: it closes no log and tells nobody. */
  async kill(): Promise<void> {
    const kafka = this.#kafka
    if (kafka === undefined) return
    process.kill(kafka.pid, 'SIGKILL')
    await this.stop()
  }

  /** SIGTERM; resolves once it is gone. */
  async stop(): Promise<void> {
    await this.#kafka?.stop()
    this.#kafka = undefined
  }
}
