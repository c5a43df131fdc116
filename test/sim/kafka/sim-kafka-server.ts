import { createServer, type Server, type Socket } from 'node:net'
import { SimKafka, type SimKafkaOptions } from './index.ts'

export interface SimKafkaServer {
  readonly kafka: SimKafka
  /** host:port of each broker. */
  readonly addresses: readonly string[]
  /** Stops a broker, and breaks its connections. */
  kill(broker: number): void
  close(): Promise<void>
}

/** Serves a simulated Kafka on loopback ports, by real time: clients with sockets find a cluster there. */
export async function serveSimKafka(options: Omit<SimKafkaOptions, 'host' | 'addresses'>): Promise<SimKafkaServer> {
  /** Each with the broker that it goes to. */
  const sockets = new Map<Socket, number>()
  const timers = new Set<NodeJS.Timeout>()
  const servers = Array.from({ length: options.brokers }, () => createServer({ noDelay: true }))
  const ports = await Promise.all(servers.map(listen))
  const host = {
    now: () => Date.now(),
    after(ms: number, run: () => void) {
      if (ms < 1) {
        const soon = setImmediate(run)
        return () => clearImmediate(soon)
      }
      const timer = setTimeout(() => {
        timers.delete(timer)
        run()
      }, ms)
      timers.add(timer)
      return () => {
        clearTimeout(timer)
        timers.delete(timer)
      }
    },
    random: () => Math.random(),
  }
  const kafka = new SimKafka({ timing: { marker: 0 }, ...options, host, addresses: ports.map(port => ({ host: '127.0.0.1', port })) })
  for (const [index, server] of servers.entries()) {
    server.on('connection', socket => {
      sockets.set(socket, index + 1)
      socket.once('close', () => sockets.delete(socket))
      serve(kafka, index + 1, socket)
    })
  }
  const close = async (): Promise<void> => {
    for (const timer of timers) clearTimeout(timer)
    for (const socket of sockets.keys()) socket.destroy()
    await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  }
  const kill = (broker: number): void => {
    kafka.kill(broker)
    for (const [socket, of] of sockets) if (of === broker) socket.destroy()
  }
  return { kafka, kill, addresses: ports.map(port => `127.0.0.1:${port}`), close }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as { readonly port: number }).port
}

function serve(kafka: SimKafka, broker: number, socket: Socket): void {
  if (!kafka.isAlive(broker)) {
    socket.destroy()
    return
  }
  const requests = new Requests()
  socket.on('error', () => socket.destroy())
  socket.on('close', () => kafka.connectionClosed(socket))
  socket.on('data', chunk => {
    try {
      requests.take(chunk, request => kafka.receive(broker, socket, request, response => send(socket, response)))
    } catch (error) {
      // A broker closes the connection of a client whose request it cannot parse.
      console.error(error)
      socket.destroy()
    }
  })
}

function send(socket: Socket, response: Buffer): void {
  const head = Buffer.alloc(4)
  head.writeInt32BE(response.length)
  socket.cork()
  socket.write(head)
  socket.write(response)
  socket.uncork()
}

/** Extracts whole requests from chunks of bytes; the chunks of a request are joined once, when the last one has arrived. */
class Requests {
  #chunks: Buffer[] = []
  #size = 0
  #needed = 4

  take(chunk: Buffer, each: (request: Buffer) => void): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    while (this.#size >= this.#needed) {
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
      const end = 4 + bytes.readInt32BE(0)
      this.#chunks = [bytes]
      this.#needed = end
      if (this.#size < end) return
      this.#chunks = [bytes.subarray(end)]
      this.#size -= end
      this.#needed = 4
      each(bytes.subarray(4, end))
    }
  }
}
