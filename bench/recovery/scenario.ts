import type { RecoveryRun } from './recovery-run.ts'
import type { Trial } from './trial.ts'

/** A fault and its measurement. */
export interface Scenario {
  readonly what: string
  /** Target for the median of the trials, ms; informative only. */
  readonly target: number
  readonly instances: number
  readonly standbyReplicas?: number
  /** Number of brokers; default 1. */
  readonly brokers?: number
  readonly trial: (run: RecoveryRun) => Promise<Trial | number>
}
