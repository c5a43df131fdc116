import type { SimEvent, SimOwner } from './scheduler.ts'

/** One life of a simulated process: an instance of the application, or a broker. */
export class SimProcess implements SimOwner {
  readonly name: string
  alive = true
  parked: SimEvent[] | undefined
  /** The offset of the process's clock from that of the world, ms. */
  skewMs = 0
  /** The start of the process, in ms of the world's clock. */
  readonly bornMs: number
  /** Called when the process ends, for whatever reason. */
  readonly onDeath = new Set<() => void>()
  /** When its last turn of the event loop is due, ms of the world: turns keep their order. */
  lastTurnMs = 0

  constructor(name: string, bornMs: number) {
    this.name = name
    this.bornMs = bornMs
  }

  /** Ends the process: none of its events is run any more. */
  die(): void {
    if (!this.alive) return
    this.alive = false
    this.parked = undefined
    for (const run of this.onDeath) run()
  }
}
