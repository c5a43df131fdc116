import { PeerLink, type Ending, type Peer } from './peer-link.ts'
import type { PeerIdentity } from './peer-protocol.ts'
import type { PeerAccess } from './peer-seal.ts'

export type { Ending, Peer } from './peer-link.ts'

export interface PeerWatchOptions {
  readonly self: PeerIdentity
  /** Default: to any address, without seals. */
  readonly access?: PeerAccess | undefined
  /** Called once for each member of a dead process, even if a later `update` lists the member again. */
  readonly onDead: (peer: Peer, ending: Ending) => void
  /** Called for each member of a process that said farewell: it leaves the group by itself. */
  readonly onGone?: (peer: Peer) => void
}

/** A watched process and its members in the group, one per stream thread. */
interface Watched {
  readonly link: PeerLink
  members: readonly Peer[]
}

/**
 * Detects the death of other instances' processes quickly: it holds a connection to each, and if one breaks without a farewell, it connects again at once
 * and after 50 ms. `judge` decides what counts as death. An unreachable process is left to the session timeout; it is tried again at growing intervals.
 */
export class PeerWatch {
  readonly #options: PeerWatchOptions
  readonly #watched = new Map<string, Watched>()
  /** Members with a final verdict that the group still lists. */
  readonly #settled = new Set<string>()
  #closed = false

  constructor(options: PeerWatchOptions) {
    this.#options = options
  }

  /** Members whose process is connected now. */
  get connected(): readonly string[] {
    return [...this.#watched.values()].flatMap(({ link, members }) => (link.connected ? members.map(({ memberId }) => memberId) : []))
  }

  /**
   * Watches exactly these members, without those of this process. The connection to a process that was watched before stays, even if its member ids have
   * changed.
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

  /** Closes all connections; no callback is called any more. */
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
    const { self, access, onDead, onGone } = this.#options
    return new PeerLink({
      peer,
      self,
      access,
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
