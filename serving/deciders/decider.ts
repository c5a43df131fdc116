/** A model in a race, as deciders see it. Its place in the list is its rank: the first is the smartest. */
export interface RacingModel {
  /** The name in its descriptor, or what the policy names it. */
  readonly name: string
  /** Its version; 0: there is none. */
  readonly version: number
  /** The weight of its vote; default 1. */
  readonly weight?: number | undefined
  /** What its trainer said of it, such as `auc`. */
  readonly metrics?: Readonly<Record<string, number>> | undefined
}

/** One output of a model for one record. */
export interface RowOutput {
  /** As the model has it. */
  readonly name: string
  /** Its values, if they are numbers. */
  readonly numbers: readonly number[]
  /** Its values, if they are texts. */
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
  /** A classifier's predicted class; undefined: there is none. */
  readonly label: string | undefined
  /** All that the model gave. */
  readonly outputs: readonly RowOutput[]
  /** Why it failed. */
  readonly error?: string | undefined
}

/** What a decider has decided. */
export interface Verdict {
  /** The score of the record's result. */
  readonly score: number
  /** Its label; undefined: it has none. */
  readonly label: string | undefined
  /** The outputs of the one model whose result this is; empty: it is of several models. */
  readonly outputs: readonly RowOutput[]
  /** The places of the models of whose results it was made, ascending. */
  readonly contributors: readonly number[]
}

/** The state after a result, and the verdict if it is certain by now: no result that is still missing may be able to change it. */
export interface Step<State> {
  /** What the next call gets. */
  readonly state: State
  /** undefined: it is not certain yet. */
  readonly verdict?: Verdict | undefined
}

/**
 * Decides a race of models, one race a record. A pure reducer: its functions depend on their arguments alone, do not change them, and do not wait.
 * A function that throws ends the race without a verdict. `start` is called once; then `onResult` for each result, in the order in which they come
 * and at most once a model, until there is a verdict; `onTimeout` if there is none when the budget is over, or when every model has answered.
 */
export interface Decider<State = unknown> {
  /** For results and messages. */
  readonly name: string
  /** The state of a race before any result. */
  start(models: readonly RacingModel[]): State
  /** Takes a result. */
  onResult(state: State, result: ModelResult): Step<State>
  /** The best so far, when no further result will be considered; undefined: there is nothing usable. */
  onTimeout(state: State): Verdict | undefined
}
