import type { Cleanup } from '../../cli/demo/index.ts'
import type { checkResults } from './check-results.ts'
import type { FaultKind } from './faults.ts'
import type { OddSet } from './odd-records.ts'
import type { Sabotage } from './alteration.ts'

export interface ChaosOptions {
  readonly kills: number
  /** Kinds of faults. */
  readonly only: readonly FaultKind[]
  readonly seed: number
  readonly instances: number
  readonly brokers: number
  readonly rate: number
  /** One data record in so many is odd, and to become a dead letter; 0: none. */
  readonly oddEvery: number
  /** Of these kinds; not beside a sabotage. */
  readonly odd: OddSet
  readonly sessionTimeout: number
  readonly guarantee: 'exactly_once' | 'at_least_once'
  readonly sabotage: Sabotage | undefined
  /** For everything the run writes. */
  readonly directory: string
  readonly cleanup: Cleanup
  readonly signal: AbortSignal
  readonly log: (line: string) => void
}

/** What the check has found. */
export interface Findings {
  readonly records: number
  readonly results: number
  readonly deadLetters: number
  readonly verdict: ReturnType<typeof checkResults>
  /** Where inputs, changelog, LevelDB and REST do not agree: a sentence each. */
  readonly mismatches: readonly string[]
}
