import type { ChangelogStanding } from '../../../stores/index.ts'
import type { Cluster } from '../kafka/index.ts'
import { topicIds } from '../kafka/kafkajs-mends/index.ts'
import { PartitionStanding } from './partition-standing.ts'

/** What the reader of a compacted topic has to know, who keeps what it read. */
export interface KeptReading {
  /** For how long Kafka keeps a deletion at least (delete.retention.ms). */
  readonly tombstonesMs: number
  /** Of the rows that the first offsets stand for, by partition; a partition that has none is read on as of an unknown time. */
  readonly standings: ReadonlyMap<number, ChangelogStanding>
}

/** Watches over a reading that is kept: whether the topic is still the same, and how its partitions stand. */
export class KeptTopic {
  readonly #topic: string
  readonly #kept: KeptReading
  readonly #standings: PartitionStanding[] = []
  #topicId: string | undefined

  constructor(topic: string, kept: KeptReading) {
    this.#topic = topic
    this.#kept = kept
  }

  /** Asks for the topic's id. Throws ChangelogLost when it is another one than that of the standings. */
  async ask(cluster: Cluster): Promise<void> {
    const ids = await topicIds(cluster, [this.#topic])
    // A broker that has just started says so for a moment of topics that it has.
    if (ids !== undefined && !ids.has(this.#topic))
      throw Object.assign(new Error(`topic ${this.#topic} is unknown to the broker`), {
        type: 'UNKNOWN_TOPIC_OR_PARTITION',
        retriable: true,
      })
    this.#topicId = ids?.get(this.#topic)
    for (const standing of this.#standings) standing.checkTopic(this.#topicId)
  }

  /** Of a partition that is read from its head, or from where the rows stand. Throws ChangelogLost. */
  standingOf(partition: number, name: string, fromHead: boolean): PartitionStanding {
    const before = fromHead ? 'head' : this.#kept.standings.get(partition)
    const standing = new PartitionStanding(name, this.#topicId, this.#kept.tombstonesMs, before)
    this.#standings.push(standing)
    return standing
  }
}
