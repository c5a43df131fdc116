import type { Admin } from 'kafkajs'
import { env } from '../../../../base/index.ts'
import { askAgain } from './ask-again.ts'
import type { Mend } from './mend.ts'

type DescribedGroups = Awaited<ReturnType<Admin['describeGroups']>>

interface GroupCluster {
  findGroupCoordinator(query: { readonly groupId: string }): Promise<{
    describeGroups(request: { readonly groupIds: readonly string[] }): Promise<DescribedGroups>
  }>
}

interface AdminOptions {
  readonly cluster: GroupCluster
}

/** How long a group's coordinator may be unavailable, loading or moving before a request fails, ms. */
const patienceMs = 60_000

/**
 * kafkajs' admin looks up a group's coordinator once, and asks this broker to describe the group until its retries are used up, for minutes, although
 * the broker answers each time that it is not the coordinator any more. It does not retry requests for offsets at all.
 */
export const movedGroupsMend: Mend = {
  defect: 'an admin client keeps asking a broker that is no longer the coordinator',
  apply(modules) {
    const path = 'src/admin/index.js'
    const createAdmin = modules.load(path) as (options: AdminOptions) => Admin
    const patiently = <T>(ask: () => Promise<T>): Promise<T> => {
      const now = (): number => env.monotonic()
      return askAgain(ask, { deadline: now() + patienceMs, now, onMoved: () => undefined })
    }
    modules.replace(path, (options: AdminOptions): Admin => {
      const admin = createAdmin(options)
      const { cluster } = options
      const describe = async (groupId: string): Promise<DescribedGroups['groups']> =>
        (await (await cluster.findGroupCoordinator({ groupId })).describeGroups({ groupIds: [groupId] })).groups
      return {
        ...admin,
        async describeGroups(groupIds) {
          return { groups: (await Promise.all(groupIds.map(groupId => patiently(() => describe(groupId))))).flat() }
        },
        fetchOffsets: options => patiently(() => admin.fetchOffsets(options)),
      }
    })
  },
}
