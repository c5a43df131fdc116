import { env, type Timer } from './env.ts'

/** What is to be called when a signal aborts. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

/** Waits for the given time, or until the signal aborts; never rejects. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const done = (): void => {
      timer.cancel()
      forget()
      resolve()
    }
    const timer = env.timer(milliseconds, done)
    const forget = signal === undefined ? () => undefined : whenAborted(signal, done)
  })
}

/** The result of the work, or undefined as soon as the signal aborts; the later outcome of the work is ignored then. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  if (!signal) return await work
  let forget: () => void = () => undefined
  const aborted = new Promise<undefined>(resolve => {
    if (signal.aborted) resolve(undefined)
    else forget = whenAborted(signal, () => resolve(undefined))
  })
  work.catch(() => undefined)
  try {
    return await Promise.race([work, aborted])
  } finally {
    forget()
  }
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

/**
 * Calls once when the signal aborts, which it has not yet; returns what takes that back. However many wait, the signal has one listener: a thread waits for
 * each of its tasks with the same one, and Node takes more than ten for a leak.
 */
function whenAborted(signal: AbortSignal, call: () => void): () => void {
  const known = waiting.get(signal)
  const calls = known ?? new Set()
  if (known === undefined) {
    waiting.set(signal, calls)
    signal.addEventListener('abort', onAbort)
  }
  calls.add(call)
  return () => {
    if (calls.delete(call) && calls.size === 0 && waiting.get(signal) === calls) forgetAll(signal)
  }
}

function onAbort({ target }: Event): void {
  const signal = target as AbortSignal
  const calls = [...(waiting.get(signal) ?? [])]
  forgetAll(signal)
  for (const call of calls) call()
}

function forgetAll(signal: AbortSignal): void {
  waiting.delete(signal)
  signal.removeEventListener('abort', onAbort)
}
