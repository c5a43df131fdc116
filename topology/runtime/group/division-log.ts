import type { TopologyDefinition } from '../../topology-definition.ts'
import type { KafkaLog } from '../kafka/index.ts'
import { decodeSubTopologies } from './group-protocol.ts'
import { toldOf } from './member-topology.ts'

/** Logs which instances run which sub-topologies while the members of the group have different ones; once for each change. */
export class DivisionLog {
  readonly #log: KafkaLog | undefined
  readonly #own: ReadonlySet<string>
  #last = ''

  constructor(topology: TopologyDefinition, log: KafkaLog | undefined) {
    this.#log = log
    this.#own = new Set(toldOf(topology).map(({ reads }) => reads))
  }

  joined(assignment: Buffer): void {
    const runs = decodeSubTopologies(assignment).map(({ reads, instances, waitsFor, unknown }) => ({
      reads: reads ?? '',
      by: (instances ?? []).join(', '),
      waitsFor: (waitsFor ?? []).join(' and '),
      unknown: (unknown ?? []).join(', '),
    }))
    const told = JSON.stringify(runs)
    if (told === this.#last || (runs.length === 0 && this.#last === '')) return
    this.#last = runs.length === 0 ? '' : told
    if (runs.length === 0) return this.#log?.('info', 'all members of the group have the same sub-topologies again', {})
    this.#log?.('info', 'members of the group have different sub-topologies: each runs on those that have it', {
      running: runs.flatMap(({ reads, by, waitsFor }) => (waitsFor === '' ? [`${reads} on ${by}`] : [])).join('; '),
      waiting: runs.flatMap(({ reads, by, waitsFor }) => (waitsFor === '' ? [] : [`${reads} on ${by} for ${waitsFor}`])).join('; '),
    })
    for (const { reads, waitsFor } of runs) {
      if (waitsFor === '' || !this.#own.has(reads)) continue
      this.#log?.('warn', 'a sub-topology of this version waits until no member has the other one any more: they cannot run side by side', {
        subTopology: reads,
        waitsFor,
      })
    }
    const unknown = runs.flatMap(each => (each.unknown === '' ? [] : [each.unknown])).join(', ')
    if (unknown !== '')
      this.#log?.('warn', 'inputs of another version are missing, or the leader of the group may not describe them: nobody reads them', {
        topics: unknown,
      })
  }
}

/**
 * The sub-topologies of this topology that wait for one with another id, for a message: their inputs or changelogs belonged to tasks with other ids
 * before.
 */
export function movedSubTopologies(topology: TopologyDefinition, assignment: Buffer): readonly string[] {
  const own = new Map(toldOf(topology).map(({ reads, id }) => [reads, id]))
  return decodeSubTopologies(assignment).flatMap(({ reads, waitsFor }) => {
    const id = own.get(reads ?? '')
    const others = (waitsFor ?? []).filter(other => !other.startsWith(`${id}:`))
    return id === undefined || others.length === 0 ? [] : [`${reads} here, ${others.join(' and ')} there`]
  })
}
