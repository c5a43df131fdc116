import { env, type Timer } from '../../../base/index.ts'

/** Something that is waited for. */
export interface Wait {
  /** What, for people. */
  readonly what: string
  /** Since when, epoch ms. */
  readonly since: number
  /** For how long, whole seconds. */
  readonly seconds: number
  /** Whether it has come. */
  readonly over: boolean
}

const firstMs = 3000
const nextMs = 10_000

/** Tells of a wait that lasts: after 3 s without progress, then every 10 s and, if it was told, when there is progress again. */
export class WaitTeller {
  readonly #onWait: (wait: Wait) => void
  #what: (() => string) | undefined
  #since = 0
  #begun = 0
  #told = false
  #timer: Timer | undefined

  constructor(onWait: (wait: Wait) => void) {
    this.#onWait = onWait
  }

  /** Waiting begins, unless it has begun before. `what` is called when there is something to tell. */
  begin(what: () => string): void {
    if (this.#what !== undefined) return
    this.#what = what
    this.#restart()
  }

  /** A part of what is waited for has come. */
  progress(): void {
    if (this.#what === undefined) return
    if (this.#told) this.#tell(true)
    this.#restart()
  }

  /** All of it has come. */
  end(): void {
    if (this.#told) this.#tell(true)
    this.giveUp()
  }

  /** It will not come. */
  giveUp(): void {
    this.#what = undefined
    this.#told = false
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #restart(): void {
    this.#since = env.now()
    this.#begun = env.monotonic()
    this.#told = false
    this.#next(firstMs)
  }

  #next(ms: number): void {
    this.#timer?.cancel()
    this.#timer = env.timer(ms, () => {
      this.#tell(false)
      this.#told = true
      this.#next(nextMs)
    })
    this.#timer.unref()
  }

  #tell(over: boolean): void {
    const what = this.#what?.() ?? ''
    this.#onWait({ what, since: this.#since, seconds: Math.round((env.monotonic() - this.#begun) / 1000), over })
  }
}
