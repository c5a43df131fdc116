import type { Cleanup } from '../../cli/demo/index.ts'
import type { checkResults } from './check-results.ts'
import type { FaultKind } from './faults/index.ts'
import type { IndependentVerdict } from './independent.ts'
import type { Modes } from './modes.ts'
import type { OddSet } from './odd-records.ts'
import type { Sabotage } from './alteration.ts'

export interface ChaosOptions extends Modes {
  readonly kills: number
  /** The kinds of faults to inject. */
  readonly faults: readonly FaultKind[]
  readonly seed: number
  readonly instances: number
  readonly brokers: number
  readonly rate: number
  /** One data record in this number is odd and must become a dead letter; 0: none. */
  readonly oddEvery: number
  /** The kinds of odd records; `processors` cannot be combined with a sabotage. */
  readonly odd: OddSet
  readonly sessionTimeout: number
  readonly sabotage: Sabotage | undefined
  /** Directory for all files of the run. */
  readonly directory: string
  readonly cleanup: Cleanup
  readonly signal: AbortSignal
  readonly log: (line: string) => void
}

/** The results of the check. */
export interface Findings {
  readonly records: number
  readonly results: number
  readonly deadLetters: number
  readonly verdict: ReturnType<typeof checkResults>
  /** The same by Kafka's own consumer. */
  readonly independent: IndependentVerdict
  /** One sentence per difference between inputs, changelog, LevelDB and REST, and between the two readers. */
  readonly mismatches: readonly string[]
}
