import { SluiceError } from '../../../base/index.ts'
import { goneMember } from '../group/index.ts'
import type { Cluster } from '../kafka/index.ts'
import { CoordinatorLookup } from '../kafka/transactions/index.ts'

/** The member of the group for whom offsets are committed, and its generation. */
export interface GroupMember {
  readonly memberId: string
  readonly generationId: number
}

/** kafkajs' broker, as far as a membership is asked for. */
interface WithHeartbeat {
  heartbeat(request: object): Promise<unknown>
}

/** Throws TASK_FENCED if the group has gone on without the member of a takeover. Asks until the deadline, by `env.monotonic`. */
export async function checkMember(cluster: Cluster, groupId: string, member: GroupMember, deadline: number): Promise<void> {
  const request = { groupId, groupGenerationId: member.generationId, memberId: member.memberId }
  const group = new CoordinatorLookup(cluster, 'group', groupId)
  const cause = await goneMember(() => group.ask(each => (each as unknown as WithHeartbeat).heartbeat(request), deadline))
  if (cause === undefined) return
  throw new SluiceError(
    'TASK_FENCED',
    `a takeover was given up: group ${groupId} has gone on without this member, which must not end the transactions of members that it does not know. The thread joins again`,
    { cause },
  )
}
