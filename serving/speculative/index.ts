// Speculative execution: several models score a record beside each other, and a decider says whose result it is before a budget is over.
// Start reading at speculation.ts. Not here: the deciders (serving/deciders), which model a key belongs to (serving/routing), Kafka.
export { DecisionWriter } from './decision-writer.ts'
export { ModelRunners } from './model-runners.ts'
export { PolicyModels } from './policy-models.ts'
export type { Racer, Racers } from './racers.ts'
export type { Answer, RecordRace } from './record-race.ts'
export { type RacingRow, Speculation } from './speculation.ts'
