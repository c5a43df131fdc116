import { createHook } from 'node:async_hooks'
import type { ConnectAddress, Env, Timer } from '../../base/index.ts'
import { useEnv } from '../../base/index.ts'
import { Duplex } from 'node:stream'
import type { Socket } from 'node:net'

/** A world whose time passes only in `run`, and whose random numbers repeat. Nothing listens in it: every connection is refused. */
export class FakeEnv implements Env {
  /** When a connection was asked for, by `monotonic`, and to where. */
  readonly asked: string[] = []
  /** How long a refusal takes. */
  refusesAfterMs = 1
  timersMade = 0
  /** How much time passes with each look at the watch, as if work were done between two of them, ms. */
  stepMs = 0
  #now = 1_000_000_000_000
  #at = 1
  #made = 0
  #random = 1
  readonly #due = new Set<{ readonly at: number; readonly nth: number; readonly run: () => void }>()

  now(): number {
    return this.#now + this.#at
  }

  monotonic(): number {
    return (this.#at += this.stepMs)
  }

  /** As the system's: at the earliest in a millisecond. */
  timer(ms: number, run: () => void): Timer {
    this.timersMade++
    return this.#later(ms >= 1 ? ms : 1, run)
  }

  turn(run: () => void): void {
    this.#later(0, run)
  }

  #later(ms: number, run: () => void): Timer {
    const work = { at: this.#at + ms, nth: this.#made++, run }
    this.#due.add(work)
    return { cancel: () => void this.#due.delete(work), unref: () => undefined }
  }

  random(): number {
    this.#random = (this.#random * 48_271) % 2_147_483_647
    return this.#random / 2_147_483_647
  }

  uuid(): string {
    return `uuid-${this.#made++}`
  }

  busy(): number {
    return 0
  }

  connect({ host, port }: ConnectAddress): Socket {
    this.asked.push(`${this.#at.toFixed(3)} ${host}:${port}`)
    const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() })
    this.timer(this.refusesAfterMs, () => stream.destroy(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })))
    return Object.assign(stream, { setNoDelay: () => stream, setKeepAlive: () => stream, unref: () => stream }) as unknown as Socket
  }

  /** The machine's clock is set forward, or back. */
  setClock(changeMs: number): void {
    this.#now += changeMs
  }

  /** Lets so much time pass; what is due is done in order, each with all promises that follow from it. */
  async run(ms: number): Promise<void> {
    const end = this.#at + ms
    for (;;) {
      await new Promise(resolve => setImmediate(resolve))
      const [next] = [...this.#due].toSorted((one, other) => one.at - other.at || one.nth - other.nth)
      if (next === undefined || next.at > end) break
      this.#due.delete(next)
      this.#at = Math.max(this.#at, next.at)
      next.run()
    }
    this.#at = Math.max(this.#at, end)
  }
}

/** Runs `work` in such a world; the one of before comes back. */
export async function inFakeEnv<T>(work: (world: FakeEnv) => Promise<T>): Promise<T> {
  const world = new FakeEnv()
  const leave = useEnv(world)
  try {
    return await work(world)
  } finally {
    leave()
  }
}

/** How many timers of the system are made while `work` runs, by whatever. */
export async function systemTimersMadeIn(work: () => Promise<unknown>): Promise<number> {
  let made = 0
  const hook = createHook({ init: (_id, type) => void (type === 'Timeout' && made++) }).enable()
  try {
    await work()
  } finally {
    hook.disable()
  }
  return made
}
