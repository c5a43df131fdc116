import { env, type Timer } from './env.ts'

/** Waits for the given time, or until the signal aborts; never rejects. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const done = (): void => {
      timer.cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = env.timer(milliseconds, done)
    signal?.addEventListener('abort', done)
  })
}

/** Yields to sockets and timers. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => env.turn(resolve))
}

/** Runs again and again, `milliseconds` apart, until it is cancelled. */
export function every(milliseconds: number, run: () => void): Timer {
  let alive = true
  let timer: Timer
  const again = (): void => {
    timer = env.timer(milliseconds, again)
    if (!alive) timer.unref()
    run()
  }
  timer = env.timer(milliseconds, again)
  return {
    cancel: () => timer.cancel(),
    unref: () => {
      alive = false
      timer.unref()
    },
  }
}
