import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '../../base/index.ts'
import { toJson } from '../output.ts'

export interface WaitOptions<T> {
  /** Completes "waited … for": what is to come about. */
  readonly what: string
  readonly signal: AbortSignal
  readonly ask: () => Promise<T> | T
  readonly good: (answer: T) => boolean
  readonly timeoutMs?: number
}

const pollMs = 50
/** Generous: the machine may be busy; only something that never comes about gets there. */
const defaultTimeoutMs = 40_000

/**
 * Asks until the answer is good. Throws CHECK_FAILED with the last answer when the time is over, even while an answer is waited for;
 * the signal's reason when it aborts.
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
    throw new SluiceError('CHECK_FAILED', `waited ${timeoutMs / 1000} s for ${what}; last answer: ${toJson(last) ?? 'nothing'}`)
  }
}

/** The work's outcome, or the signal's reason as soon as it aborts; what becomes of the work then is not looked at. */
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
