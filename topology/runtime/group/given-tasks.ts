import type { TaskId } from '../../queryable-streams.ts'
import { canRun, subTopologyOf, type AssignmentMember } from './assignment.ts'

/** The active tasks that have been assigned so far. */
export class GivenTasks {
  readonly tasks: ReadonlyMap<string, TaskId[]>
  /** The numbers of tasks by member and sub-topology. */
  readonly #counts = new Map<string, Map<string, number>>()

  constructor(members: readonly AssignmentMember[]) {
    this.tasks = new Map(members.map(({ id }) => [id, []]))
    for (const { id } of members) this.#counts.set(id, new Map())
  }

  add(member: AssignmentMember, task: TaskId): void {
    this.#list(member).push(task)
    this.#count(member, task, 1)
  }

  move(task: TaskId, from: AssignmentMember, to: AssignmentMember): void {
    const list = this.#list(from)
    list.splice(list.indexOf(task), 1)
    this.#count(from, task, -1)
    this.add(to, task)
  }

  all(member: AssignmentMember): readonly TaskId[] {
    return this.#list(member)
  }

  total(member: AssignmentMember): number {
    return this.#list(member).length
  }

  /** The number of the member's tasks in a sub-topology. */
  of(member: AssignmentMember, sub: string): number {
    return this.#counts.get(member.id)?.get(sub) ?? 0
  }

  #count(member: AssignmentMember, task: TaskId, more: number): void {
    const sub = subTopologyOf(task)
    this.#counts.get(member.id)?.set(sub, this.of(member, sub) + more)
  }

  #list({ id }: AssignmentMember): TaskId[] {
    return this.tasks.get(id) as TaskId[]
  }
}

/**
 * Moves tasks, one at a time, from a member to another that has at least two fewer in all and fewer in the task's sub-topology, so that each
 * sub-topology stays evenly distributed. Each move reduces the sum of the squares of the loads, so the moves end.
 */
export function evenOut(members: readonly AssignmentMember[], given: GivenTasks): void {
  while (moveOne(members, given));
}

function moveOne(members: readonly AssignmentMember[], given: GivenTasks): boolean {
  const byLoad = members.toSorted((a, b) => given.total(a) - given.total(b))
  for (const from of byLoad.toReversed()) {
    for (const to of byLoad) {
      if (given.total(from) - given.total(to) < 2) break
      const task = movable(from, to, given)
      if (task === undefined) continue
      given.move(task, from, to)
      return true
    }
  }
  return false
}

/**
 * The task whose move costs least: first a task that `to` ran, then one whose stores it has open, then one on its disk, then one that is new to
 * `from` too.
 */
function movable(from: AssignmentMember, to: AssignmentMember, given: GivenTasks): TaskId | undefined {
  const cost = (task: TaskId): number =>
    to.active.includes(task) ? 0 : to.positions?.has(task) ? 1 : to.onDisk.includes(task) ? 2 : from.active.includes(task) ? 4 : 3
  return given
    .all(from)
    .filter(task => canRun(to, task) && given.of(from, subTopologyOf(task)) > given.of(to, subTopologyOf(task)))
    .toSorted((a, b) => cost(a) - cost(b))[0]
}
