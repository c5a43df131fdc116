import { pause } from '../../../base/index.ts'
import { decodeMember } from '../group/index.ts'
import { newCluster, orAborted, protocolErrorOf, type Cluster, type Kafka } from '../kafka/index.ts'
import type { Peer } from './peer-link.ts'

/** A member of the group as its coordinator describes it; `peer` is undefined if the member does not listen. */
export interface GroupMember {
  readonly memberId: string
  readonly peer: Peer | undefined
  /** See `networkIdentity`; '' if unknown. */
  readonly network: string
}

/** Methods of kafkajs' broker that its types do not declare. */
interface Coordinator {
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>
  describeGroups(request: { groupIds: string[] }): Promise<{ groups: readonly DescribedGroup[] }>
}

interface DescribedGroup {
  readonly state: string
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[]
}

/** The errors for a member id or a group that does not exist: then an eviction has nothing to do. */
const unknownMember: ReadonlySet<string | undefined> = new Set(['UNKNOWN_MEMBER_ID', 'GROUP_ID_NOT_FOUND'])
/** The number of attempts; each of them includes minutes of kafkajs' own retries. */
const maxTries = 5
const retryPauseMs = 200

/**
 * Lists the members of a group, and removes members: a coordinator accepts a LeaveGroup request from any client that knows the member id. The group then
 * rebalances at once instead of after the member's session timeout. A living member that is removed joins again with a new id.
 *
 * Connects at the first request and stays connected, because connecting would take half of the time of an eviction.
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

  /** Connects ahead of the first request. Never rejects: the first request tries again. */
  async warm(): Promise<void> {
    await this.#connect().catch(() => undefined)
  }

  /**
   * Removes a member: true if this call removed it, false if it was no member any more, since several survivors may try at the same time.
   * Throws if the coordinator could not be reached.
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

  /** The members; undefined while the group rebalances. Throws if the coordinator could not be reached. */
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

  /** Disconnects; pending requests reject with an AbortError. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#cluster.disconnect()
  }

  async #ask<T>(question: (coordinator: Coordinator) => Promise<T>): Promise<T> {
    const answer = await orAborted(this.#retry(question), this.#closing.signal)
    this.#closing.signal.throwIfAborted()
    return answer as T
  }

  /** Sends a request to the current coordinator, which is looked up at each attempt. */
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

/** Removes one member over a connection of its own; see `GroupAdmin.evict`. */
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
