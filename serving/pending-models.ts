import { env, pause, type Timer } from '../base/index.ts'
import type { KeptModels } from '../stores/index.ts'

/** A model that is being tried. Records of its data type wait for it until `until` (by `env.monotonic()`), which the first waiting record sets. */
interface Candidate {
  readonly over: Promise<void>
  readonly waitMs: number
  until: number | undefined
}

const candidates = new WeakMap<KeptModels, Map<string, Candidate>>()

/** Registers a model of the data type that is being tried. `over` resolves when it serves or is refused; records wait at most `waitMs`. */
export function addPendingModel(store: KeptModels, dataType: string, over: Promise<void>, waitMs: number): void {
  const byType = candidates.get(store) ?? new Map<string, Candidate>()
  candidates.set(store, byType)
  const candidate: Candidate = { over, waitMs, until: undefined }
  byType.set(dataType, candidate)
  void over.then(() => {
    if (byType.get(dataType) === candidate) byType.delete(dataType)
  })
}

/**
 * For records of a data type that no model serves yet: resolves when the model that is being tried serves or is refused, or when the wait
 * is over. undefined when no model is being tried, or when the wait is over already.
 */
export function pendingModelOver(store: KeptModels, dataType: string): Promise<void> | undefined {
  const candidate = candidates.get(store)?.get(dataType)
  if (candidate === undefined) return undefined
  candidate.until ??= env.monotonic() + candidate.waitMs
  return within(candidate.over, candidate.until)
}

/** Waits for the work, at most until the time `until` by `env.monotonic()`; undefined: that time is past. Rejects with the work's error. */
export function within(work: Promise<unknown>, until: number): Promise<void> | undefined {
  const left = until - env.monotonic()
  if (left <= 0) return undefined
  let timer: Timer | undefined
  const tooLong = new Promise<void>(resolve => (timer = env.timer(left, resolve)))
  return Promise.race([work.then(() => undefined), tooLong]).finally(() => timer?.cancel())
}

/** How long what goes on waits for what is mostly there at once, ms. */
export const soonMs = 20

/** Waits for the work, but not for long. Rejects with its error, if it comes in time. */
export async function soon(work: Promise<unknown>, milliseconds = soonMs): Promise<void> {
  const waited = new AbortController()
  work.catch(() => undefined)
  try {
    await Promise.race([work, pause(milliseconds, waited.signal)])
  } finally {
    waited.abort()
  }
}
