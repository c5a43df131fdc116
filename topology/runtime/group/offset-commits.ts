import { env, messageOf, SluiceError } from '../../../base/index.ts'
import { askAgain, type ConsumerGroup } from '../kafka/kafkajs-mends/index.ts'
import { type ConsumedOffset, offsetsByTopic } from './consumed-offset.ts'

/** The methods of kafkajs' broker that are used here. */
interface GroupCoordinator {
  isConnected(): boolean
  offsetCommit(request: object): Promise<unknown>
}

interface Lookup {
  findGroupCoordinator(query: { readonly groupId: string }): Promise<GroupCoordinator>
}

/**
 * Commits offsets as a member of a generation. It does not use kafkajs' consumer, which for minutes asks the coordinator that it joined, even if the
 * coordinator has moved, and which resolves without a request if it does not run.
 */
export class OffsetCommits {
  readonly #patienceMs: number
  #coordinator: GroupCoordinator | undefined

  /** `patienceMs`: how long the coordinator may be unreachable or moving. */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs
  }

  /** Resolves once the coordinator has acknowledged the offsets. Throws COMMIT_FAILED. */
  async commit(group: ConsumerGroup | undefined, offsets: readonly ConsumedOffset[]): Promise<void> {
    const { memberId, generationId, groupId } = group ?? {}
    if (group === undefined || memberId === undefined || memberId === null)
      throw new SluiceError('COMMIT_FAILED', 'offsets cannot be committed: this member is not in the group')
    const request = { groupId, memberId, groupGenerationId: generationId, topics: offsetsByTopic(offsets) }
    const lookup = group.cluster as unknown as Lookup
    const now = (): number => env.monotonic()
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
