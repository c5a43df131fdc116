import type { TaskId } from '../../queryable-streams.ts'

export interface AssignmentMember {
  readonly id: string
  /** Members of one instance share its disk and its fate: never two copies of a task among them. Default: it is alone. */
  readonly instance?: string
  /** Tasks that it ran in the generation before. */
  readonly active: readonly TaskId[]
  /** Tasks whose state it has open, as their owner or as a standby, and how far that reaches: the sum of the changelog offsets. */
  readonly positions?: ReadonlyMap<TaskId, number>
  /** Tasks whose state lies on its disk, however old. */
  readonly onDisk: readonly TaskId[]
}

export interface AssignmentOptions {
  /** Standbys of each task, as far as there are instances for them. Default: 0. */
  readonly standbys?: number
  /** Tasks that keep no state that could be followed: they have no standbys. */
  readonly stateless?: ReadonlySet<TaskId>
}

/** What one member is given; both in the order of their ids. */
export interface MemberTasks {
  readonly active: readonly TaskId[]
  readonly standby: readonly TaskId[]
}
