import type { Socket } from 'node:net'

/**
 * Breaks a connection with a reset. One whose end is under way is closed instead: Node cannot reset it, and keeps its handle (seen with Node 20: the process then
 * spins when it should exit).
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
