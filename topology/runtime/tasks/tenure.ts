import type { TaskId } from '../../queryable-streams.ts'
import type { GroupMember } from '../commit/index.ts'

/**
 * Since when this member has had its tasks. One that it had in the generation before as well can have had no other owner in between, and goes on where it was suspended.
 * The positions of inputs do not tell: another owner may have written rows by a punctuation only.
 */
export class Tenure {
  /** The membership of the last assignment. */
  #last: GroupMember | undefined
  /** Tasks that were to be taken over and have no inputs yet: another member may have owned those of them that are suspended here. */
  readonly #taken = new Set<TaskId>()

  /** Whether the generation of the last assignment was the member's, and the one before its present one. */
  lasts(member: GroupMember | undefined): boolean {
    const last = this.#last
    return last !== undefined && last.memberId === member?.memberId && last.generationId + 1 === member.generationId
  }

  /** Whether the task may go on where it was suspended, if the tenure lasts. */
  has(task: TaskId): boolean {
    return !this.#taken.has(task)
  }

  /** An assignment has these tasks that do not go on where they were. */
  take(tasks: readonly TaskId[]): void {
    for (const task of tasks) this.#taken.add(task)
  }

  /** The assignment is given up, because another one follows. */
  overtaken(member: GroupMember | undefined): void {
    this.#last = member
  }

  /** All tasks of the assignment have their inputs. */
  assigned(member: GroupMember | undefined): void {
    this.#last = member
    this.#taken.clear()
  }
}
