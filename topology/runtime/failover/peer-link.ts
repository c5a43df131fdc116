import { connect, type Socket } from 'node:net'
import { helloLine, helloTimeoutMs, keepAliveMs, readLines, type PeerIdentity, type PeerLine } from './peer-protocol.ts'

/** Another member of the group, where it listens, and which start of its instance it is. */
export interface Peer {
  readonly memberId: string
  readonly instance: string
  readonly boot: string
  readonly host: string
  readonly peerPort: number
}

/** How an attempt to be connected ended. */
export type Ending =
  /** The peer leaves in good order. */
  | 'farewell'
  /** Its host says that nobody listens there. */
  | 'refused'
  /** Its instance answers, from another process: a state directory has one process at a time. */
  | 'restarted'
  /** Something answers that is not its instance. */
  | 'stranger'
  /** It was connected, and the connection broke off. */
  | 'lost'
  /** No answer, none in time, or none to understand why. */
  | 'failed'

export type Verdict = 'dead' | 'gone' | 'unknown'

/** What a link knows before an ending. */
export interface LinkFacts {
  /** It was connected to this very process before: the address leads to it, so a refusal is its own. */
  readonly proven: boolean
  /** Refusals one after the other, before this ending. */
  readonly refusals: number
}

/**
 * Whether a peer is dead. Only what its own host says counts: silence never does, since a stopped, stalled or cut off process may
 * still live. An address that never led to the peer says nothing about it either: many a name is right on one machine alone.
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

/** How long to wait before attempt number `attempt` after the last connection: 0, 50, 100, 200, … 5000 ms. */
export function retryDelay(attempt: number): number {
  return attempt === 0 ? 0 : Math.min(firstRetryMs * 2 ** (attempt - 1), maxRetryMs)
}

export interface PeerLinkOptions {
  readonly peer: Omit<Peer, 'memberId'>
  readonly self: PeerIdentity
  /** Once, at the end of the watch: nothing is tried any more. Not called after `close`. */
  onVerdict(verdict: 'dead' | 'gone', ending: Ending): void
}

/** Keeps a connection to one peer, and judges it each time that it breaks. Keeps no process alive; never throws. */
export class PeerLink {
  readonly #options: PeerLinkOptions
  #socket: Socket | undefined
  #timer: NodeJS.Timeout | undefined
  #proven = false
  #refusals = 0
  #attempts = 0
  #closed = false
  /** Whether the peer answers at this moment. */
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
    clearTimeout(this.#timer)
    this.#socket?.destroy()
  }

  #attempt(): void {
    const { peer, self } = this.#options
    const socket = connect({
      host: peer.host,
      port: peer.peerPort,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
      noDelay: true,
    })
    this.#socket = socket
    socket.unref()
    let ending: Ending = 'failed'
    socket.on('connect', () => socket.write(helloLine(self)))
    socket.on('error', error => {
      if (isRefusal(error)) ending = 'refused'
    })
    const timer = setTimeout(() => socket.destroy(), helloTimeoutMs)
    timer.unref()
    readLines(socket, line => {
      ending = this.#heard(line, ending)
      if (ending === 'lost') {
        clearTimeout(timer)
        this.#welcome()
      } else socket.destroy()
    })
    // After an `error` too, and after `destroy`: every attempt ends here, once.
    socket.on('close', () => {
      clearTimeout(timer)
      this.#ended(ending)
    })
  }

  #welcome(): void {
    this.#proven = true
    this.#connected = true
    this.#attempts = 0
    this.#refusals = 0
  }

  /** What a line makes of an attempt; 'lost' stands for "connected": that is how it ends unless more is said. */
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
    this.#timer = setTimeout(() => this.#attempt(), retryDelay(this.#attempts++))
    this.#timer.unref()
  }
}

/** Every address of the host refused. */
function isRefusal(error: Error & { code?: string }): boolean {
  return error instanceof AggregateError
    ? error.errors.every(each => (each as { code?: string }).code === 'ECONNREFUSED')
    : error.code === 'ECONNREFUSED'
}
