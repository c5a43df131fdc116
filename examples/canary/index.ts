// A canary: a share of the keys gets a new model, on three instances, and a run that proves which.
// Not here: starting a Kafka.
export { type Proved, runCanary } from './run-canary.ts'
