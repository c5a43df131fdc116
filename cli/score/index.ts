// `sluice score`: scores a file with a model, without Kafka.
// Not here: model formats.
export { readModel } from './read-model.ts'
export type { ScoreInput } from './score-input.ts'
