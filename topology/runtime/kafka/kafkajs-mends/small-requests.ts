import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { env, type ConnectAddress } from '../../../../base/index.ts'
import type { Mend } from './mend.ts'

type MakeSocket = (options: SocketOptions) => Socket

interface SocketOptions extends ConnectAddress {
  readonly onConnect: () => void
}

/**
 * kafkajs leaves Nagle's algorithm on: a request that follows another on a connection is held back until the broker has acknowledged that one's bytes,
 * which its system may delay by 40 ms. Here none is held back, and those that are made together are written together: on a quick
 * network the system call is what a small request costs. They are opened by the Env's `connect`, where it has one.
 */
export const smallRequestsMend: Mend = {
  defect: 'small requests wait for the acknowledgement of those before them',
  apply(modules) {
    const path = 'src/network/socketFactory.js'
    const factory = modules.load(path) as () => MakeSocket
    modules.replace(path, () => {
      const make = factory()
      return (options: SocketOptions) => writeTogether((connectByEnv(options) ?? make(options)).setNoDelay(true))
    })
  },
}

/** As kafkajs' own sockets, through the door of the Env; undefined: it has none. */
function connectByEnv({ host, port, ssl, onConnect }: SocketOptions): Socket | undefined {
  const socket = env.connect?.({ host, port, ssl })
  return socket?.once(ssl ? 'secureConnect' : 'connect', onConnect)
}

/** Gathers what is written to the socket up to the end of the event loop's turn. */
export function writeTogether<S extends Writable>(socket: S): S {
  let gathering = false
  const write = socket.write.bind(socket) as (...written: unknown[]) => boolean
  const flush = (): void => {
    gathering = false
    socket.uncork()
  }
  socket.write = (...written: unknown[]): boolean => {
    if (!gathering) {
      gathering = true
      socket.cork()
      env.turn(flush)
    }
    return write(...written)
  }
  return socket
}
