/** An event at a moment of simulated time. It belongs to a process or, without an owner, to the world. */
export interface SimEvent {
  at: number
  readonly order: number
  readonly owner: SimOwner | undefined
  readonly label: string
  /** undefined: the event was cancelled. */
  run: (() => void) | undefined
}

/** The owner of events: a process. The events of a dead process are dropped; those of a frozen one wait. */
export interface SimOwner {
  readonly name: string
  alive: boolean
  /** The events that wait until the process is no longer frozen; undefined: it is not frozen. */
  parked: SimEvent[] | undefined
}

/** The largest number of events at one moment: with more of them, simulated time no longer advances. */
const maxEventsAtOnce = 20_000

/**
 * Simulated time: a queue of events, which are run one after the other, each with everything that follows from it without another event (promises,
 * `process.nextTick`). Time jumps from event to event. All code that runs during an event belongs to `current`, the owner of the event, because no code of another
 * process can run until the event has ended.
 */
export class Scheduler {
  /** Milliseconds since the world began. */
  now = 0
  current: SimOwner | undefined
  events = 0
  /** Called after each event. */
  onEvent: ((event: SimEvent) => void) | undefined
  readonly #heap: SimEvent[] = []
  #orders = 0
  #sameMoment = 0

  after(ms: number, owner: SimOwner | undefined, label: string, run: () => void): SimEvent {
    const event: SimEvent = { at: this.now + Math.max(0, ms), order: this.#orders++, owner, label, run }
    this.#push(event)
    return event
  }

  cancel(event: SimEvent): void {
    event.run = undefined
  }

  freeze(owner: SimOwner): void {
    owner.parked ??= []
  }

  thaw(owner: SimOwner): void {
    const { parked } = owner
    owner.parked = undefined
    for (const event of parked ?? []) this.#push(event)
  }

  /** Runs events until `done`, which is called after each event, returns true, or until the time is over. Returns whether `done` returned true. */
  run(done: () => boolean, untilMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const slice = (): void => {
        try {
          for (let count = 0; count < 1000; count++) {
            if (done()) return resolve(true)
            const event = this.#heap[0]
            if (event === undefined || event.at > untilMs) {
              this.now = Math.max(this.now, untilMs)
              return resolve(done())
            }
            this.#pop()
            this.#happen(event)
          }
          setImmediate(slice)
        } catch (error) {
          reject(error)
        }
      }
      // From a callback of the event loop: within a promise's reaction the queue of reactions could not be drained.
      setImmediate(slice)
    })
  }

  #happen(event: SimEvent): void {
    const { owner, run } = event
    if (run === undefined || owner?.alive === false) return
    if (owner?.parked !== undefined) {
      owner.parked.push(event)
      return
    }
    if (event.at > this.now) {
      this.now = event.at
      this.#sameMoment = 0
    } else if (++this.#sameMoment > maxEventsAtOnce)
      throw new Error(`time stands still at ${this.now} ms: ${event.label} of ${owner?.name}`)
    this.events++
    this.current = owner
    event.run = undefined
    run()
    drain()
    this.onEvent?.(event)
    this.current = undefined
  }

  #push(event: SimEvent): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(event)
    while (at > 0) {
      const parent = (at - 1) >>> 1
      if (!isBefore(event, heap[parent] as SimEvent)) break
      heap[at] = heap[parent] as SimEvent
      at = parent
    }
    heap[at] = event
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop() as SimEvent
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as SimEvent, heap[child] as SimEvent)) child++
      if (isBefore(last, heap[child] as SimEvent)) break
      heap[at] = heap[child] as SimEvent
      at = child
    }
    heap[at] = last
  }
}

function isBefore(a: SimEvent, b: SimEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/** Runs all due ticks and promise reactions, including those that they cause. A turn of the real event loop does the same at several times the cost. */
function drain(): void {
  ;(process as unknown as { _tickCallback(): void })._tickCallback()
}
