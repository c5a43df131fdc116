import type { TaskId } from '../../queryable-streams.ts'
import { subTopologyOf } from './assignment.ts'
import type { ToldSubTopology } from './member-topology.ts'

export interface DividingMember {
  readonly id: string
  readonly instance: string
  readonly subTopologies: readonly ToldSubTopology[]
  /** Tasks that the member ran in the previous generation. */
  readonly active: readonly TaskId[]
}

/** A sub-topology of a group, and the members that can run it. */
export interface SubTopologyRun extends ToldSubTopology {
  /** The ids of the members that can run it. */
  readonly members: ReadonlySet<string>
  readonly instances: readonly string[]
  /** The sub-topologies that run, until no member has them any more, before this one. */
  readonly waitsFor: readonly string[]
}

interface Candidate extends Omit<SubTopologyRun, 'waitsFor'> {
  /** The number of its tasks that ran in the previous generation. */
  readonly ran: number
}

/**
 * Decides which sub-topologies of the members, which may have different versions of an application, run side by side. Two different ones cannot if
 * they have a common input (its committed offsets belong to the group, so each would skip the records that the other has processed), a common
 * changelog (the rows of one would become state of the other) or the same id (their tasks, and so their state directories, transactions and standbys,
 * would have the same names). Of two such sub-topologies, the one that ran before continues until no member has it any more; if none ran, the one
 * that more members have runs. The result is the same on all members.
 */
export function divide(members: readonly DividingMember[]): readonly SubTopologyRun[] {
  const first = candidates(members).toSorted(
    (a, b) => b.ran - a.ran || b.members.size - a.members.size || (a.reads < b.reads ? -1 : Number(a.reads > b.reads)),
  )
  const running: Candidate[] = []
  return first.map(candidate => {
    const { ran: _, ...sub } = candidate
    const waitsFor = running.filter(other => clash(candidate, other)).map(({ reads }) => reads)
    if (waitsFor.length === 0) running.push(candidate)
    return { ...sub, waitsFor }
  })
}

/** Whether all members have the same sub-topologies. */
export function isUniform(members: readonly DividingMember[]): boolean {
  return new Set(members.map(({ subTopologies }) => subTopologies.map(({ reads }) => reads).join(' '))).size <= 1
}

function candidates(members: readonly DividingMember[]): readonly Candidate[] {
  const all = new Map<string, Candidate>()
  for (const { id, instance, subTopologies, active } of members) {
    for (const told of subTopologies) {
      const before = all.get(told.reads)
      all.set(told.reads, {
        ...told,
        logged: [...new Set([...(before?.logged ?? []), ...told.logged])],
        members: new Set([...(before?.members ?? []), id]),
        instances: [...new Set([...(before?.instances ?? []), instance])].toSorted(),
        ran: (before?.ran ?? 0) + active.filter(task => subTopologyOf(task) === told.id).length,
      })
    }
  }
  return [...all.values()]
}

function clash(one: ToldSubTopology, other: ToldSubTopology): boolean {
  return (
    one.id === other.id || one.topics.some(topic => other.topics.includes(topic)) || one.logged.some(store => other.logged.includes(store))
  )
}
