// `sluice score`: a model over a file, without Kafka.
// Not here: formats of models.
export { readModel } from './read-model.ts'
export type { ScoreInput } from './score-input.ts'
