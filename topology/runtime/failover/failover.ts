import { env, messageOf, pause, type Timer } from '../../../base/index.ts'
import type { StateDirectory } from '../../../stores/index.ts'
import type { EvictionReason } from '../metrics/index.ts'
import { GroupAdmin, type GroupMember } from './group-admin.ts'
import type { Kafka, KafkaLog } from '../kafka/index.ts'
import { networkIdentity, refusesTwice } from './network-identity.ts'
import { PeerListener } from './peer-listener.ts'
import type { PeerIdentity } from './peer-protocol.ts'
import type { PeerAccess } from './peer-seal.ts'
import { PeerWatch } from './peer-watch.ts'
import type { ThreadMembership } from '../group/index.ts'

export interface FailoverOptions {
  readonly kafka: Kafka
  /** The application's id, which is also the group's. */
  readonly applicationId: string
  readonly instance: string
  /** The host under which other instances reach this one. */
  readonly host: string
  /** Stores the ids of this instance's members, which the next start removes from the group; undefined: they are not stored. */
  readonly directory: StateDirectory | undefined
  readonly log: KafkaLog | undefined
  /** Default: anyone may watch this instance, and it connects to any address. */
  readonly access?: PeerAccess | undefined
  /** Called when this instance has removed a member; for each member, one instance is called. */
  onEvicted?(reason: EvictionReason): void
}

/** The name under which the state directory stores the ids of the instance's members, as a JSON list. */
const membersFact = 'memberIds'
/** How often the members are read even without a rebalance, ms; this also keeps the connection to the coordinator from being closed as idle. */
const refreshMs = 60_000
const retryMs = 100
const orphanTries = 20
/** How long `close` tries to remove members that could not leave the group, ms. */
const farewellMs = 1000

/**
 * Fail-over without waiting for the session timeout. Instances hold connections to each other, and a survivor removes the members of an instance that died;
 * a restarted instance removes its own former members. A member that was removed by mistake joins again, and under exactly_once it is fenced meanwhile.
 *
 *     open → evictFormer → (a member joins, with `facts` in its metadata) → joined, at each join → (the member leaves) → left → close
 *
 * There is one per instance; each stream thread of the instance is a member.
 * Except for `open`, failures are logged and not thrown: the session timeout still applies.
 */
export class Failover implements ThreadMembership {
  readonly #options: FailoverOptions
  readonly #identity: PeerIdentity
  readonly #listener: PeerListener
  readonly #watch: PeerWatch
  readonly #eviction: GroupAdmin
  /** This instance's members. */
  readonly #own = new Set<string>()
  /** Members of this instance that ended and may still be in the group. */
  readonly #orphans = new Set<string>()
  readonly #network = networkIdentity()
  #keeping: Promise<void> = Promise.resolve()
  #timer: Timer | undefined
  #refreshing = false
  #again = false
  #closed = false
  readonly #closing = new AbortController()

