import type { TaskId } from '../../queryable-streams.ts'

export interface AssignmentMember {
  readonly id: string
  /**
   * The member's instance. Members of one instance share its disk, so at most one of them gets a copy of a task. Default: the member is its
   * own instance.
   */
  readonly instance?: string
  /** Tasks that the member ran in the previous generation. */
  readonly active: readonly TaskId[]
  /** Tasks whose stores the member has open, as their owner or as a standby, with the sum of the changelog offsets that they have reached. */
  readonly positions?: ReadonlyMap<TaskId, number>
  /** Tasks whose stores are on the disk of the member's instance, however old. */
  readonly onDisk: readonly TaskId[]
  /** The ids of the sub-topologies that it can run. Default: all. */
  readonly runs?: ReadonlySet<string>
}

export interface AssignmentOptions {
  /** Number of standbys of each task; fewer if there are too few instances. Default: 0. */
  readonly standbys?: number
  /** Tasks without a changelog: they have no standbys. */
  readonly stateless?: ReadonlySet<TaskId>
}

/** The id of a task's sub-topology, as it stands in the task's id. */
export function subTopologyOf(task: TaskId): string {
  return task.slice(0, task.indexOf('_'))
}

export function canRun({ runs }: AssignmentMember, task: TaskId): boolean {
  return runs === undefined || runs.has(subTopologyOf(task))
}

/** The tasks that are assigned to one member, each list in the order of the ids. */
export interface MemberTasks {
  readonly active: readonly TaskId[]
  readonly standby: readonly TaskId[]
}
