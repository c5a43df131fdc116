import { PartitionLog } from '../log/partition-log.ts'

/** One partition of a topic: its log, and who leads it. */
export class Partition {
  readonly topic: string
  readonly index: number
  readonly log = new PartitionLog()
  readonly replicas: readonly number[]
  isr: readonly number[]
  /** −1: nobody. */
  leader: number
  leaderEpoch = 0
  /** Its leader has heard that it is there. */
  readyAt = 0
  /** Where it is a coordinator's: it answers from then on. */
  loadedAt = 0
  readonly #waiting = new Set<() => boolean>()

  constructor(topic: string, index: number, replicas: readonly number[]) {
    this.topic = topic
    this.index = index
    this.replicas = replicas
    this.isr = replicas
    this.leader = replicas[0] ?? -1
  }

  get name(): string {
    return `${this.topic}-${this.index}`
  }

  /** Asks again at each change of the log or the leader, until it is told true. */
  watch(ready: () => boolean): () => void {
    this.#waiting.add(ready)
    return () => void this.#waiting.delete(ready)
  }

  changed(): void {
    if (this.#waiting.size > 0) for (const ready of this.#waiting) if (ready()) this.#waiting.delete(ready)
  }
}
