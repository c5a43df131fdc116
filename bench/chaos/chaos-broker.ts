import { KafkaCluster } from '../kafka-cluster.ts'

/** Kafka of the run's own, one broker or several, that can be killed and come back with what they had stored. */
export class ChaosBroker {
  readonly #cluster: KafkaCluster

  private constructor(cluster: KafkaCluster) {
    this.#cluster = cluster
  }

  static async start(dir: string, signal: AbortSignal, brokers = 1): Promise<ChaosBroker> {
    return new ChaosBroker(await KafkaCluster.start({ dir, brokers, heapMb: brokers === 1 ? 512 : 384, signal }))
  }

  /** As KAFKA_BROKERS takes them. */
  get brokers(): string {
    return this.#cluster.brokers.join(',')
  }

  get indexes(): readonly number[] {
    return this.#cluster.brokers.map((_, index) => index)
  }

  /** Resolves once it answers. */
  async start(index = 0): Promise<void> {
    await this.#cluster.start(index)
  }

  /** kill -9: it closes no log and tells nobody. */
  async kill(index = 0): Promise<void> {
    await this.#cluster.kill(index)
  }

  /** SIGTERM; resolves once it is gone. */
  async stop(index = 0): Promise<void> {
    await this.#cluster.stop(index)
  }

  async close(): Promise<void> {
    await this.#cluster.close()
  }
}
