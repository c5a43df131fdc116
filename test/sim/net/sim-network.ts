import type { Dice } from '../dice.ts'
import type { Scheduler } from '../scheduler.ts'
import { SimProcess } from '../sim-process.ts'
import { BrokerConnection } from './broker-connection.ts'
import { NetworkRules, type RequestFacts } from './network-rules.ts'
import { Blocks, Pipe } from './pipe.ts'
import { SimSocket } from './sim-socket.ts'

/** The brokers, as the network reaches them. */
export interface BrokerHost {
  receive(broker: number, connection: object, request: Buffer, reply: (response: Buffer) => void): void
  connectionClosed(connection: object): void
}

export interface SimNetworkOptions {
  readonly scheduler: Scheduler
  readonly dice: Dice
  readonly host: () => BrokerHost
  /** The broker that listens on a port. */
  readonly brokerOf: (port: number) => number | undefined
  /** The usual time from one end to the other, ms. */
  readonly latencyMs: number
  readonly onRequest?: (facts: RequestFacts, request: Buffer) => void
  /** The additional delay of the next message, ms. Default: 0. */
  readonly lateMs?: (() => number) | undefined
}

interface Listening {
  readonly process: SimProcess
  readonly onConnection: (socket: SimSocket) => void
}

interface Connection {
  readonly client: SimProcess
  readonly server: SimProcess
  /** Breaks the connection; both ends are notified. */
  readonly cut: () => void
}

/** The time until a connection attempt without an answer fails, ms, as behind a firewall that drops packets. */
const connectTimeoutMs = 60_000

/** The network of the simulated processes: connections to brokers, and between instances. */
export class SimNetwork {
  readonly rules = new NetworkRules()
  readonly blocks = new Blocks()
  readonly #options: SimNetworkOptions
  /** The present life of each broker; absent: it is down. */
  readonly #brokers = new Map<number, SimProcess>()
  readonly #listening = new Map<number, Listening>()
  readonly #connections = new Set<Connection>()
  #ports = 40_000

  constructor(options: SimNetworkOptions) {
    this.#options = options
  }

  broker(broker: number): SimProcess | undefined {
    return this.#brokers.get(broker)
  }

  startBroker(broker: number): void {
    this.#brokers.set(broker, new SimProcess(`broker-${broker}`, this.#options.scheduler.now))
  }

  /** Ends the current life of a broker and breaks its connections. */
  killBroker(broker: number): void {
    const process = this.#brokers.get(broker)
    this.#brokers.delete(broker)
    process?.die()
  }

  /** Lets a process accept connections; returns the port. */
  listen(process: SimProcess, onConnection: (socket: SimSocket) => void): number {
    const port = this.#ports++
    this.#listening.set(port, { process, onConnection })
    process.onDeath.add(() => this.#listening.delete(port))
    return port
  }

  close(port: number): void {
    this.#listening.delete(port)
  }

  /** Breaks connections between two processes, as many as there are. */
  cut(client: SimProcess, server: SimProcess): void {
    for (const connection of this.#connections) if (connection.client === client && connection.server === server) connection.cut()
  }

  connect(process: SimProcess, port: number): SimSocket {
    const socket = new SimSocket(process)
    const { scheduler } = this.#options
    socket.attach({
      write: () => undefined,
      end: () => undefined,
      destroy: () => undefined,
      soon: (label, run) => void scheduler.after(0, process, label, run),
    })
    const broker = this.#options.brokerOf(port)
    const server = broker === undefined ? this.#listening.get(port)?.process : this.#brokers.get(broker)
    const delay = 2 * this.#delays().next()
    if (server === undefined) scheduler.after(delay, process, 'refused', () => socket.failed('ECONNREFUSED'))
    else if (this.blocks.hold(process, server, () => undefined) || this.blocks.hold(server, process, () => undefined))
      scheduler.after(connectTimeoutMs, process, 'unreachable', () => socket.failed('ETIMEDOUT'))
    else {
      scheduler.after(delay, process, 'connected', () => {
        if (socket.destroyed) return
        if (!server.alive) return socket.failed('ECONNREFUSED')
        if (broker === undefined) this.#joinInstance(socket, port, server)
        else this.#joinBroker(socket, broker, server)
        socket.opened()
      })
    }
    return socket
  }

  #delays(): { next(): number } {
    const { dice, latencyMs } = this.#options
    const usual = latencyMs * dice.between(0.5, 1.5)
    return { next: () => usual * (0.5 + dice.next()) }
  }

  #pipes(client: SimProcess, server: SimProcess): { readonly up: Pipe; readonly down: Pipe } {
    const { scheduler } = this.#options
    const { lateMs = () => 0 } = this.#options
    const usual = this.#delays()
    const delays = { next: () => usual.next() + lateMs() }
    return {
      up: new Pipe(scheduler, this.blocks, { from: client, to: server, delays }),
      down: new Pipe(scheduler, this.blocks, { from: server, to: client, delays }),
    }
  }

