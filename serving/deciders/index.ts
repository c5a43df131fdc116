// Deciders of speculative execution: which result of several models becomes the record's result, and when that is certain.
// Start reading at decider.ts. Pure: no time, no models, no stores; only own-decider.ts reads a user's module from disk.
export type { Decider, ModelResult, RacingModel, RowOutput, Step, Verdict } from './decider.ts'
export { type Decision, type DecisionCause, Race } from './race.ts'
export { checkedDecider, type DeciderChoice, knownDecider, type KnownDecider, type OwnDecider } from './decider-choice.ts'
export { type DeciderPlace, loadDecider } from './own-decider.ts'
export { tryDecider } from './try-decider.ts'
export { firstGood, type GoodResult } from './first-good.ts'
export { bestMetric, type Metric, smartest } from './smartest.ts'
export { majority, type VoteRules, weightedVote } from './vote.ts'
export { type AverageRules, mean, median } from './average.ts'
export { bestOutput, type Confidence, maximumConfidence, type Quality } from './best-result.ts'
