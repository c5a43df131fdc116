import { decodeMember } from '../group/index.ts'
import { newCluster, orAborted, pause, protocolErrorOf, type Cluster, type Kafka } from '../kafka/index.ts'
import type { Peer } from './peer-link.ts'

/** A member of the group as its coordinator tells it; `peer` where the member said where it listens. */
export interface GroupMember {
  readonly memberId: string
  readonly peer: Peer | undefined
  /** See networkIdentity; '' where the member does not tell. */
  readonly network: string
}

/** What kafkajs' broker offers and its types do not name. */
interface Coordinator {
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>
  describeGroups(request: { groupIds: string[] }): Promise<{ groups: readonly DescribedGroup[] }>
}

interface DescribedGroup {
  readonly state: string
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[]
}

/** Nobody is called so in this group, or there is no such group: what an eviction wants. */
const unknownMember: ReadonlySet<string | undefined> = new Set(['UNKNOWN_MEMBER_ID', 'GROUP_ID_NOT_FOUND'])
/** An outage is ridden out for minutes within each of them. */
const maxTries = 5
const retryPauseMs = 200

/**
 * Removes members from a group in their name: a coordinator takes a LeaveGroup from anyone who knows the member's id. The group then
 * rebalances at once, instead of when the member's session is over. A living member that is removed rejoins with a new id.
 *
 * Connects at the first request and stays connected: half of what an eviction takes would be the connection.
 */
export class GroupAdmin {
  readonly #groupId: string
  readonly #cluster: Cluster
  readonly #closing = new AbortController()
  #connected: Promise<void> | undefined

  constructor(kafka: Kafka, groupId: string) {
    this.#groupId = groupId
    this.#cluster = newCluster(kafka)
  }

  /** Connects, so that the first request need not; does not fail: the first request tries again. */
  async warm(): Promise<void> {
    await this.#connect().catch(() => undefined)
  }

  /**
   * True: it was a member and is one no longer. False: it was none (any more), which any number of survivors may find who do the same
   * at once. Throws when the coordinator could not be asked.
   */
  async evict(memberId: string): Promise<boolean> {
    try {
      await this.#ask(coordinator => coordinator.leaveGroup({ groupId: this.#groupId, memberId }))
      return true
    } catch (error) {
      if (unknownMember.has(protocolErrorOf(error))) return false
      throw error
    }
  }

  /** The members; undefined while the group rebalances: it tells nothing of them then. Throws when the coordinator could not be asked. */
  async members(): Promise<readonly GroupMember[] | undefined> {
    const { groups } = await this.#ask(coordinator => coordinator.describeGroups({ groupIds: [this.#groupId] }))
    const [group] = groups
    if (group?.state !== 'Stable') return undefined
    return group.members.map(({ memberId, memberMetadata }) => ({
      memberId,
      peer: peerOf(memberId, memberMetadata),
      network: decodeMember(memberMetadata)?.network ?? '',
    }))
  }

  /** What is being asked fails with an AbortError. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#cluster.disconnect()
  }

  async #ask<T>(question: (coordinator: Coordinator) => Promise<T>): Promise<T> {
    const answer = await orAborted(this.#retry(question), this.#closing.signal)
    this.#closing.signal.throwIfAborted()
    return answer as T
  }

  /** Asks the coordinator, the new one where it has moved. */
  async #retry<T>(question: (coordinator: Coordinator) => Promise<T>): Promise<T> {
    const { signal } = this.#closing
    try {
      for (let tries = 1; ; tries++) {
        signal.throwIfAborted()
        try {
          await this.#connect()
          return await question((await this.#cluster.findGroupCoordinator({ groupId: this.#groupId })) as unknown as Coordinator)
        } catch (error) {
          if (unknownMember.has(protocolErrorOf(error)) || tries === maxTries) throw error
          await pause(retryPauseMs, signal)
        }
      }
    } finally {
      // kafkajs may have gone on to connect after `close`.
      if (signal.aborted) await this.#cluster.disconnect().catch(() => undefined)
    }
  }

  async #connect(): Promise<void> {
    this.#connected ??= this.#cluster.connect().then(() => this.#cluster.refreshMetadata())
    try {
      await this.#connected
    } catch (error) {
      this.#connected = undefined
      throw error
    }
  }
}

/** One eviction, on a connection of its own. See GroupEviction. */
export async function evictMember(kafka: Kafka, groupId: string, memberId: string): Promise<boolean> {
  const eviction = new GroupAdmin(kafka, groupId)
  try {
    return await eviction.evict(memberId)
  } finally {
    await eviction.close()
  }
}

function peerOf(memberId: string, metadata: Buffer): Peer | undefined {
  const { instance, host, peerPort = 0, boot = '' } = decodeMember(metadata) ?? {}
  return instance === undefined || host === undefined || peerPort === 0 ? undefined : { memberId, instance, host, peerPort, boot }
}
