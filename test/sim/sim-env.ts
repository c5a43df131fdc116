import type { Server, Socket } from 'node:net'
import type { Env, Timer } from '../../base/index.ts'
import type { Dice } from './dice.ts'
import type { SimNetwork } from './net/sim-network.ts'
import { SimServer } from './net/sim-server.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimProcess } from './sim-process.ts'

/** Epoch ms at which every world begins. */
export const worldBeganMs = Date.UTC(2030, 0, 1)

/** How long a turn of a simulated event loop takes, ms: from 0.01 to 0.06. */
const turnMs = { from: 0.01, to: 0.06 }

/** The `Env` of simulated processes. Each call belongs to the process whose event is running, and its result is delivered to that process. */
export class SimEnv implements Env {
  readonly #scheduler: Scheduler
  readonly #network: SimNetwork
  readonly #dice: Dice
  readonly #world: SimProcess

  constructor(parts: { readonly scheduler: Scheduler; readonly network: SimNetwork; readonly dice: Dice; readonly world: SimProcess }) {
    this.#scheduler = parts.scheduler
    this.#network = parts.network
    this.#dice = parts.dice
    this.#world = parts.world
  }

  get #process(): SimProcess {
    return (this.#scheduler.current as SimProcess | undefined) ?? this.#world
  }

  now(): number {
    return Math.floor(worldBeganMs + this.#scheduler.now + this.#process.skewMs)
  }

  monotonic(): number {
    return this.#scheduler.now - this.#process.bornMs + 1
  }

  timer(ms: number, run: () => void): Timer {
    const event = this.#scheduler.after(ms >= 1 ? Math.floor(ms) : 1, this.#process, 'timer', run)
    return { cancel: () => this.#scheduler.cancel(event), unref: () => undefined }
  }

  turn(run: () => void): void {
    const owner = this.#process
    const due = Math.max(owner.lastTurnMs, this.#scheduler.now + this.#dice.between(turnMs.from, turnMs.to))
    owner.lastTurnMs = due
    this.#scheduler.after(due - this.#scheduler.now, owner, 'turn', run)
  }

  random(): number {
    return this.#dice.next()
  }

  uuid(): string {
    return this.#dice.uuid()
  }

  busy(): number {
    return 0
  }

  connect({ port }: { readonly port: number }): Socket {
    return this.#network.connect(this.#process, port) as unknown as Socket
  }

  createServer(_options: object, onConnection: (socket: Socket) => void): Server {
    return new SimServer(this.#network, this.#process, socket => onConnection(socket as unknown as Socket)) as unknown as Server
  }
}
