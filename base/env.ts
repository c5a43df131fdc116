import { randomUUID } from 'node:crypto'
import { connect, createServer, type Server, type ServerOpts, type Socket, type TcpNetConnectOpts } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

/** Work that is to be done later. */
export interface Timer {
  /** It will not be done any more. Does nothing when it was done or cancelled before. */
  cancel(): void
  /** The process need not live on for it. */
  unref(): void
}

/** Where a connection goes to. */
export interface ConnectAddress {
  readonly host: string
  readonly port: number
  /** Options of TLS; true: those of node:tls by default; undefined: no TLS. */
  readonly ssl?: ConnectionOptions | boolean | undefined
}

/**
 * What the program asks the world outside of it: time, turns, chance, connections. Everything in `base/`, `topology/`, `stores/` and `serving/` asks through
 * `env`, so that a program that puts another Env in its place decides what they are told. A process has one world, and each worker thread its own.
 */
export interface Env {
  /** What the machine's clock says, epoch ms. It may be set back. */
  now(): number
  /** What a watch says, ms with fractions: never less than before, and above 0. Only differences mean anything. */
  monotonic(): number
  /** Runs once, `ms` from now or later; never before this call returns. */
  timer(ms: number, run: () => void): Timer
  /** Runs once, after the events of sockets and timers that are waiting now. */
  turn(run: () => void): void
  /** At least 0, below 1. Nothing secret is made of it. */
  random(): number
  /** A new UUID of version 4. */
  uuid(): string
  /** For how many ms the event loop has been busy. */
  busy(): number
  /** Opens a connection, which is returned before it is open: `connect`, or `secureConnect` with TLS, is still to come. Undefined: a socket of the system. */
  readonly connect?: ((address: ConnectAddress) => Socket) | undefined
  /** As node:net's. Undefined: a server of the system. */
  readonly createServer?: ((options: ServerOpts, onConnection: (socket: Socket) => void) => Server) | undefined
}

class SystemTimer implements Timer {
  readonly #timeout: NodeJS.Timeout

  constructor(ms: number, run: () => void) {
    this.#timeout = setTimeout(run, ms)
  }

  cancel(): void {
    clearTimeout(this.#timeout)
  }

  unref(): void {
    this.#timeout.unref()
  }
}

/** The real world. */
export const systemEnv: Env = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer: (ms, run) => new SystemTimer(ms, run),
  turn: run => void setImmediate(run),
  random: () => Math.random(),
  uuid: () => randomUUID(),
  busy: () => performance.eventLoopUtilization().active,
}

let current: Env = systemEnv

/** The world as it is now: each call goes to the Env that is in use at that moment. */
export const env: Env = {
  now: () => current.now(),
  monotonic: () => current.monotonic(),
  timer: (ms, run) => current.timer(ms, run),
  turn: run => current.turn(run),
  random: () => current.random(),
  uuid: () => current.uuid(),
  busy: () => current.busy(),
  get connect() {
    return current.connect?.bind(current)
  },
  get createServer() {
    return current.createServer?.bind(current)
  },
}

/**
 * Puts another Env in the place of the one in use, for all of this thread; returns what puts that one back. Timers that were made before stay with the Env that
 * made them, so it is called before anything of the program runs.
 */
export function useEnv(replacement: Env): () => void {
  const before = current
  current = replacement
  return () => (current = before)
}

/** A connection without TLS, by the Env's own `connect`, which gets host and port alone, or else the system's. */
export function openSocket(options: TcpNetConnectOpts & { readonly host: string }): Socket {
  const { host, port } = options
  return env.connect?.({ host, port }) ?? connect(options)
}

/** A server of connections without TLS, not yet listening: the Env's own, or else the system's. */
export function openServer(options: ServerOpts, onConnection: (socket: Socket) => void): Server {
  return (env.createServer ?? createServer)(options, onConnection)
}
