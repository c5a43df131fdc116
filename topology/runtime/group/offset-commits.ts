import { env, messageOf, SluiceError } from '../../../base/index.ts'
import { askAgain, type ConsumerGroup } from '../kafka/kafkajs-mends/index.ts'
import { type ConsumedOffset, offsetsByTopic } from './consumed-offset.ts'
import { goneMember } from './gone-member.ts'

/** The methods of kafkajs' broker that are used here. */
interface GroupCoordinator {
  isConnected(): boolean
  offsetCommit(request: object): Promise<unknown>
  heartbeat(request: object): Promise<unknown>
}

interface Lookup {
  findGroupCoordinator(query: { readonly groupId: string }): Promise<GroupCoordinator>
}

/** A member of the group, for commits without transactions. */
export interface OffsetsOfMember {
  /** Throws TASK_FENCED if the group has gone on without it, COMMIT_FAILED if there is no answer. */
  checkMember(): Promise<void>
  /** Throws COMMIT_FAILED. */
  commitOffsets(offsets: readonly ConsumedOffset[]): Promise<void>
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
    const member = memberOf(group)
    const request = { ...member, topics: offsetsByTopic(offsets) }
    try {
      await this.#ask(group as ConsumerGroup, coordinator => coordinator.offsetCommit(request))
    } catch (error) {
      throw new SluiceError('COMMIT_FAILED', `the offsets of group ${member.groupId} could not be committed: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }

  /**
   * Asks whether the group still has the member in its generation; in a rebalance it has. To be called before rows are written without a transaction: nothing
   * else would refuse those of a member that was frozen, and they would replace newer ones. Throws TASK_FENCED, and COMMIT_FAILED if there is no answer.
   */
  async checkMember(group: ConsumerGroup | undefined): Promise<void> {
    const member = memberOf(group)
    const heartbeat = (): Promise<unknown> => this.#ask(group as ConsumerGroup, coordinator => coordinator.heartbeat(member))
    const cause = await goneMember(heartbeat).catch((error: unknown) => {
      throw new SluiceError(
        'COMMIT_FAILED',
        `nothing was written: whether group ${member.groupId} still has this member cannot be told: ${messageOf(error)}`,
        { cause: error },
      )
    })
    if (cause === undefined) return
    throw new SluiceError('TASK_FENCED', `nothing was written: group ${member.groupId} has given the tasks of this member to another one`, {
      cause,
    })
  }

  /** Both for the member that is known at the time of each call. */
  ofMember(group: () => ConsumerGroup | undefined): OffsetsOfMember {
    return { checkMember: () => this.checkMember(group()), commitOffsets: offsets => this.commit(group(), offsets) }
  }

  #ask(group: ConsumerGroup, request: (coordinator: GroupCoordinator) => Promise<unknown>): Promise<unknown> {
    const lookup = group.cluster as unknown as Lookup
    const now = (): number => env.monotonic()
    return askAgain(
      async () => {
        if (this.#coordinator?.isConnected() !== true) this.#coordinator = await lookup.findGroupCoordinator({ groupId: group.groupId })
        return request(this.#coordinator)
      },
      { deadline: now() + this.#patienceMs, now, onMoved: () => (this.#coordinator = undefined) },
    )
  }
}

interface Member {
  readonly groupId: string
  readonly memberId: string
  readonly groupGenerationId: number | null | undefined
}

function memberOf(group: ConsumerGroup | undefined): Member {
  const { memberId, generationId } = group ?? {}
  if (group === undefined || memberId === undefined || memberId === null)
    throw new SluiceError('COMMIT_FAILED', 'offsets cannot be committed: this member is not in the group')
  return { groupId: group.groupId, memberId, groupGenerationId: generationId }
}
