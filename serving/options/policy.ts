import {
  checkedOptions,
  completeOptions,
  integer,
  kindOf,
  listKind,
  optional,
  recordOf,
  required,
  shownValue,
  type ValueKind,
} from '../../base/options/index.ts'
import { SluiceError } from '../../base/index.ts'
import { checkedDecider, type DeciderChoice } from '../deciders/index.ts'

/** Names a model of a data type: the number of a kept version, or the name of models, of which the newest kept version is meant. */
export type ModelRef = string | number

/** A model that takes part in the races. */
export interface PolicyModel {
  /** Its name, or the number of a version. */
  readonly model: ModelRef
  /** The weight of its vote, for the decider `weighted`; default 1. */
  readonly weight?: number | undefined
  /** What its trainer said of it, for the decider `best`. */
  readonly metrics?: Readonly<Record<string, number>> | undefined
}

/** How the records of a data type are decided: by which of several models that score them beside each other, and how soon. */
export interface SpeculativePolicy {
  /** The models, the smartest first. */
  readonly models: readonly PolicyModel[]
  /** How long a record waits for its decision, ms from its arrival. */
  readonly budgetMs: number
  /** What decides. */
  readonly decider: DeciderChoice
  /** The model whose result is taken when there is no decision. It is scored with the others, and need not be one of them. */
  readonly fallback?: ModelRef | undefined
}

/** Policies by data type. */
export type SpeculativePolicies = Readonly<Record<string, SpeculativePolicy>>

/** The most models of a policy: each runs in a process of its own. */
const mostModels = 16
const longestBudgetMs = 60_000

const modelRef = kindOf<ModelRef>('string | number', "a model's name, or the number of a version", isRef)
const positive = kindOf<number>('number', 'a number above 0', value => typeof value === 'number' && value > 0 && value < Infinity)
const metrics = recordOf<number>('object', 'an object of numbers', figure => typeof figure === 'number')

const modelTable = {
  model: required(modelRef, 'name of the model, or number of a version'),
  weight: optional(positive, 'weight of its vote'),
  metrics: optional(metrics, 'what its trainer said of it'),
}

const anyModels = listKind<PolicyModel>('readonly PolicyModel[]', `a list of 1 to ${mostModels} models`, { each: () => true })
const models: ValueKind<readonly PolicyModel[]> = {
  ...anyModels,
  accepts: (value): value is readonly PolicyModel[] => anyModels.accepts(value) && value.length <= mostModels,
}

const policyTable = {
  models: required(models, 'the models, the smartest first'),
  budgetMs: required(integer(1, longestBudgetMs), 'how long a record waits for its decision, ms from its arrival'),
  decider: required(
    kindOf<DeciderChoice>('DeciderChoice', 'an object with the kind of the decider', () => true),
    'what decides',
  ),
  fallback: optional(modelRef, 'the model whose result is taken when there is no decision'),
}

/** A copy of a policy. Throws CONFIG_INVALID, which names the data type, and says what is wrong and what is allowed. */
export function checkedPolicy(dataType: string, given: unknown): SpeculativePolicy {
  const of = `the policy of data type ${shownValue(dataType)}`
  const policy = completeOptions(policyTable, checkedOptions({ of }, policyTable, given))
  const listed = policy.models.map(model => completeOptions(modelTable, checkedOptions({ of: `a model of ${of}` }, modelTable, model)))
  const named = listed.map(({ model }) => model)
  const twice = named.find((model, at) => named.indexOf(model) !== at)
  if (twice !== undefined) throw new SluiceError('CONFIG_INVALID', `${of} names the model ${shownValue(twice)} twice`)
  return { ...policy, models: listed, decider: checkedDecider(policy.decider) }
}

function isRef(value: unknown): boolean {
  return typeof value === 'string' ? value !== '' : Number.isSafeInteger(value) && (value as number) > 0
}
