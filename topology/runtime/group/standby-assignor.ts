import type { TaskId } from '../../queryable-streams.ts'
import { canRun, type AssignmentMember } from './assignment.ts'

/**
 * Assigns standbys: `wanted` for each task, or one on every other instance that can run it if there are fewer; never on the instance that runs the
 * task, and at most one per instance. Members that have the task's stores open keep following them, those with the highest positions first. Missing
 * standbys go to members with the task's stores on their disk, else so that the standbys of one member's tasks are spread over the other members,
 * which then share its tasks if it dies. Finally, standbys move until the loads of members differ by at most one, if the other rules allow.
 *
 * The order of members and tasks decides between equal candidates; `active` has an entry for every member.
 */
export function assignStandbys(
  members: readonly AssignmentMember[],
  tasks: readonly TaskId[],
  active: ReadonlyMap<string, readonly TaskId[]>,
  wanted: number,
): Map<string, TaskId[]> {
  const placement = new Placement(members, active)
  const copies = Math.min(wanted, new Set(members.map(instanceOf)).size - 1)
  if (copies <= 0) return placement.standbys
  for (const task of tasks) keepFollowing(placement, task, copies)
  for (let copy = 1; copy <= copies; copy++) for (const task of tasks) if (placement.copies(task) < copy) placement.addToLeast(task)
  while (placement.evenOut());
  return placement.standbys
}

function keepFollowing(placement: Placement, task: TaskId, copies: number): void {
  const open = placement.members.filter(({ positions }) => positions?.has(task))
  const furthestFirst = open.toSorted((a, b) => (b.positions?.get(task) ?? 0) - (a.positions?.get(task) ?? 0))
  for (const member of furthestFirst) if (placement.copies(task) < copies && placement.mayHold(member, task)) placement.add(member, task)
}

/** The standbys that have been assigned so far. */
class Placement {
  readonly members: readonly AssignmentMember[]
  readonly standbys: Map<string, TaskId[]>
  readonly #owners = new Map<TaskId, AssignmentMember>()
  readonly #holders = new Map<TaskId, Set<AssignmentMember>>()

  constructor(members: readonly AssignmentMember[], active: ReadonlyMap<string, readonly TaskId[]>) {
    this.members = members
    this.standbys = new Map(members.map(({ id }) => [id, []]))
    for (const member of members) for (const task of active.get(member.id) ?? []) this.#owners.set(task, member)
  }

  copies(task: TaskId): number {
    return this.#holders.get(task)?.size ?? 0
  }

  /** Whether the member can run the task, and its instance has no copy of it, ignoring the copy of `except`. */
  mayHold(member: AssignmentMember, task: TaskId, except?: AssignmentMember): boolean {
    if (!canRun(member, task)) return false
    const holders = [this.#owners.get(task), ...(this.#holders.get(task) ?? [])]
    return holders.every(holder => holder === undefined || holder === except || instanceOf(holder) !== instanceOf(member))
  }

  add(member: AssignmentMember, task: TaskId): void {
    this.#of(member).push(task)
    const holders = this.#holders.get(task) ?? new Set()
    this.#holders.set(task, holders.add(member))
  }

  /** Assigns the task to a member that may hold it: first by stores on its disk, then by the fewest standbys of the same owner, then by load. */
  addToLeast(task: TaskId): void {
    const better = (a: AssignmentMember, b: AssignmentMember): number =>
      Number(b.onDisk.includes(task)) - Number(a.onDisk.includes(task)) ||
      this.#backing(a, task) - this.#backing(b, task) ||
      this.#of(a).length - this.#of(b).length
    const [best] = this.members.filter(member => this.mayHold(member, task)).toSorted(better)
    if (best !== undefined) this.add(best, task)
  }

  /** Moves one standby from a member to another that has at least two fewer; false if none can be moved. */
  evenOut(): boolean {
    const byLoad = this.members.toSorted((a, b) => this.#of(a).length - this.#of(b).length)
    for (const from of byLoad.toReversed()) {
      for (const to of byLoad) {
        if (this.#of(from).length - this.#of(to).length < 2) break
        const movable = this.#of(from).filter(task => this.mayHold(to, task, from))
        const task = movable.find(each => to.onDisk.includes(each)) ?? movable[0]
        if (task === undefined) continue
        this.#remove(from, task)
        this.add(to, task)
        return true
      }
    }
    return false
  }

  #remove(member: AssignmentMember, task: TaskId): void {
    const tasks = this.#of(member)
    tasks.splice(tasks.indexOf(task), 1)
    this.#holders.get(task)?.delete(member)
  }

  /** The number of tasks of this task's owner that the member follows. */
  #backing(member: AssignmentMember, task: TaskId): number {
    const owner = this.#owners.get(task)
    return this.#of(member).filter(each => this.#owners.get(each) === owner).length
  }

  #of(member: AssignmentMember): TaskId[] {
    return this.standbys.get(member.id) as TaskId[]
  }
}

function instanceOf({ id, instance }: AssignmentMember): string {
  return instance ?? id
}
