import type { TaskId } from '../../queryable-streams.ts'
import { subTopologyOf, type AssignmentMember, type AssignmentOptions, type MemberTasks } from './assignment.ts'
import { evenOut, GivenTasks } from './given-tasks.ts'
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
 * Assigns every task to exactly one of the members that can run it; tasks that no member can run are not assigned. In each sub-topology the numbers
 * of tasks of these members differ by at most one. Within this limit, a task stays with the member that runs it, else goes to the standby with the
 * highest position, else to a member with its stores on disk. Then `evenOut` balances the total loads. For standbys, see `assignStandbys`. The result
 * does not depend on the order of members and tasks, so it is the same on every member.
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

function assignActive(members: readonly AssignmentMember[], tasks: readonly TaskId[]): ReadonlyMap<string, readonly TaskId[]> {
  const given = new GivenTasks(members)
  for (const sub of new Set(tasks.map(subTopologyOf))) {
    const able = members.filter(({ runs }) => runs === undefined || runs.has(sub))
    const own = tasks.filter(task => subTopologyOf(task) === sub)
    if (able.length > 0) assignSubTopology(able, sub, own, given)
  }
  evenOut(members, given)
  return given.tasks
}

/** Assigns the tasks of one sub-topology to members that can run it. */
function assignSubTopology(members: readonly AssignmentMember[], sub: string, tasks: readonly TaskId[], given: GivenTasks): void {
  const quota = new Quota(tasks.length, members.length)
  let left = tasks
  for (const wants of wishes) left = grant({ members, sub, given, quota }, left, wants)
  const fewer = (a: AssignmentMember, b: AssignmentMember): number => given.of(a, sub) - given.of(b, sub) || given.total(a) - given.total(b)
  for (const task of left) given.add(members.toSorted(fewer)[0] as AssignmentMember, task)
}

interface Granting {
  readonly members: readonly AssignmentMember[]
  readonly sub: string
  readonly given: GivenTasks
  readonly quota: Quota
}

/** Assigns tasks to members for which `wants` is true and that have room. Returns the tasks that are left. */
function grant({ members, sub, given, quota }: Granting, tasks: readonly TaskId[], wants: (typeof wishes)[number]): TaskId[] {
  // Tasks that fewer members hold come first, so that a member with the only copy of a task still has room for it.
  const holders = (task: TaskId): number => members.filter(({ positions, onDisk }) => positions?.has(task) || onDisk.includes(task)).length
  const rarity = new Map(tasks.map(task => [task, holders(task)]))
  const left: TaskId[] = []
  for (const task of tasks.toSorted((a, b) => (rarity.get(a) as number) - (rarity.get(b) as number) || compare(a, b))) {
    const candidates = members.filter(member => wants(member, task) && quota.hasRoom(given.of(member, sub)))
    if (candidates.length === 0) {
      left.push(task)
      continue
    }
    const better = (a: AssignmentMember, b: AssignmentMember): number =>
      positionOf(b, task) - positionOf(a, task) || given.of(a, sub) - given.of(b, sub) || given.total(a) - given.total(b)
    const chosen = candidates.toSorted(better)[0] as AssignmentMember
    quota.taken(given.of(chosen, sub))
    given.add(chosen, task)
  }
  return left
}

/**
 * The number of tasks of a sub-topology that a member may have: the even share, rounded down; as many members as tasks are left over may have one
 * more.
 */
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

/** The position of the member's open stores of a task; -1 if it has none open. */
function positionOf(member: AssignmentMember, task: TaskId): number {
  return member.positions?.get(task) ?? -1
}

/** Orders ids by length, then by code units, independent of the locale: "0_10" comes after "0_9". */
function compare(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}
