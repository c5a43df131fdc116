/** A model in a race, as deciders see it. Its place in the list is its rank: the first is the smartest. */
export interface RacingModel {
  readonly name: string
  readonly version: number
  /** The weight of its vote; default 1. */
  readonly weight?: number | undefined
  /** What its trainer said of it, such as `auc`. */
  readonly metrics?: Readonly<Record<string, number>> | undefined
}

/** One output of a model for one record. */
export interface RowOutput {
  readonly name: string
  readonly numbers: readonly number[]
  readonly texts: readonly string[]
}

/** What a model gave for a record. */
export interface ModelResult {
  /** The model's place in the race. */
  readonly model: number
  /** `abstain`: the model has no result for this record; `error`: it failed. Neither ever counts as a vote. */
  readonly kind: 'score' | 'abstain' | 'error'
  /** NaN without a score. */
  readonly score: number
  readonly label: string | undefined
  readonly outputs: readonly RowOutput[]
  /** Why it failed. */
  readonly error?: string | undefined
}

/** What a decider has decided. */
export interface Verdict {
  readonly score: number
  readonly label: string | undefined
  /** The outputs of the one model whose result this is; empty: it is of several models. */
  readonly outputs: readonly RowOutput[]
  /** The places of the models of whose results it was made, ascending. */
  readonly contributors: readonly number[]
}

/** The state after a result, and the verdict if it is certain by now: no result that is still missing may be able to change it. */
export interface Step<State> {
  readonly state: State
  readonly verdict?: Verdict | undefined
}

/**
 * Decides a race of models, one race a record. A pure reducer: its functions depend on their arguments alone, do not change them, and do not wait.
 * A function that throws ends the race without a verdict. `start` is called once; then `onResult` for each result, in the order in which they come
 * and at most once a model, until there is a verdict; `onTimeout` if there is none when the budget is over, or when every model has answered.
 */
export interface Decider<State = unknown> {
  readonly name: string
  start(models: readonly RacingModel[]): State
  onResult(state: State, result: ModelResult): Step<State>
  /** The best so far, when no further result will be considered; undefined: there is nothing usable. */
  onTimeout(state: State): Verdict | undefined
}
