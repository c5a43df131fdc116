import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '../../base/index.ts'
import { isPassing } from '../http/index.ts'

const FIRST_PAUSE_MS = 25
const LONGEST_PAUSE_MS = 200

/**
 * Repeats the attempt while it throws errors that `isPassing` accepts, for `forMs`; the last attempt is made at the end of that time. Other errors
 * are thrown at once. Each attempt must read the metadata of the group anew.
 */
export async function retryWhilePassing<T>(forMs: number, attempt: () => Promise<T>): Promise<T> {
  const end = performance.now() + forMs
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await attempt()
    } catch (error) {
      const left = end - performance.now()
      if (!isPassing(error) || left <= 0) throw error
      await sleep(Math.min(pause, left))
    }
  }
}

/** The value of the promise, or `otherwise` if it rejects or takes longer than `ms`: health and metrics answer even if the stream thread does not. */
export async function valueWithin<T>(ms: number, promise: Promise<T>, otherwise: T): Promise<T> {
  const timer = new AbortController()
  try {
    return await Promise.race([promise, sleep(ms, otherwise, { signal: timer.signal })])
  } catch {
    return otherwise
  } finally {
    timer.abort()
  }
}

/** The value of the promise. Throws STORE_NOT_READY if it takes longer than `ms`, so that a hanging stream thread cannot block a request forever. */
export async function withinDeadline<T>(ms: number, promise: Promise<T>): Promise<T> {
  const timer = new AbortController()
  const late = sleep(ms, undefined, { signal: timer.signal }).then(() => {
    throw new SluiceError('STORE_NOT_READY', `neither the stream thread nor the group has answered within ${ms} ms`)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    timer.abort()
    late.catch(() => undefined)
  }
}
