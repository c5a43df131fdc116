import { type Limit, type LimitName, limits } from '../../../base/limits/index.ts'

/** Lowers a limit of the product, so that little worlds come to it; returns a function that sets it back. Only for limits that are read where they are held. */
export function useLimit(name: LimitName, most: number): () => void {
  const limit = limits[name] as { -readonly [K in keyof Limit]: Limit[K] }
  const before = limit.most
  limit.most = most
  return () => void (limit.most = before)
}
