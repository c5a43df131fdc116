import type { StreamsCounters } from '../../queryable-streams.ts'

export const noCounts: StreamsCounters = { recordsIn: 0, recordsOut: 0, deadLetters: 0, commits: 0, restoredRecords: 0, rebalances: 0 }

export function addCounts(a: StreamsCounters, b: StreamsCounters): StreamsCounters {
  const names = Object.keys(noCounts) as (keyof StreamsCounters)[]
  return Object.fromEntries(names.map(name => [name, a[name] + b[name]])) as unknown as StreamsCounters
}
