import type { ConsumedOffset } from '../group/index.ts'
import type { RecordQueue } from './record-queue.ts'

/** The processed and the committed offsets of the inputs of one assignment. */
export class InputPositions {
  readonly #queues: readonly RecordQueue[]
  readonly #committed: Map<string, number>

  /** The positions of the queues are the committed offsets. */
  constructor(queues: readonly RecordQueue[]) {
    this.#queues = queues
    this.#committed = new Map(queues.map(queue => [queue.topic, queue.position]))
  }

  /** Whether anything was processed since the last commit. */
  get uncommitted(): boolean {
    return this.#queues.some(queue => queue.consumed > (this.#committed.get(queue.topic) ?? 0))
  }

  /** The processed offsets of the inputs that are ahead of their committed offsets. */
  newOffsets(): ConsumedOffset[] {
    return this.#queues.flatMap(({ topic, partition, consumed: offset, offsetMetadata: metadata }) => {
      if (offset <= (this.#committed.get(topic) ?? 0)) return []
      return [metadata === undefined ? { topic, partition, offset } : { topic, partition, offset, metadata }]
    })
  }

  /** The committed offset of one input, for a commit that moves none. */
  committedOffset(): ConsumedOffset[] {
    return this.#queues.slice(0, 1).map(({ topic, partition, offsetMetadata: metadata }) => {
      const offset = this.#committed.get(topic) ?? 0
      return metadata === undefined ? { topic, partition, offset } : { topic, partition, offset, metadata }
    })
  }

  /** Records that these offsets are committed. */
  committed(offsets: readonly ConsumedOffset[]): void {
    for (const { topic, offset } of offsets) this.#committed.set(topic, offset)
  }
}
