import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

/**
 * A package that few programs need, loaded at the first call: each instance, each of its threads and each model's process loads every module of its imports
 * anew before it begins.
 */
export function onFirstUse<T>(name: string): () => T {
  let loaded: T | undefined
  return () => (loaded ??= load(name) as T)
}
