import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '../../base/index.ts'
import { toJson } from '../output.ts'

export interface WaitOptions<T> {
  /** The expected event; completes "waited … for". */
  readonly what: string
  readonly signal: AbortSignal
  readonly ask: () => Promise<T> | T
  readonly good: (answer: T) => boolean
  readonly timeoutMs?: number
}

const pollMs = 50
/** Long enough for a busy machine: only an event that never happens reaches it. */
const defaultTimeoutMs = 40_000

/**
 * Calls `ask` every 50 ms until the answer is good, and returns that answer. Throws CHECK_FAILED with the last answer after `timeoutMs`, also
 * while `ask` is pending, and the reason of the signal when it aborts.
 */
export async function waitUntil<T>({ what, signal, ask, good, timeoutMs = defaultTimeoutMs }: WaitOptions<T>): Promise<T> {
  let last: T | undefined
  const limit = AbortSignal.timeout(timeoutMs)
  const either = AbortSignal.any([signal, limit])
  try {
    for (;;) {
      either.throwIfAborted()
      const answer = await within(either, ask())
      last = answer
      if (good(answer)) return answer
      await within(either, sleep(pollMs))
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!limit.aborted) throw error
    throw new SluiceError('CHECK_FAILED', `waited ${timeoutMs / 1000} s for ${what}; last answer: ${toJson(last)}`)
  }
}

/** Returns the result of the work. Throws the reason of the signal as soon as it aborts; the work is then ignored. */
async function within<T>(signal: AbortSignal, work: Promise<T> | T): Promise<T> {
  let onAbort!: () => void
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error)
  })
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