  #joinBroker(socket: SimSocket, broker: number, server: SimProcess): void {
    const { scheduler, host, onRequest } = this.#options
    const client = socket.process
    const { up, down } = this.#pipes(client, server)
    const connection: Connection = {
      client,
      server,
      cut: () => {
        drop()
        down.close()
        scheduler.after(this.#delays().next(), client, 'reset', () => socket.failed('ECONNRESET'))
      },
    }
    const onClientDeath = (): void => up.send('closed', drop)
    const drop = (): void => {
      if (!this.#connections.delete(connection)) return
      end.close()
      up.close()
      client.onDeath.delete(onClientDeath)
      server.onDeath.delete(connection.cut)
      host().connectionClosed(end)
    }
    const asBroker = (run: () => void): void => {
      if (server.parked === undefined) run()
      else scheduler.after(0, server, 'thawed', run)
    }
    const end: BrokerConnection = new BrokerConnection({
      process: client,
      broker,
      rules: this.rules,
      handle: (request, reply) => host().receive(broker, end, request, reply),
      send: (data, extraMs) => asBroker(() => down.send('answer', () => socket.received(data), extraMs)),
      later: (ms, run) => void scheduler.after(ms, server, 'late', run),
      cut: connection.cut,
      ...(onRequest === undefined ? {} : { onRequest }),
    })
    this.#connections.add(connection)
    client.onDeath.add(onClientDeath)
    server.onDeath.add(connection.cut)
    socket.attach({
      write: data => up.send('request', () => end.received(data)),
      end: () =>
        up.send('end', () => {
          drop()
          down.send('end', () => socket.peerEnded())
        }),
      destroy: () => up.send('end', drop),
      soon: (label, run) => void scheduler.after(0, client, label, run),
    })
  }

  #joinInstance(socket: SimSocket, port: number, server: SimProcess): void {
    const listening = this.#listening.get(port)
    const { scheduler } = this.#options
    const client = socket.process
    const other = new SimSocket(server)
    const { up, down } = this.#pipes(client, server)
    let accepted = false
    const reset = (): void => {
      this.#connections.delete(connection)
      for (const pipe of [up, down]) pipe.close()
      for (const each of accepted ? [socket, other] : [socket])
        scheduler.after(this.#delays().next(), each.process, 'reset', () => each.failed('ECONNRESET'))
      client.onDeath.delete(reset)
      server.onDeath.delete(reset)
    }
    const connection: Connection = { client, server, cut: reset }
    this.#connections.add(connection)
    client.onDeath.add(reset)
    server.onDeath.add(reset)
    const wire = (own: SimSocket, peer: SimSocket, pipe: Pipe): void =>
      own.attach({
        write: data => pipe.send('line', () => peer.received(data)),
        end: () => pipe.send('end', () => peer.peerEnded()),
        destroy: () => pipe.send('end', () => peer.peerEnded()),
        soon: (label, run) => void scheduler.after(0, own.process, label, run),
      })
    wire(socket, other, up)
    wire(other, socket, down)
    up.send('accepted', () => {
      if (listening === undefined || !this.#listening.has(port)) return reset()
      accepted = true
      other.connecting = false
      listening.onConnection(other)
    })
  }
}
