import type { InstanceMetadata } from '../queryable-streams.ts'
import type { TopologyDefinition } from '../topology-definition.ts'
import { decodeAssignment, decodeMember, tasksOf } from './group-protocol.ts'
import type { Admin } from './kafka-clients.ts'

/** The group as its coordinator tells it: who runs, where it answers, which tasks it has. Asked again after at most `maxAgeMs`. */
export class GroupView {
  readonly #admin: Admin
  readonly #groupId: string
  readonly #topology: TopologyDefinition
  readonly #maxAgeMs: number
  #known: readonly InstanceMetadata[] = []
  #asked = 0
  #asking: Promise<readonly InstanceMetadata[]> | undefined

  constructor(admin: Admin, groupId: string, topology: TopologyDefinition, maxAgeMs: number) {
    this.#admin = admin
    this.#groupId = groupId
    this.#topology = topology
    this.#maxAgeMs = maxAgeMs
  }

  /** Makes the next question go to the coordinator: something has changed. */
  invalidate(): void {
    this.#asked = 0
  }

  async instances(): Promise<readonly InstanceMetadata[]> {
    if (Date.now() - this.#asked < this.#maxAgeMs) return this.#known
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined))
    return this.#asking
  }

  async #ask(): Promise<readonly InstanceMetadata[]> {
    const asked = Date.now()
    const { groups } = await this.#admin.describeGroups([this.#groupId])
    const members = groups[0]?.members ?? []
    this.#known = members.flatMap(({ memberMetadata, memberAssignment }) => {
      const facts = decodeMember(memberMetadata)
      if (facts === undefined) return []
      const { instance, host, port, stores } = facts
      return [{ instance, host, port, storeNames: stores, activeTasks: tasksOf(this.#topology, decodeAssignment(memberAssignment)) }]
    })
    this.#asked = asked
    return this.#known
  }
}
