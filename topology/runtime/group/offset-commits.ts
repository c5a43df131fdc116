import { messageOf, SluiceError } from '../../../base/index.ts'
import { askAgain, type ConsumerGroup } from '../kafka/kafkajs-mends/index.ts'
import { type ConsumedOffset, offsetsByTopic } from './consumed-offset.ts'

/** kafkajs' broker, as far as it is asked here. */
interface GroupCoordinator {
  isConnected(): boolean
  offsetCommit(request: object): Promise<unknown>
}

interface Lookup {
  findGroupCoordinator(query: { readonly groupId: string }): Promise<GroupCoordinator>
}

/**
 * Commits offsets as a member of a generation. kafkajs' consumer asks the coordinator that it joined for minutes, also when that is another one by
 * now, and a consumer that does not run is content without asking anybody.
 */
export class OffsetCommits {
  readonly #patienceMs: number
  #coordinator: GroupCoordinator | undefined

  /** `patienceMs`: how long a coordinator may be away, or move. */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs
  }

  /** Resolves when the coordinator has them. Throws COMMIT_FAILED. */
  async commit(group: ConsumerGroup | undefined, offsets: readonly ConsumedOffset[]): Promise<void> {
    const { memberId, generationId, groupId } = group ?? {}
    if (group === undefined || memberId === undefined || memberId === null)
      throw new SluiceError('COMMIT_FAILED', 'offsets cannot be committed: this member is not in the group')
    const request = { groupId, memberId, groupGenerationId: generationId, topics: offsetsByTopic(offsets) }
    const lookup = group.cluster as unknown as Lookup
    const now = (): number => performance.now()
    try {
      await askAgain(
        async () => {
          if (this.#coordinator?.isConnected() !== true) this.#coordinator = await lookup.findGroupCoordinator({ groupId: group.groupId })
          return this.#coordinator.offsetCommit(request)
        },
        { deadline: now() + this.#patienceMs, now, onMoved: () => (this.#coordinator = undefined) },
      )
    } catch (error) {
      throw new SluiceError('COMMIT_FAILED', `the offsets of group ${group.groupId} could not be committed: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }
}