  private constructor(options: FailoverOptions, identity: PeerIdentity, listener: PeerListener) {
    this.#options = options
    this.#identity = identity
    this.#listener = listener
    this.#eviction = new GroupAdmin(options.kafka, options.applicationId)
    this.#watch = new PeerWatch({
      self: identity,
      access: options.access,
      onDead: ({ memberId, instance }, ending) => {
        options.log?.('warn', 'an instance died: its member is removed from the group', { instance, member: memberId, ending })
        void this.evict(memberId, 'dead')
      },
    })
  }

  /** Starts to listen. Members may join only after that, because a refused connection means that the instance is dead. */
  static async open(options: FailoverOptions): Promise<Failover> {
    const { applicationId, instance, host, log, access } = options
    const identity = { applicationId, instance, boot: env.uuid() }
    const listener = await PeerListener.open(identity, host, access)
    if (listener.port === 0)
      log?.('warn', 'cannot listen for other instances: if this instance dies, they wait for the session timeout', { host })
    return new Failover(options, identity, listener)
  }

  /** Where this instance listens, for its members' metadata. */
  get facts(): { readonly peerPort: number; readonly boot: string; readonly network: string } {
    return { peerPort: this.#listener.port, boot: this.#identity.boot, network: this.#network }
  }

  /** Members of other instances that are connected now, and whose death would be noticed. */
  get connected(): readonly string[] {
    return this.#watch.connected
  }

  /**
   * Removes the members that this instance had when it died, and members whose address is on this machine and refuses connections: if the state directory
   * was wiped, the former members are unknown. Await it before the first member joins, because the join would wait for dead members.
   */
  async evictFormer(): Promise<void> {
    const former = this.#formerMembers()
    await Promise.all(former.map(memberId => this.evict(memberId, 'former')))
    await Promise.all((await this.#deadNeighbours()).map(memberId => this.evict(memberId, 'dead')))
  }

  /** Await it after each join, before the member's tasks start: stores the member id, and reads the other members in the background. */
  async joined(memberId: string): Promise<void> {
    this.#own.add(memberId)
    this.#refresh()
    await this.#keep()
  }

  async left(memberId: string, orderly: boolean): Promise<void> {
    if (!orderly) this.#orphans.add(memberId)
    if (this.#own.delete(memberId) || !orderly) await this.#keep()
  }

  /** Removes a member whose process is dead; false if the coordinator could not be reached. */
  async evict(memberId: string, reason: EvictionReason): Promise<boolean> {
    try {
      if (await this.#eviction.evict(memberId)) {
        this.#options.onEvicted?.(reason)
        this.#log('info', 'removed a dead member', { member: memberId })
      }
      return true
    } catch (error) {
      this.#log('warn', 'cannot remove a dead member: the group removes it after the session timeout', {
        member: memberId,
        error: messageOf(error),
      })
      return false
    }
  }

  /** Removes the members of failed threads, because the next join would wait for them. Tries again, since a coordinator may have just started. */
  async evictOrphans(signal: AbortSignal): Promise<void> {
    for (let tries = 0; this.#orphans.size > 0 && tries < orphanTries && !signal.aborted; tries++) {
      for (const memberId of this.#orphans) if (await this.evict(memberId, 'failed')) this.#orphans.delete(memberId)
      if (this.#orphans.size > 0) await pause(retryMs, signal)
    }
    await this.#keep()
  }

  /**
   * Removes orphaned members, tells the other instances that this one leaves, and closes all connections. Await it before the state
   * directory is closed.
   */
  async close(): Promise<void> {
    if (this.#closed) return
    const { signal } = this.#closing
    await Promise.race([this.evictOrphans(signal), pause(farewellMs, signal)])
    this.#closing.abort()
    this.#closed = true
    this.#timer?.cancel()
    this.#watch.close()
    await this.#listener.close()
    await this.#eviction.close().catch(() => undefined)
  }

  async #deadNeighbours(): Promise<readonly string[]> {
    if (this.#network === '') return []
    try {
      const members = (await this.#eviction.members()) ?? []
      const dead = members.map(async ({ memberId, peer, network }) => {
        const here = peer !== undefined && network === this.#network
        return here && (await refusesTwice(peer.host, peer.peerPort, this.#options.access)) ? [memberId] : []
      })
      return (await Promise.all(dead)).flat()
    } catch (error) {
      this.#log('warn', 'cannot list the other instances of the group', { error: messageOf(error) })
      return []
    }
  }

  #formerMembers(): readonly string[] {
    try {
      const kept: unknown = JSON.parse(this.#options.directory?.get(membersFact) ?? '[]')
      return Array.isArray(kept) ? kept.filter(each => typeof each === 'string') : []
    } catch (error) {
      this.#log('warn', 'cannot read the ids of the members that this instance had before', { error: messageOf(error) })
      return []
    }
  }

  /** Stores the member ids; writes are serialized, and each stores the newest ids. */
  async #keep(): Promise<void> {
    const { directory } = this.#options
    if (directory === undefined) return
    this.#keeping = this.#keeping.then(async () => {
      try {
        const ids = JSON.stringify([...this.#own, ...this.#orphans])
        if (directory.get(membersFact) !== ids) await directory.put(membersFact, ids)
      } catch (error) {
        this.#log('warn', "cannot store the ids of this instance's members", { error: messageOf(error) })
      }
    })
    await this.#keeping
  }

  /**
   * Reads the members, one request at a time. A call during a request causes another request, since the pending answer may be older than
   * the call.
   */
  #refresh(): void {
    this.#again = true
    if (!this.#refreshing) void this.#ask()
  }

  async #ask(): Promise<void> {
    this.#refreshing = true
    let known = false
    while (this.#again && !this.#closed) {
      this.#again = false
      const own = [...this.#own]
      try {
        const members = await this.#eviction.members()
        known = members !== undefined
        // While the group rebalances, keep watching the former members: a dead one delays the rebalance.
        if (members !== undefined) this.#learn(members, own)
      } catch (error) {
        known = false
        this.#log('warn', 'cannot list the other instances of the group', { error: messageOf(error) })
      }
    }
    this.#refreshing = false
    this.#refreshIn(known ? refreshMs : retryMs)
  }

  /** `own`: this instance's members before the request; those that are not listed were removed, and have rejoined with other ids. */
  #learn(members: readonly GroupMember[], own: readonly string[]): void {
    this.#watch.update(members.flatMap(({ peer }) => peer ?? []))
    const listed = new Set(members.map(({ memberId }) => memberId))
    for (const memberId of own) if (!listed.has(memberId)) this.#own.delete(memberId)
  }

  #refreshIn(milliseconds: number): void {
    this.#timer?.cancel()
    if (this.#closed) return
    this.#timer = env.timer(milliseconds, () => this.#refresh())
    this.#timer.unref()
  }

  #log(level: 'info' | 'warn', message: string, fields: Record<string, unknown>): void {
    if (!this.#closed) this.#options.log?.(level, message, fields)
  }
}
