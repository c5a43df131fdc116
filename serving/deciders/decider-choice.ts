import {
  checkedOptions,
  choice,
  isObject,
  kindOf,
  mayHaveMore,
  type OptionTable,
  optional,
  plainCopy,
  ReadMembers,
  required,
  text,
} from '../../base/options/index.ts'
import { SluiceError } from '../../base/index.ts'
import { type AverageRules, mean, median } from './average.ts'
import { bestOutput, type Confidence, maximumConfidence, type Quality } from './best-result.ts'
import type { Decider } from './decider.ts'
import { firstGood, type GoodResult } from './first-good.ts'
import { bestMetric, type Metric, smartest } from './smartest.ts'
import { majority, type VoteRules, weightedVote } from './vote.ts'

/** A decider of Sluice with its rules, as plain data. */
export type KnownDecider =
  | ({ readonly kind: 'firstGood' } & GoodResult)
  | { readonly kind: 'smartest' }
  | ({ readonly kind: 'majority' | 'weighted' } & VoteRules)
  | ({ readonly kind: 'mean' | 'median' } & AverageRules)
  | ({ readonly kind: 'best' } & (Quality | Metric))
  | ({ readonly kind: 'confidence' } & Confidence)

/** A user's own decider: the default export of a module in one of the allowed directories is a `Decider`, or a function of the options that returns one. */
export interface OwnDecider {
  /** Distinguishes it from the deciders of Sluice. */
  readonly kind: 'module'
  /** The path of the module, in or relative to an allowed directory. */
  readonly module: string
  /** Passed on to the module. */
  readonly options?: unknown
}

/** Which decider a policy has. */
export type DeciderChoice = KnownDecider | OwnDecider

const finite = kindOf<number>('number', 'a number', value => typeof value === 'number' && Number.isFinite(value))
const positive = kindOf<number>('number', 'a number above 0', value => typeof value === 'number' && value > 0 && value < Infinity)
const goal = optional(choice(['highest', 'lowest']), 'which value is the best')
const anything = kindOf<unknown>('unknown', 'any value', () => true)

const kinds = {
  firstGood: {
    output: optional(text, 'the output that must lie in the range'),
    minimum: optional(finite, 'the least good value'),
    maximum: optional(finite, 'the greatest good value'),
  },
  smartest: {},
  majority: { atLeast: optional(positive, 'the fewest votes that win') },
  weighted: { atLeast: optional(positive, 'the least weight that wins') },
  mean: { atLeast: optional(positive, 'the fewest scores') },
  median: { atLeast: optional(positive, 'the fewest scores') },
  best: {
    output: optional(text, 'the output that says how good a result is'),
    metric: optional(text, 'the metric that says how good a model is'),
    goal,
    enough: optional(finite, 'the value for which nothing further is waited'),
  },
  confidence: {
    output: optional(text, 'the output with the probabilities'),
    enough: optional(finite, 'the confidence for which nothing further is waited'),
  },
  module: { module: required(text, 'the path of the module'), options: optional(anything, 'passed on to the module') },
} as const

type Kind = keyof typeof kinds
const names = Object.keys(kinds) as readonly Kind[]
const ruleNames = ['kind', ...new Set(Object.values(kinds).flatMap(rules => Object.keys(rules)))]

/** A copy of a decider's name and rules. Throws CONFIG_INVALID, saying what is allowed. */
export function checkedDecider(given: unknown): DeciderChoice {
  const own = copyOf(given)
  const kind = isObject(own) ? names.find(name => name === own['kind']) : undefined
  const table: OptionTable = { kind: required(choice(names), 'the decider'), ...(kind === undefined ? {} : kinds[kind]) }
  const checked = checkedOptions({ of: 'a decider' }, table, own) as unknown as DeciderChoice
  if (checked.kind === 'best' && 'output' in checked === 'metric' in checked)
    throw new SluiceError('CONFIG_INVALID', 'the decider "best" is by a quality of the result or of the model: set either output or metric')
  return checked
}

/** What is read twice, its kind first. Other members of a class's instance are no rules. */
function copyOf(given: unknown): unknown {
  if (!isObject(given) || !mayHaveMore(given)) return plainCopy(given)
  const members = new ReadMembers(given)
  return Object.fromEntries(ruleNames.map(name => [name, members.get(name)] as const).filter(([, value]) => value !== undefined))
}

/** Makes a decider of Sluice. Throws CONFIG_INVALID. */
export function knownDecider(given: KnownDecider): Decider {
  const chosen = checkedDecider(given)
  if (chosen.kind !== 'module') return makers[chosen.kind](chosen as never)
  throw new SluiceError('CONFIG_INVALID', 'the decider "module" is none of Sluice: it is loaded from its module where a policy names it')
}

const makers: { readonly [K in KnownDecider['kind']]: (chosen: Extract<KnownDecider, { readonly kind: K }>) => Decider } = {
  firstGood,
  smartest,
  majority,
  weighted: weightedVote,
  mean,
  median,
  best: chosen => ('metric' in chosen ? bestMetric(chosen) : bestOutput(chosen)),
  confidence: maximumConfidence,
}
