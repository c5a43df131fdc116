import type { TaskStatus } from '../../topology/index.ts'
import { isSameAddress } from '../hops/index.ts'
import { type ListedInstance, type RouterParts, valueWithin } from '../queries/index.ts'

const DETAILS_WITHIN_MS = 1000

/** An instance with details that only the instance itself knows; `state` is "unreachable" if it does not answer in time. */
export interface InstanceDetails extends ListedInstance {
  readonly state: string
  /** Version of the program. */
  readonly version?: string
  /** Its tasks; standby tasks with their lag. Empty if it does not answer in time. */
  readonly tasks: readonly TaskStatus[]
}

interface Ready {
  readonly status?: unknown
  readonly version?: unknown
  readonly tasks?: unknown
}

/** Asks all instances at the same time, with a deadline of at most one second. */
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
