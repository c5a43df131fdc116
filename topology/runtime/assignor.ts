import type { TaskId } from '../queryable-streams.ts'

export interface AssignmentMember {
  readonly id: string
  /** Tasks that it ran in the generation before. */
  readonly active: readonly TaskId[]
  /** Tasks whose state lies on its disk. */
  readonly onDisk: readonly TaskId[]
}

/**
 * Spreads tasks over members: every task to exactly one, no member more than one task above another, and, within that,
 * tasks stay with the member that runs them, else go to one that has their state on its disk.
 * The same input gives the same result on every member, whatever its order.
 */
export function assignTasks(members: readonly AssignmentMember[], tasks: readonly TaskId[]): Map<string, TaskId[]> {
  const sorted = members.toSorted((a, b) => compare(a.id, b.id))
  const assigned = new Map<string, TaskId[]>(sorted.map(member => [member.id, []]))
  if (sorted.length === 0) return assigned
  const quota = new Quota(tasks.length, sorted.length)
  let left = tasks.toSorted(compare)
  for (const wish of ['active', 'onDisk'] as const) left = grant(left, sorted, wish, assigned, quota)
  for (const task of left) {
    const least = sorted.reduce((a, b) => (load(assigned, b) < load(assigned, a) ? b : a))
    ;(assigned.get(least.id) as TaskId[]).push(task)
  }
  for (const list of assigned.values()) list.sort(compare)
  return assigned
}

/** Gives tasks to members that want them and have room; tasks that fewer members want first. Returns what is left. */
function grant(
  tasks: readonly TaskId[],
  members: readonly AssignmentMember[],
  wish: 'active' | 'onDisk',
  assigned: Map<string, TaskId[]>,
  quota: Quota,
): TaskId[] {
  const wanters = (task: TaskId): readonly AssignmentMember[] => members.filter(member => member[wish].includes(task))
  // A member that also holds another's only copy should keep room for it: tasks on fewer disks first.
  const rarity = (task: TaskId): number => members.filter(member => member.onDisk.includes(task)).length
  const left: TaskId[] = []
  for (const task of tasks.toSorted((a, b) => rarity(a) - rarity(b) || compare(a, b))) {
    const candidates = wanters(task).filter(member => quota.hasRoom(load(assigned, member)))
    if (candidates.length === 0) {
      left.push(task)
      continue
    }
    const chosen = candidates.reduce((a, b) => (load(assigned, b) < load(assigned, a) ? b : a))
    quota.taken(load(assigned, chosen))
    ;(assigned.get(chosen.id) as TaskId[]).push(task)
  }
  return left
}

/** How many tasks a member may have: the even share, and one more for as many members as it leaves over. */
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

/** Task ids and member ids in an order of their own, not a language's. "0_10" comes after "0_9". */
function compare(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}
