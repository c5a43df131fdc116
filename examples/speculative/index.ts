// Speculative execution by control records: a fast and a slow model, a latency budget, a kill -9, and a run that proves what was decided.
// Not here: starting a Kafka.
export { type Proved, runSpeculative } from './run-speculative.ts'
