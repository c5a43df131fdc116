import type { LookupFunction, Socket } from 'node:net'
import { env, type Timer, openSocket } from '../../../base/index.ts'
import {
  farewellFields,
  helloFields,
  helloLine,
  helloTimeoutMs,
  keepAliveMs,
  readLines,
  type PeerIdentity,
  type PeerLine,
} from './peer-protocol.ts'
import { keyOfSeal, openAccess, type PeerAccess } from './peer-seal.ts'

/** Another member of the group, with the address at which its instance listens and the id of that process' start. */
export interface Peer {
  readonly memberId: string
  readonly instance: string
  readonly boot: string
  readonly host: string
  readonly peerPort: number
}

/** How a connection, or the attempt to connect, ended. */
export type Ending =
  /** The peer said that it leaves. */
  | 'farewell'
  /** The host refused the connection: nothing listens there. */
  | 'refused'
  /** The peer's instance answered from another process. A state directory has one process at a time, so the former process has ended. */
  | 'restarted'
  /** Something else than the peer's instance answered. */
  | 'stranger'
  /** The connection to the peer was established, and broke. */
  | 'lost'
  /** No answer in time, or any other failure. */
  | 'failed'

export type Verdict = 'dead' | 'gone' | 'unknown'

/** The facts about a link before an ending. */
export interface LinkFacts {
  /** Whether the link was connected to this process before: then the address is the peer's, and so is a refusal. */
  readonly proven: boolean
  /** The number of refusals in a row before this ending. */
  readonly refusals: number
}

/**
 * Decides whether a peer is dead. Only answers of its own host count. Silence does not, since a stopped, stalled or disconnected process may still live.
 * Refusals of an address that never led to the peer do not count either, since a host name may be valid on one machine only.
 */
export function judge({ proven, refusals }: LinkFacts, ending: Ending): Verdict {
  if (ending === 'farewell') return 'gone'
  if (ending === 'restarted') return 'dead'
  if (ending === 'stranger') return proven ? 'dead' : 'unknown'
  if (ending === 'refused') return proven && refusals + 1 >= refusalsOfDead ? 'dead' : 'unknown'
  return 'unknown'
}

const refusalsOfDead = 2
const firstRetryMs = 50
const maxRetryMs = 5000

/** The pause before attempt number `attempt` after the last connection: 0, 50, 100, 200, … 5000 ms. */
export function retryDelay(attempt: number): number {
  return attempt === 0 ? 0 : Math.min(firstRetryMs * 2 ** (attempt - 1), maxRetryMs)
}

export interface PeerLinkOptions {
  readonly peer: Omit<Peer, 'memberId'>
  readonly self: PeerIdentity
  /** Default: to any address, without seals. */
  readonly access?: PeerAccess | undefined
  /** Called at most once, with the final verdict; the link makes no further attempt. Not called after `close`. */
  onVerdict(verdict: 'dead' | 'gone', ending: Ending): void
}

/** Keeps a connection to one peer, and judges the peer each time the connection ends. It does not keep the process alive, and never throws. */
export class PeerLink {
  readonly #options: PeerLinkOptions
  #socket: Socket | undefined
  #timer: Timer | undefined
  #proven = false
  #refusals = 0
  #attempts = 0
  #closed = false
  /** Whether the link is connected to the peer now. */
  #connected = false

  constructor(options: PeerLinkOptions) {
    this.#options = options
    this.#attempt()
  }

  get connected(): boolean {
    return this.#connected
  }

  close(): void {
    this.#closed = true
    this.#connected = false
    this.#timer?.cancel()
    this.#socket?.destroy()
  }

  #attempt(): void {
    const { peer } = this.#options
    const lookup = this.#lookup()
    if (lookup === 'refused') return this.#ended('failed')
    const socket = openSocket({
      host: peer.host,
      port: peer.peerPort,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
      noDelay: true,
      ...(lookup === undefined ? {} : { lookup }),
    })
    this.#socket = socket
    socket.unref()
    let ending: Ending = 'failed'
    const nonce = env.uuid()
    socket.on('connect', () => socket.write(this.#hello(nonce)))
    socket.on('error', error => {
      if (isRefusal(error)) ending = 'refused'
    })
    const timer = env.timer(helloTimeoutMs, () => socket.destroy())
    timer.unref()
    readLines(socket, line => {
      ending = this.#isSealed(line, nonce) ? this.#heard(line, ending) : 'failed'
      if (ending === 'lost') {
        timer.cancel()
        this.#welcome()
      } else socket.destroy()
    })
    // Every attempt ends here once, also after an `error` and after `destroy`.
    socket.on('close', () => {
      timer.cancel()
      this.#ended(ending)
    })
  }

  /** Undefined: any address is allowed, or this one. */
  #lookup(): LookupFunction | undefined | 'refused' {
    try {
      return this.#access.lookupFor?.(this.#options.peer.host)
    } catch {
      return 'refused'
    }
  }

  #hello(nonce: string): string {
    const { peer, self } = this.#options
    const [key] = this.#access.keys()
    return helloLine(self, peer.instance, key && { key, nonce })
  }

  /** Whether the line comes from somebody who has a key of the group; true where the group has none, and for what is no line of the protocol. */
  #isSealed(line: PeerLine | undefined, nonce: string): boolean {
    const keys = this.#access.keys()
    if (keys.length === 0 || line === undefined) return true
    const fields = line.kind === 'farewell' ? farewellFields(nonce) : helloFields(line.identity, undefined, nonce)
    return keyOfSeal(keys, line.seal, fields) !== undefined
  }

  get #access(): PeerAccess {
    return this.#options.access ?? openAccess
  }

  #welcome(): void {
    this.#proven = true
    this.#connected = true
    this.#attempts = 0
    this.#refusals = 0
  }

  /** The ending that follows from a received line. 'lost' also means connected: the attempt ends so unless another line comes. */
  #heard(line: PeerLine | undefined, before: Ending): Ending {
    const { peer, self } = this.#options
    if (line === undefined) return 'stranger'
    if (line.kind === 'farewell') return before === 'lost' ? 'farewell' : 'failed'
    const { applicationId, instance, boot } = line.identity
    if (applicationId !== self.applicationId || instance !== peer.instance) return 'stranger'
    return boot === peer.boot ? 'lost' : 'restarted'
  }

  #ended(ending: Ending): void {
    this.#connected = false
    if (this.#closed) return
    const verdict = judge({ proven: this.#proven, refusals: this.#refusals }, ending)
    if (verdict !== 'unknown') {
      this.#closed = true
      this.#options.onVerdict(verdict, ending)
      return
    }
    this.#refusals = ending === 'refused' ? this.#refusals + 1 : 0
    this.#timer = env.timer(retryDelay(this.#attempts++), () => this.#attempt())
    this.#timer.unref()
  }
}

/** Whether every address of the host refused the connection. */
function isRefusal(error: Error & { code?: string }): boolean {
  return error instanceof AggregateError
    ? error.errors.every(each => (each as { code?: string }).code === 'ECONNREFUSED')
    : error.code === 'ECONNREFUSED'
}
