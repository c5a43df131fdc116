import type { TaskId } from '../../queryable-streams.ts'
import type { AssignmentMember, AssignmentOptions, MemberTasks } from './assignment.ts'
import { assignStandbys } from './standby-assignor.ts'

/**
 * The order in which members are preferred for a task: its former owner, then a member with the stores open, then one with the stores on
 * its disk.
 */
const wishes: readonly ((member: AssignmentMember, task: TaskId) => boolean)[] = [
  (member, task) => member.active.includes(task),
  (member, task) => member.positions?.has(task) === true,
  (member, task) => member.onDisk.includes(task),
]

/**
 * Assigns every task to exactly one member, so that the numbers of tasks differ by at most one. Within that, a task stays with the member that runs it,
 * else goes to the standby with the highest position, else to a member with its stores on disk.
 * For standbys, see `assignStandbys`. The same members and tasks give the same result on every member, in whatever order they come.
 */
export function assignTasks(
  members: readonly AssignmentMember[],
  tasks: readonly TaskId[],
  options: AssignmentOptions = {},
): Map<string, MemberTasks> {
  const sorted = members.toSorted((a, b) => compare(a.id, b.id))
  const active = assignActive(sorted, tasks.toSorted(compare))
  const stateful = tasks.filter(task => !options.stateless?.has(task)).toSorted(compare)
  const standby = assignStandbys(sorted, stateful, active, options.standbys ?? 0)
  const given = (all: ReadonlyMap<string, readonly TaskId[]>, id: string): TaskId[] => (all.get(id) ?? []).toSorted(compare)
  return new Map(sorted.map(({ id }) => [id, { active: given(active, id), standby: given(standby, id) }]))
}

function assignActive(members: readonly AssignmentMember[], tasks: readonly TaskId[]): Map<string, TaskId[]> {
  const assigned = new Map<string, TaskId[]>(members.map(member => [member.id, []]))
  if (members.length === 0) return assigned
  const quota = new Quota(tasks.length, members.length)
  let left = tasks
  for (const wants of wishes) left = grant({ members, assigned, quota }, left, wants)
  for (const task of left) {
    const least = members.reduce((a, b) => (load(assigned, b) < load(assigned, a) ? b : a))
    ;(assigned.get(least.id) as TaskId[]).push(task)
  }
  return assigned
}

interface Granting {
  readonly members: readonly AssignmentMember[]
  readonly assigned: Map<string, TaskId[]>
  readonly quota: Quota
}

/** Assigns tasks to members for which `wants` is true and that have room. Returns the tasks that are left. */
function grant({ members, assigned, quota }: Granting, tasks: readonly TaskId[], wants: (typeof wishes)[number]): TaskId[] {
  // Tasks that fewer members hold come first, so that a member with the only copy of a task still has room for it.
  const holders = (task: TaskId): number => members.filter(({ positions, onDisk }) => positions?.has(task) || onDisk.includes(task)).length
  const rarity = new Map(tasks.map(task => [task, holders(task)]))
  const left: TaskId[] = []
  for (const task of tasks.toSorted((a, b) => (rarity.get(a) as number) - (rarity.get(b) as number) || compare(a, b))) {
    const candidates = members.filter(member => wants(member, task) && quota.hasRoom(load(assigned, member)))
    if (candidates.length === 0) {
      left.push(task)
      continue
    }
    const better = (a: AssignmentMember, b: AssignmentMember): number =>
      positionOf(b, task) - positionOf(a, task) || load(assigned, a) - load(assigned, b)
    const chosen = candidates.toSorted(better)[0] as AssignmentMember
    quota.taken(load(assigned, chosen))
    ;(assigned.get(chosen.id) as TaskId[]).push(task)
  }
  return left
}

/** The number of tasks that a member may have: the even share, and one more for as many members as tasks are left over. */
class Quota {
  readonly #share: number
  #extra: number

  constructor(tasks: number, members: number) {
    this.#share = Math.floor(tasks / members)
    this.#extra = tasks % members
  }

  hasRoom(load: number): boolean {
    return load < this.#share || (load === this.#share && this.#extra > 0)
  }

  taken(loadBefore: number): void {
    if (loadBefore === this.#share) this.#extra--
  }
}

function load(assigned: ReadonlyMap<string, readonly TaskId[]>, member: AssignmentMember): number {
  return (assigned.get(member.id) as readonly TaskId[]).length
}

/** The position of the member's open stores of a task; -1 if it has none open. */
function positionOf(member: AssignmentMember, task: TaskId): number {
  return member.positions?.get(task) ?? -1
}

/** Orders ids by length, then by code units, independent of the locale: "0_10" comes after "0_9". */
function compare(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}
