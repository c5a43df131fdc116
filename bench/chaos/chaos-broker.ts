import { KafkaCluster } from '../../cli/kafka/index.ts'
import type { ChaosNetwork } from './network/index.ts'

/** The Kafka of the run: one or more brokers, which can be killed and restarted with their data. */
export class ChaosBroker {
  readonly #cluster: KafkaCluster

  private constructor(cluster: KafkaCluster) {
    this.#cluster = cluster
  }

  /** `network`: the network that the brokers are part of. */
  static async start(dir: string, signal: AbortSignal, brokers = 1, network?: ChaosNetwork): Promise<ChaosBroker> {
    const heapMb = brokers === 1 ? 512 : 384
    const properties =
      network === undefined ? {} : { properties: (node: Parameters<ChaosNetwork['properties']>[0]) => network.properties(node) }
    return new ChaosBroker(await KafkaCluster.start({ dir, brokers, heapMb, signal, ...properties }))
  }

  /** In the form of KAFKA_BROKERS; past the network. */
  get brokers(): string {
    return this.#cluster.brokers.join(',')
  }

  get indexes(): readonly number[] {
    return this.#cluster.brokers.map((_, index) => index)
  }

  /** Starts a broker; resolves when it answers. */
  async start(index = 0): Promise<void> {
    await this.#cluster.start(index)
  }

  /** Sends SIGKILL: the broker neither closes its logs nor hands over its partitions. */
  async kill(index = 0): Promise<void> {
    await this.#cluster.kill(index)
  }

  /** Sends SIGTERM; resolves when the broker has ended. */
  async stop(index = 0): Promise<void> {
    await this.#cluster.stop(index)
  }

  /** Sends SIGSTOP. */
  freeze(index: number): void {
    this.#cluster.freeze(index)
  }

  /** Sends SIGCONT. */
  thaw(index: number): void {
    this.#cluster.thaw(index)
  }

  /** The index of the broker with a Kafka node id; -1: none. */
  indexOf(nodeId: number): number {
    return this.#cluster.indexOf(nodeId)
  }

  async close(): Promise<void> {
    await this.#cluster.close()
  }
}
