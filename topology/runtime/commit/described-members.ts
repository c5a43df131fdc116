import { decodeMember } from '../group/index.ts'
import type { Cluster } from '../kafka/index.ts'
import { CoordinatorLookup } from '../kafka/transactions/index.ts'

/** kafkajs' broker, as far as a group is described. */
interface WithDescribeGroups {
  describeGroups(request: { readonly groupIds: readonly string[] }): Promise<{
    readonly groups: readonly {
      readonly state: string
      readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[]
    }[]
  }>
}

/**
 * The transactional ids that the members of the group tell, as its coordinator describes them: a leader of an older build passes none on. Empty while the group
 * rebalances. Asks until the deadline, by `env.monotonic`; throws Kafka's errors.
 */
export async function describedTransactionalIds(cluster: Cluster, groupId: string, deadline: number): Promise<readonly string[]> {
  const group = new CoordinatorLookup(cluster, 'group', groupId)
  const { groups } = await group.ask(each => (each as unknown as WithDescribeGroups).describeGroups({ groupIds: [groupId] }), deadline)
  const [found] = groups
  if (found?.state !== 'Stable') return []
  return found.members.flatMap(({ memberMetadata }) => decodeMember(memberMetadata)?.transactionalId || [])
}
