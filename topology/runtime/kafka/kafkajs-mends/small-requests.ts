import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { env, type ConnectAddress } from '../../../../base/index.ts'
import type { Mend } from './mend.ts'

type MakeSocket = (options: SocketOptions) => Socket

interface SocketOptions extends ConnectAddress {
  readonly onConnect: () => void
}

/**
 * kafkajs leaves Nagle's algorithm on: a request that follows another on a connection waits until the broker's system has acknowledged the bytes of
 * the first, which it may delay by 40 ms. With this mend requests do not wait, and requests of one turn of the event loop are written in one system
 * call, which is most of the cost of a small request on a fast network. Sockets are opened by the Env's `connect`, if it has one.
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

/** Connects like kafkajs' own socket factory, by the connections of the Env; undefined if the Env has none. */
function connectByEnv({ host, port, ssl, onConnect }: SocketOptions): Socket | undefined {
  const socket = env.connect?.({ host, port, ssl })
  return socket?.once(ssl ? 'secureConnect' : 'connect', onConnect)
}

/** Collects the writes to the socket until the end of the event loop's turn. */
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
