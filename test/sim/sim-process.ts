import type { SimEvent, SimOwner } from './scheduler.ts'

/** One life of a simulated process: an instance of the application, or a broker. */
export class SimProcess implements SimOwner {
  readonly name: string
  alive = true
  parked: SimEvent[] | undefined
  /** How far its clock is ahead of the world's, ms. */
  skewMs = 0
  /** When it began, ms of the world. */
  readonly bornMs: number
  /** Called when it dies, whichever way. */
  readonly onDeath = new Set<() => void>()
  /** When its last turn of the event loop is due, ms of the world: turns keep their order. */
  lastTurnMs = 0

  constructor(name: string, bornMs: number) {
    this.name = name
    this.bornMs = bornMs
  }

  /** Nothing of it happens any more. */
  die(): void {
    if (!this.alive) return
    this.alive = false
    this.parked = undefined
    for (const run of this.onDeath) run()
  }
}
