// A model's life on a real Kafka: what serves is what the audit says, canaries keep their keys, results can be made again, swaps and shadows cost little.
// Not here: faults at random, which are in bench/chaos; the time to recover, in bench/recovery.
export { rescoreResults } from './rescore-results.ts'
export type { Finding, LifeSettings, Scenario } from './scenario.ts'
export { scenarios } from './scenarios.ts'
