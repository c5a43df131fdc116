import { env, messageOf, SluiceError } from '../../../base/index.ts'
import type { InstanceMetadata, TaskId } from '../../queryable-streams.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import { decodeAssignment, decodeMember, decodeStandbys, tasksOf } from './group-protocol.ts'
import { decodeTold, toldOf, type ToldTopology } from './member-topology.ts'
import type { Admin } from '../kafka/index.ts'

/** The instances of the group, their addresses and tasks, as the coordinator describes them. An answer is reused for `maxAgeMs`. */
export class GroupMetadata {
  readonly #admin: Admin
  readonly #groupId: string
  readonly #topology: TopologyDefinition
  readonly #maxAgeMs: number
  #known: readonly InstanceMetadata[] = []
  /** The last answer with instances. The answer has none while the group rebalances, but its standbys continue. */
  #stable: readonly InstanceMetadata[] = []
  #asked = -Infinity
  #asking: Promise<readonly InstanceMetadata[]> | undefined

  constructor(admin: Admin, groupId: string, topology: TopologyDefinition, maxAgeMs: number) {
    this.#admin = admin
    this.#groupId = groupId
    this.#topology = topology
    this.#maxAgeMs = maxAgeMs
  }

  /** Makes the next call ask the coordinator again. */
  invalidate(): void {
    this.#asked = -Infinity
  }

  /** The instances of the group; empty while it rebalances. Throws BROKER_UNREACHABLE. */
  async instances(): Promise<readonly InstanceMetadata[]> {
    if (env.monotonic() - this.#asked < this.#maxAgeMs) return this.#known
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined))
    return this.#asking
  }

  /** The instances that follow the task as standbys; during a rebalance, those that did before it. Throws BROKER_UNREACHABLE. */
  async standbysOf(task: TaskId): Promise<readonly InstanceMetadata[]> {
    await this.instances()
    return this.#stable.filter(({ standbyTasks }) => standbyTasks?.includes(task))
  }

  /** The instance that ran the task before the current rebalance; undefined if the group is not rebalancing. Throws BROKER_UNREACHABLE. */
  async formerOwnerOf(task: TaskId): Promise<InstanceMetadata | undefined> {
    const rebalancing = (await this.instances()).length === 0
    return rebalancing ? this.#stable.find(({ activeTasks }) => activeTasks.includes(task)) : undefined
  }

  async #ask(): Promise<readonly InstanceMetadata[]> {
    const asked = env.monotonic()
    const { groups } = await this.#admin.describeGroups([this.#groupId]).catch((error: unknown) => {
      throw new SluiceError('BROKER_UNREACHABLE', `cannot read the members of the consumer group: ${messageOf(error)}`, { cause: error })
    })
    const members = groups[0]?.members ?? []
    this.#known = mergeInstances(members.flatMap(member => this.#metadataOf(member)))
    if (this.#known.length > 0) this.#stable = this.#known
    this.#asked = asked
    return this.#known
  }

  #metadataOf({ memberMetadata, memberAssignment }: { memberMetadata: Buffer; memberAssignment: Buffer }): InstanceMetadata[] {
    const facts = decodeMember(memberMetadata)
    if (facts === undefined) return []
    const { instance, host, port, stores } = facts
    const tasks = this.#tasksOf(memberMetadata, memberAssignment)
    return [{ instance, host, port, storeNames: stores, ...tasks }]
  }

  /** None where the assignment cannot be read: whoever leads the group has written it, and the other members are there all the same. */
  #tasksOf(memberMetadata: Buffer, memberAssignment: Buffer): Pick<InstanceMetadata, 'activeTasks' | 'standbyTasks'> {
    try {
      const activeTasks = tasksOf(this.#topology, decodeAssignment(memberAssignment))
      return { activeTasks, standbyTasks: ownNames(this.#topology, decodeTold(memberMetadata), decodeStandbys(memberAssignment)) }
    } catch {
      return { activeTasks: [], standbyTasks: [] }
    }
  }
}

/**
 * Translates the ids of another member's tasks to this topology's ids, by the inputs of the sub-topologies. Tasks of sub-topologies that this
 * topology does not have are left out.
 */
export function ownNames(topology: TopologyDefinition, { subTopologies }: ToldTopology, tasks: readonly TaskId[]): readonly TaskId[] {
  if (subTopologies === undefined) return tasks
  const own = new Map(toldOf(topology).map(({ topics, id }) => [topics.join(), id]))
  const ids = new Map(subTopologies.map(({ topics, id }) => [id, own.get(topics.join())]))
  return tasks.flatMap(task => {
    const [id = '', partition] = task.split('_')
    const here = ids.get(id)
    return here === undefined ? [] : [`${here}_${partition}`]
  })
}

/** Merges the members of each instance, which are its stream threads, into one entry. */
function mergeInstances(members: readonly InstanceMetadata[]): InstanceMetadata[] {
  const merged = new Map<string, InstanceMetadata>()
  for (const member of members) {
    const key = `${member.instance} ${member.host}:${member.port}`
    const { activeTasks = [], standbyTasks = [] } = merged.get(key) ?? {}
    merged.set(key, {
      ...member,
      activeTasks: [...activeTasks, ...member.activeTasks],
      standbyTasks: [...standbyTasks, ...(member.standbyTasks ?? [])],
    })
  }
  return [...merged.values()]
}
