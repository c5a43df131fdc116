import type { ModelStateStore } from '../stores/index.ts'

/** How long a data type's records wait for its first model at most. */
const firstModelWaitMs = 3000

const candidates = new WeakMap<ModelStateStore, Map<string, Promise<void>>>()

/** A model of the data type is being tried; `over` resolves when it serves or is refused. */
export function addCandidate(store: ModelStateStore, dataType: string, over: Promise<void>): void {
  const byType = candidates.get(store) ?? new Map<string, Promise<void>>()
  candidates.set(store, byType)
  byType.set(dataType, over)
  void over.then(() => {
    if (byType.get(dataType) === over) byType.delete(dataType)
  })
}

/**
 * For records of a data type that no model serves yet: resolves once the one that is being tried serves, or is refused, or takes too long.
 * undefined when there is none.
 */
export function candidateOver(store: ModelStateStore, dataType: string): Promise<void> | undefined {
  const over = candidates.get(store)?.get(dataType)
  if (over === undefined) return undefined
  let timer: NodeJS.Timeout
  const tooLong = new Promise<void>(resolve => (timer = setTimeout(resolve, firstModelWaitMs)))
  return Promise.race([over, tooLong]).finally(() => clearTimeout(timer))
}
