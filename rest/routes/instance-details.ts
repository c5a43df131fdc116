import type { TaskStatus } from '../../topology/index.ts'
import { isSameAddress } from '../hops/index.ts'
import { type ListedInstance, type RouterParts, valueWithin } from '../queries/index.ts'

const DETAILS_WITHIN_MS = 1000

/** What only the instance itself can tell; `state` is "unreachable" when it does not answer in time. */
export interface InstanceDetails extends ListedInstance {
  readonly state: string
  /** Of the application's program. */
  readonly version?: string
  /** With the lag of those that it follows. */
  readonly tasks: readonly TaskStatus[]
}

interface Ready {
  readonly status?: unknown
  readonly version?: unknown
  readonly tasks?: unknown
}

/** Asks all of them at a time, each for a second at most. */
export function withDetails(
  instances: readonly ListedInstance[],
  { hops, streams, version, scanMs, shown }: Pick<RouterParts, 'hops' | 'streams' | 'version' | 'scanMs' | 'shown'>,
): Promise<readonly InstanceDetails[]> {
  const withinMs = Math.min(scanMs, DETAILS_WITHIN_MS)
  const shownVersion = (given: unknown): { readonly version?: string } => (typeof given === 'string' ? { version: given } : {})
  const detailsOf = async (instance: ListedInstance): Promise<InstanceDetails> => {
    if (isSameAddress(instance, streams.self))
      return { ...instance, state: shown.state, ...shownVersion(version), tasks: await valueWithin(withinMs, streams.tasks(), []) }
    const answer = await hops.get(instance, '/health/ready', withinMs).catch(() => undefined)
    const { status, version: theirs, tasks } = (answer?.body ?? {}) as Ready
    return {
      ...instance,
      state: typeof status === 'string' ? status : 'unreachable',
      ...shownVersion(theirs),
      tasks: Array.isArray(tasks) ? (tasks as readonly TaskStatus[]) : [],
    }
  }
  return Promise.all(instances.map(detailsOf))
}
