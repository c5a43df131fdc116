import type { Socket } from 'node:net'
import { isCutOff } from '../wire/index.ts'
import type { Mend } from './mend.ts'

/** The part of kafkajs' Connection that concerns its socket. */
export interface SocketConnection {
  readonly host: string
  readonly port: number
  readonly socket?: Socket
  readonly socketFactory?: object
  /** Not null while an authentication waits for its answer. */
  readonly authHandlers: { onError(): void } | null
  /** The received bytes of an incomplete answer, and the number of bytes that is needed to continue. */
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

interface ConnectionErrors {
  readonly Closed: ClosedError
  /** That nobody takes for one that may pass. */
  readonly Final: new (message: string) => Error
}

/** The bytes of the length with which an answer begins. */
const lengthBytes = 4

/** Wraps the methods of kafkajs' Connection class. */
export function oneSocketEach(methods: Methods, { Closed, Final }: ConnectionErrors): void {
  const { connect, disconnect } = methods
  const opening = new WeakMap<SocketConnection, Promise<boolean>>()
  const closing = new WeakMap<SocketConnection, Promise<boolean>>()
  /** Sockets whose connection was established. */
  const opened = new WeakSet<Socket>()
  /** Closed sockets: each further `end` and `unref` of kafkajs would leave a listener on them. */
  const retired = new WeakSet<Socket>()

  const open = async (connection: SocketConnection): Promise<boolean> => {
    const before = closing.get(connection)
    if (before !== undefined) await before
    if (isCutOff(connection.socketFactory)) throw new Final('the client was cut off from the brokers')
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
    if (socket === undefined || !retired.has(socket)) await disconnect.call(connection)
    // kafkajs accepts requests until here, and would leave the last ones unanswered.
    connection.rejectRequests(closedError(connection))
    if (socket !== undefined && !retired.has(socket)) retire(socket)
    return true
  }

  const retire = (socket: Socket): void => {
    retired.add(socket)
    // kafkajs waits for a socket that is being opened; an error ends the wait.
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

/** Returns the work that is in progress for the connection; starts it if there is none. */
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
 * kafkajs opens a socket for each request that finds its connection closed: requests use the last socket, and the end of any of them closes the
 * connection. The rest of a truncated answer is taken for the beginning of the next socket's data: lengths are read from the middle of answers, so
 * that the connection never answers again, or an uncatchable RangeError ends the process. When a socket is destroyed, its requests wait until they
 * time out; when a connection is reset, an authentication waits for ever. With this mend a connection has one socket at a time. A new socket starts
 * without received bytes, a closed one has no effect on the connection, and closing it fails all its requests. (Upstream issue 715.) A client that was cut off
 * opens none.
 */
export const connectionSocketsMend: Mend = {
  defect: 'a connection mixes up its sockets, and requests hang',
  apply(modules) {
    const { KafkaJSConnectionClosedError: Closed, KafkaJSNonRetriableError: Final } = modules.load('src/errors.js') as {
      KafkaJSConnectionClosedError: ConnectionErrors['Closed']
      KafkaJSNonRetriableError: ConnectionErrors['Final']
    }
    const connection = modules.load('src/network/connection.js') as { prototype: Methods }
    oneSocketEach(connection.prototype, { Closed, Final })
  },
}
