import type { Socket } from 'node:net'
import type { Mend } from './mend.ts'

/** kafkajs' Connection, as far as its sockets are concerned. */
export interface SocketConnection {
  readonly host: string
  readonly port: number
  readonly socket?: Socket
  /** There while an authentication waits for its answer. */
  readonly authHandlers: { onError(): void } | null
  /** Of an answer that has not come whole: what has come of it, and how much is needed to go on. */
  chunks: Buffer[]
  bytesBuffered: number
  bytesNeeded: number
  isConnected(): boolean
  rejectRequests(error: Error): void
  connect(): Promise<boolean>
  disconnect(): Promise<boolean>
}

interface Methods {
  connect: (this: SocketConnection) => Promise<boolean>
  disconnect: (this: SocketConnection) => Promise<boolean>
}

type ClosedError = new (message: string, options: { host: string; port: number }) => Error

/** An answer begins with its length. */
const lengthBytes = 4

/** Puts the rules around the methods of kafkajs' Connection class. */
export function oneSocketEach(methods: Methods, Closed: ClosedError): void {
  const { connect, disconnect } = methods
  const opening = new WeakMap<SocketConnection, Promise<boolean>>()
  const closing = new WeakMap<SocketConnection, Promise<boolean>>()
  /** Sockets that were connected. */
  const opened = new WeakSet<Socket>()

  const open = async (connection: SocketConnection): Promise<boolean> => {
    const before = closing.get(connection)
    if (before !== undefined) await before
    connection.chunks = []
    connection.bytesBuffered = 0
    connection.bytesNeeded = lengthBytes
    const connected = connect.call(connection)
    const { socket } = connection
    socket?.once('close', () => {
      if (connection.socket !== socket) return
      connection.authHandlers?.onError()
      connection.rejectRequests(closedError(connection))
      void connection.disconnect()
    })
    await connected
    if (socket !== undefined) opened.add(socket)
    return true
  }

  const close = async (connection: SocketConnection): Promise<boolean> => {
    const { socket } = connection
    await disconnect.call(connection)
    // kafkajs takes requests until then, and those of the last moment it would forget.
    connection.rejectRequests(closedError(connection))
    if (socket !== undefined) retire(socket)
    return true
  }

  const retire = (socket: Socket): void => {
    // kafkajs waits for a socket that is being opened: its error is what ends that.
    if (!opened.has(socket) && !socket.destroyed) {
      socket.destroy(new Error('the connection was closed while it was being opened'))
      return
    }
    for (const event of ['data', 'end', 'error', 'timeout']) socket.removeAllListeners(event)
    socket.on('error', () => undefined)
  }

  const closedError = ({ host, port }: SocketConnection): Error => new Closed('Closed connection', { host, port })

  methods.connect = function () {
    return this.isConnected() ? Promise.resolve(true) : shared(opening, this, open)
  }
  methods.disconnect = function () {
    return shared(closing, this, close)
  }
}

/** The work that is under way for the connection, or else what is begun now. */
function shared(
  underWay: WeakMap<SocketConnection, Promise<boolean>>,
  connection: SocketConnection,
  work: (connection: SocketConnection) => Promise<boolean>,
): Promise<boolean> {
  const before = underWay.get(connection)
  if (before !== undefined) return before
  const begun = work(connection).finally(() => underWay.delete(connection))
  underWay.set(connection, begun)
  return begun
}

/**
 * kafkajs opens a socket for each request that finds its connection closed: requests go by the last of them, and whichever ends closes it. What was left
 * of an answer that was cut off is taken for the beginning of what the next socket brings: lengths are read from its middle, so that the connection
 * never answers again, or a RangeError that nobody can catch ends the process. A request waits until it times out when its socket is destroyed, and an
 * authentication waits for ever when its connection is reset. Here a connection has one socket at a time, which begins with nothing, has no say once it
 * was closed, and fails all that was asked on it when it closes. (Upstream issue 715.)
 */
export const connectionSocketsMend: Mend = {
  defect: 'a connection mixes up its sockets, and requests hang',
  apply(modules) {
    const { KafkaJSConnectionClosedError } = modules.load('src/errors.js') as { KafkaJSConnectionClosedError: ClosedError }
    const connection = modules.load('src/network/connection.js') as { prototype: Methods }
    oneSocketEach(connection.prototype, KafkaJSConnectionClosedError)
  },
}
