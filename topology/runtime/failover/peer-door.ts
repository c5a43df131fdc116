import type { Socket } from 'node:net'
import { countBeyond, limits } from '../../../base/limits/index.ts'

/** Connections that have not said a hello for this instance yet: of one address, and of all. */
const [maxStrangersOfAddress, maxStrangers] = [limits.peer_strangers_of_address.most, limits.peer_strangers.most]

/**
 * Who is connected to a listener. An instance says at once whom it looks for; a connection that has not yet is a stranger's. Beyond the limits the oldest
 * stranger is closed, first one of the same address, so that however many of them come, they neither keep an instance out nor take what it needs.
 */
export class PeerDoor {
  /** Oldest first. */
  readonly #strangers = new Map<Socket, string>()
  readonly #known = new Set<Socket>()

  enter(socket: Socket): void {
    const address = socket.remoteAddress ?? ''
    socket.once('close', () => {
      this.#strangers.delete(socket)
      this.#known.delete(socket)
    })
    const same = [...this.#strangers].filter(([, other]) => other === address)
    if (same.length >= maxStrangersOfAddress) this.#closeFirst(same, 'peer_strangers_of_address')
    else if (this.#strangers.size >= maxStrangers) this.#closeFirst([...this.#strangers], 'peer_strangers')
    this.#strangers.set(socket, address)
  }

  /** The connection is an instance's. False: it was closed, because there are too many. */
  know(socket: Socket): boolean {
    this.#strangers.delete(socket)
    // More than the number of instances in any group.
    if (this.#known.size >= limits.peer_known.most) {
      countBeyond('peer_known')
      this.#close(socket)
      return false
    }
    this.#known.add(socket)
    return true
  }

  each(call: (socket: Socket, known: boolean) => void): void {
    for (const socket of this.#strangers.keys()) call(socket, false)
    for (const socket of this.#known) call(socket, true)
  }

  #closeFirst([oldest]: readonly (readonly [Socket, string])[], limit: 'peer_strangers' | 'peer_strangers_of_address'): void {
    countBeyond(limit)
    if (oldest !== undefined) this.#close(oldest[0])
  }

  #close(socket: Socket): void {
    this.#strangers.delete(socket)
    socket.destroy()
  }
}
