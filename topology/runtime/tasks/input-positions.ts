import { env } from '../../../base/index.ts'
import { type CommitMark, type CommitNote, type ConsumedOffset, encodeOffsetNote, type OffsetNote } from '../group/index.ts'
import type { RecordQueue } from './record-queue.ts'

/** The processed and the committed offsets of the inputs of one assignment, and the marks of its commits. */
export class InputPositions {
  readonly #queues: readonly RecordQueue[]
  readonly #exact: boolean
  readonly #committed: Map<string, number>
  /** What the group has certainly, by topic: offsets, and their metadata. */
  readonly #held = new Map<string, ConsumedOffset>()
  #mark: CommitMark
  #committing: readonly ConsumedOffset[] = []

  /** The positions of the queues are the committed offsets, but for those that are replayed. `exact`: whether rows are committed in one transaction with offsets. */
  constructor(queues: readonly RecordQueue[], exact = true) {
    this.#queues = queues
    this.#exact = exact
    this.#committed = new Map(queues.map(({ topic, position, replayUntil }) => [topic, Math.max(position, replayUntil)]))
    for (const { topic, partition, committed } of queues) {
      if (committed === undefined) continue
      const metadata = committed.note && encodeOffsetNote(committed.note)
      this.#held.set(topic, { topic, partition, offset: committed.offset, metadata })
    }
    this.#mark = { since: env.now(), number: 0 }
  }

  /** The commits of this assignment come after one that is known, by a clock that may have been set back. */
  follow({ since }: CommitMark): void {
    this.#mark = { since: Math.max(this.#mark.since, since + 1), number: this.#mark.number }
  }

  /** Whether anything was processed since the last commit. */
  get uncommitted(): boolean {
    return this.#queues.some(queue => queue.consumed > (this.#committed.get(queue.topic) ?? 0))
  }

  /** The processed offsets of the inputs that are ahead of their committed offsets. */
  newOffsets(): ConsumedOffset[] {
    return this.#queues.flatMap(({ topic, partition, consumed: offset }) =>
      offset <= (this.#committed.get(topic) ?? 0) ? [] : [{ topic, partition, offset }],
    )
  }

  /** The committed offset of one input, with its metadata, for a commit that moves none. */
  committedOffset(): ConsumedOffset[] {
    return this.#queues.slice(0, 1).map(({ topic, partition, topicId }) => {
      const plain = { topic, partition, offset: this.#committed.get(topic) ?? 0 }
      const held = this.#held.get(topic)
      const metadata = held?.offset === plain.offset ? held.metadata : encodeOffsetNote({ mark: undefined, topicId, stores: [] })
      return metadata === undefined ? plain : { ...plain, metadata }
    })
  }

  /** Begins the next commit, of these offsets; returns what it writes into the changelogs, but for the stores that it writes. */
  note(offsets: readonly ConsumedOffset[]): Omit<CommitNote, 'stores'> {
    this.#mark = { ...this.#mark, number: this.#mark.number + 1 }
    const certain = new Map([...this.#held].map(([topic, { offset }]) => [topic, offset]))
    if (this.#exact) for (const { topic, offset } of offsets) certain.set(topic, offset)
    const inputs = this.#queues.flatMap(({ topic, topicId }) => {
      const offset = certain.get(topic)
      return offset === undefined ? [] : [{ topic, topicId, offset }]
    })
    return { mark: this.#mark, exact: this.#exact, inputs }
  }

  /** The offsets with the mark of the commit that `note` has begun. `named`: the stores whose changelogs name it. */
  marked(offsets: readonly ConsumedOffset[], named: Pick<OffsetNote, 'stores' | 'changelogs'>): readonly ConsumedOffset[] {
    this.#committing = offsets.map(({ topic, partition, offset }) => {
      const topicId = this.#queues.find(queue => queue.topic === topic)?.topicId
      return { topic, partition, offset, metadata: encodeOffsetNote({ mark: this.#mark, topicId, ...named }) }
    })
    return this.#committing
  }

  /** Records that what `marked` returned last is committed. */
  committed(): void {
    for (const each of this.#committing) {
      this.#committed.set(each.topic, each.offset)
      this.#held.set(each.topic, each)
    }
  }
}
