import type { Socket } from 'node:net'

/** Connections that have not said a hello for this instance yet: of one address, and of all. */
const maxStrangersOfAddress = 16
const maxStrangers = 128
/** More than the number of instances in any group. */
const maxKnown = 1024

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
    const surplus =
      same.length >= maxStrangersOfAddress ? same[0] : this.#strangers.size >= maxStrangers ? [...this.#strangers][0] : undefined
    if (surplus !== undefined) this.#close(surplus[0])
    this.#strangers.set(socket, address)
  }

  /** The connection is an instance's. False: it was closed, because there are too many. */
  know(socket: Socket): boolean {
    this.#strangers.delete(socket)
    if (this.#known.size >= maxKnown) {
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

  #close(socket: Socket): void {
    this.#strangers.delete(socket)
    socket.destroy()
  }
}
