import type { ModelStateStore } from '../stores/index.ts'

/** How long records wait, in all, for a model that is being loaded or tried. */
export const defaultModelWaitMs = 10_000

/** A model that is being tried. Records of its data type may wait for it until a time by `performance.now()`, which the first one that waits sets. */
interface Candidate {
  readonly over: Promise<void>
  readonly waitMs: number
  until: number | undefined
}

const candidates = new WeakMap<ModelStateStore, Map<string, Candidate>>()

/** A model of the data type is being tried; `over` resolves when it serves or is refused. Records wait for it for so long in all. */
export function addPendingModel(store: ModelStateStore, dataType: string, over: Promise<void>, waitMs = defaultModelWaitMs): void {
  const byType = candidates.get(store) ?? new Map<string, Candidate>()
  candidates.set(store, byType)
  const candidate: Candidate = { over, waitMs, until: undefined }
  byType.set(dataType, candidate)
  void over.then(() => {
    if (byType.get(dataType) === candidate) byType.delete(dataType)
  })
}

/**
 * For records of a data type that no model serves yet: resolves once the one that is being tried serves, or is refused, or was waited for
 * long enough. undefined when there is nothing to wait for.
 */
export function pendingModelOver(store: ModelStateStore, dataType: string): Promise<void> | undefined {
  const candidate = candidates.get(store)?.get(dataType)
  if (candidate === undefined) return undefined
  candidate.until ??= performance.now() + candidate.waitMs
  return within(candidate.over, candidate.until)
}

/** Waits for work, until a time by `performance.now()` at most; undefined: that is over. Throws what the work throws. */
export function within(work: Promise<unknown>, until: number): Promise<void> | undefined {
  const left = until - performance.now()
  if (left <= 0) return undefined
  let timer: NodeJS.Timeout
  const tooLong = new Promise<void>(resolve => (timer = setTimeout(resolve, left)))
  return Promise.race([work.then(() => undefined), tooLong]).finally(() => clearTimeout(timer))
}
