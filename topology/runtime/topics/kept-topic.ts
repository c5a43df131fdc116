import type { ChangelogStanding, NamedCommit } from '../../../stores/index.ts'
import type { Cluster } from '../kafka/index.ts'
import { topicIds } from '../kafka/kafkajs-mends/index.ts'
import { PartitionStanding } from './partition-standing.ts'

/** What is known about rows that a caller keeps of a compacted topic, when it continues to read the topic. */
export interface KeptReading {
  /** For how long Kafka keeps a deletion at least, ms (`delete.retention.ms`). */
  readonly tombstonesMs: number
  /** The standing of the rows up to the first offsets, by partition; the age of the rows of a missing partition is unknown. */
  readonly standings: ReadonlyMap<number, ChangelogStanding>
  /** The last record before the first offsets that names its commit, by partition. */
  readonly commits?: ReadonlyMap<number, NamedCommit>
}

/** Checks, for a caller that keeps rows, that the topic is still the same one; makes the standing of each partition. */
export class KeptTopic {
  readonly #topic: string
  readonly #kept: KeptReading
  readonly #standings: PartitionStanding[] = []
  #topicId: string | undefined

  constructor(topic: string, kept: KeptReading) {
    this.#topic = topic
    this.#kept = kept
  }

  /** Reads the topic's id. Throws ChangelogLost if it differs from that of the standings. */
  async ask(cluster: Cluster): Promise<void> {
    const ids = await topicIds(cluster, [this.#topic])
    // A broker that has just started may not know its topics for a moment.
    if (ids !== undefined && !ids.has(this.#topic))
      throw Object.assign(new Error(`topic ${this.#topic} is unknown to the broker`), {
        type: 'UNKNOWN_TOPIC_OR_PARTITION',
        retriable: true,
      })
    this.#topicId = ids?.get(this.#topic)
    for (const standing of this.#standings) standing.checkTopic(this.#topicId)
  }

  /** The last record before the first offset that names its commit. */
  commitOf(partition: number): NamedCommit | undefined {
    return this.#kept.commits?.get(partition)
  }

  /** The standing of a partition that is read from its beginning, or after the kept rows. Throws ChangelogLost. */
  standingOf(partition: number, name: string, fromHead: boolean): PartitionStanding {
    const before = fromHead ? 'head' : this.#kept.standings.get(partition)
    const standing = new PartitionStanding(name, this.#topicId, this.#kept.tombstonesMs, before)
    this.#standings.push(standing)
    return standing
  }
}
