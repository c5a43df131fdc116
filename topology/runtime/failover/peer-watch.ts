import { PeerLink, type Ending, type Peer } from './peer-link.ts'
import type { PeerIdentity } from './peer-protocol.ts'

export type { Ending, Peer } from './peer-link.ts'

export interface PeerWatchOptions {
  readonly self: PeerIdentity
  /** The peer's process is gone: called once a member, whatever `update` says of it afterwards. */
  readonly onDead: (peer: Peer, ending: Ending) => void
  /** The peer has said farewell: it leaves the group by itself. */
  readonly onGone?: (peer: Peer) => void
}

/** A process, and the members that it has in the group: mostly one. */
interface Watched {
  readonly link: PeerLink
  members: readonly Peer[]
}

/**
 * Notices within a moment that another instance's process died: holds a connection to each, and when one breaks off without a farewell,
 * asks its address again, at once and 50 ms later. See `judge` for what counts as death. Whoever cannot be reached stays the session
 * timeout's business; it is tried again, ever more slowly.
 */
export class PeerWatch {
  readonly #options: PeerWatchOptions
  readonly #watched = new Map<string, Watched>()
  /** Members about whom there is nothing more to find out, while the group still lists them. */
  readonly #settled = new Set<string>()
  #closed = false

  constructor(options: PeerWatchOptions) {
    this.#options = options
  }

  /** Members whose process answers now. */
  get connected(): readonly string[] {
    return [...this.#watched.values()].flatMap(({ link, members }) => (link.connected ? members.map(({ memberId }) => memberId) : []))
  }

  /**
   * Watches these members and no others. The connection to a process that was there before stays, also where its member has another
   * name now. This process' own are left out.
   */
  update(peers: readonly Peer[]): void {
    if (this.#closed) return
    const listed = new Set(peers.map(({ memberId }) => memberId))
    for (const memberId of this.#settled) if (!listed.has(memberId)) this.#settled.delete(memberId)
    const processes = new Map<string, Peer[]>()
    for (const peer of peers) {
      if (!this.#isWatchable(peer)) continue
      const key = `${peer.boot} ${peer.host} ${peer.peerPort}`
      processes.set(key, [...(processes.get(key) ?? []), peer])
    }
    for (const [key, { link }] of this.#watched) {
      if (processes.has(key)) continue
      link.close()
      this.#watched.delete(key)
    }
    for (const [key, members] of processes) this.#watch(key, members)
  }

  /** Ends all connections; nothing is reported any more. */
  close(): void {
    this.update([])
    this.#closed = true
  }

  #isWatchable({ memberId, boot, peerPort }: Peer): boolean {
    const told = peerPort > 0 && peerPort <= 65_535 && boot !== ''
    return told && boot !== this.#options.self.boot && !this.#settled.has(memberId)
  }

  #watch(key: string, members: readonly Peer[]): void {
    const known = this.#watched.get(key)
    const [peer] = members
    if (known !== undefined) known.members = members
    else if (peer !== undefined) this.#watched.set(key, { members, link: this.#link(key, peer) })
  }

  #link(key: string, peer: Peer): PeerLink {
    const { self, onDead, onGone } = this.#options
    return new PeerLink({
      peer,
      self,
      onVerdict: (verdict, ending) => {
        const members = this.#watched.get(key)?.members ?? []
        this.#watched.delete(key)
        for (const member of members) {
          this.#settled.add(member.memberId)
          if (verdict === 'dead') onDead(member, ending)
          else onGone?.(member)
        }
      },
    })
  }
}
