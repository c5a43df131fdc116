import type { sluice } from '../../proto/messages.js'
import type { Decider, RacingModel } from '../deciders/index.ts'
import type { RecordPlace } from '../../stores/index.ts'
import type { RawRecord } from '../../topology/index.ts'
import type { ModelRunner } from './model-runner.ts'
import type { SpeculativePolicy } from '../options/index.ts'

/** A model that scores records in races. */
export interface Racer extends RacingModel {
  /** RACER, or FALLBACK for one that the decider does not know. */
  readonly role: sluice.ModelRole
  readonly hash: Uint8Array
  /** Of the model's record; undefined: there is no such version. */
  readonly place: RecordPlace | undefined
  /** undefined: it cannot be loaded, or there is no such version. */
  readonly runner: ModelRunner | undefined
  /** Why there is no runner. */
  readonly error?: string | undefined
  /** Why the version is not run any more, though it was loaded; undefined: it may be. */
  readonly barred?: (() => string | undefined) | undefined
  /** Told of a record on which the version failed alone. */
  readonly failed?: ((error: unknown, record: RawRecord) => void) | undefined
}

/** The models of a policy, loaded: what a record of its data type races with. Another object once the policy, or one of its versions, is another. */
export interface Racers {
  readonly dataType: string
  readonly policy: SpeculativePolicy
  readonly decider: Decider
  /** Those that the decider knows, the smartest first, and behind them the fallback, unless it is one of them. */
  readonly all: readonly Racer[]
  /** How many of them the decider knows. */
  readonly racing: number
  /** The place of the fallback; -1: none. */
  readonly fallback: number
}
