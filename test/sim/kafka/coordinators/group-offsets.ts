export interface CommittedOffset {
  readonly offset: number
  readonly metadata: string
}

type Offsets = Map<string, Map<number, CommittedOffset>>

/** The offsets of one group: those that are committed, and those of open transactions, by their producers. */
export class GroupOffsets {
  readonly committed: Offsets = new Map()
  readonly #open = new Map<number, Offsets>()
  /** What was committed before. */
  readonly #replaced: Offsets = new Map()

  commit(topic: string, partition: number, offset: CommittedOffset): void {
    const before = this.get(topic, partition)
    if (before !== undefined) put(this.#replaced, topic, partition, before)
    put(this.committed, topic, partition, offset)
  }

  commitWithin(producerId: number, topic: string, partition: number, offset: CommittedOffset): void {
    const own: Offsets = this.#open.get(producerId) ?? new Map()
    this.#open.set(producerId, own)
    put(own, topic, partition, offset)
  }

  /** The producer's transaction has ended. */
  ended(producerId: number, isCommitted: boolean): void {
    const own = this.#open.get(producerId)
    if (own === undefined) return
    this.#open.delete(producerId)
    if (!isCommitted) return
    for (const [topic, partitions] of own) for (const [partition, offset] of partitions) this.commit(topic, partition, offset)
  }

  /** Whether an open transaction is to change it. */
  isUnstable(topic: string, partition: number): boolean {
    for (const own of this.#open.values()) if (own.get(topic)?.has(partition) === true) return true
    return false
  }

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.committed.get(topic)?.get(partition)
  }

  /** Takes back the last commit of a partition. false: there was only one, or it was taken back already. */
  lose(topic: string, partition: number): boolean {
    const before = this.#replaced.get(topic)?.get(partition)
    if (before === undefined) return false
    this.#replaced.get(topic)?.delete(partition)
    put(this.committed, topic, partition, before)
    return true
  }

  forgetTopic(topic: string): void {
    this.committed.delete(topic)
    this.#replaced.delete(topic)
    for (const own of this.#open.values()) own.delete(topic)
  }

  /** The offsets of open transactions, for who may see everything. */
  *open(): Generator<readonly [producerId: number, topic: string, partition: number, offset: CommittedOffset]> {
    for (const [producerId, own] of this.#open)
      for (const [topic, partitions] of own) for (const [partition, offset] of partitions) yield [producerId, topic, partition, offset]
  }
}

function put(offsets: Offsets, topic: string, partition: number, offset: CommittedOffset): void {
  const partitions = offsets.get(topic) ?? new Map<number, CommittedOffset>()
  offsets.set(topic, partitions)
  partitions.set(partition, offset)
}
