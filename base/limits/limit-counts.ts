import { limits, type LimitName } from './limit-table.ts'

const counts = new Map<LimitName, number>()

/** Counts an input, or so many of them, that was beyond a limit. Each thread has counts of its own. */
export function countBeyond(limit: LimitName, inputs = 1): void {
  counts.set(limit, (counts.get(limit) ?? 0) + inputs)
}

/** How often each limit was exceeded in this thread since it started; limits that were never exceeded are 0. */
export function countsBeyond(): readonly (readonly [limit: LimitName, count: number])[] {
  return (Object.keys(limits) as LimitName[]).map(name => [name, counts.get(name) ?? 0])
}
