// `sluice demo`: a local Kafka, instances, records and checks, step by step.
// Stops everything that it started, also after a failure or a signal.
// Not here: code that other commands need, except the example's rows.
export { Cleanup } from './cleanup.ts'
export { demoCommand } from './demo-command.ts'
export { WineRows, exampleFile } from './wine-rows.ts'
