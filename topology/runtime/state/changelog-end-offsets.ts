import { messageOf, pause } from '../../../base/index.ts'
import { newCluster, orAborted, type Cluster, type Kafka, type KafkaLog } from '../kafka/index.ts'

const askEveryMs = 1000

/** The end offsets of watched changelog partitions for readers of committed records, read together about once a second. */
export class ChangelogEndOffsets {
  readonly #kafka: Kafka
  readonly #log: KafkaLog | undefined
  readonly #closing = new AbortController()
  readonly #ends = new Map<string, Map<number, number | undefined>>()
  #asking: Promise<void> | undefined

  constructor(kafka: Kafka, log: KafkaLog | undefined) {
    this.#kafka = kafka
    this.#log = log
  }

  /** The last known offset after the last committed record; undefined before the first answer. */
  endOf(topic: string, partition: number): number | undefined {
    return this.#ends.get(topic)?.get(partition)
  }

  watch(topic: string, partition: number): void {
    const ends = this.#ends.get(topic) ?? new Map<number, number | undefined>()
    this.#ends.set(topic, ends.set(partition, ends.get(partition)))
    this.#asking ??= this.#askOn()
  }

  unwatch(topic: string, partition: number): void {
    this.#ends.get(topic)?.delete(partition)
    if (this.#ends.get(topic)?.size === 0) this.#ends.delete(topic)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#asking
  }

  /** Reads the offsets from the first `watch` until `close`. After a failure it reconnects. */
  async #askOn(): Promise<void> {
    const { signal } = this.#closing
    let cluster: Cluster | undefined
    while (!signal.aborted) {
      try {
        if (this.#ends.size > 0) {
          const connected = cluster !== undefined
          cluster ??= newCluster(this.#kafka)
          if (!connected) await orAborted(cluster.connect(), signal)
          await orAborted(this.#ask(cluster), signal)
        }
      } catch (error) {
        this.#log?.('debug', 'cannot read the end offsets of the changelogs', { error: messageOf(error) })
        disconnect(cluster)
        cluster = undefined
      }
      await pause(askEveryMs, signal)
    }
    disconnect(cluster)
  }

  async #ask(cluster: Cluster): Promise<void> {
    for (const topic of this.#ends.keys()) await cluster.addTargetTopic(topic)
    await cluster.refreshMetadataIfNecessary()
    const asked = [...this.#ends].map(([topic, ends]) => ({
      topic,
      partitions: [...ends.keys()].map(partition => ({ partition })),
      fromBeginning: false,
    }))
    for (const { topic, partitions } of await cluster.fetchTopicsOffset(asked)) {
      const ends = this.#ends.get(topic)
      for (const { partition, offset } of partitions) if (ends?.has(partition)) ends.set(partition, Number(offset))
    }
  }
}

/** Disconnects without waiting for requests in flight. */
function disconnect(cluster: Cluster | undefined): void {
  cluster?.disconnect().catch(() => undefined)
}
