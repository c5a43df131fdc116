// Loads and tries new models in processes of their own, before they serve.
// A format reaches such a process by the URL in its FormatLoader; the process loads no other format.
// Not here: the name of any format.
export type { ModelJail } from './jail.ts'
export { type GoldenResult, type GoldenRows, checkGolden } from './golden-rows.ts'
export { type GuardOptions, type GuardedLoad, type GuardedModel, ModelGuard, loadHere } from './model-guard.ts'
export { BatchReader, type PlainBatch, type PlainColumn, plainBatch } from './plain-batch.ts'
export type { LightLimits } from './guard-messages.ts'
export { ModelKilled } from './model-killed.ts'
export { ProcessModel } from './process-model.ts'
export { ScoreWatch } from './score-watch.ts'
export { type Quarantined, Quarantine, quarantineFile } from './quarantine.ts'
