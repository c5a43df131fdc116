// `sluice demo`: a local Kafka, instances, records and checks, step by step.
// Ends everything that it started, however it ends.
// Not here: anything that other commands need, but for the example's rows.
export { Cleanup } from './cleanup.ts'
export { demoCommand } from './demo-command.ts'
export { WineRows, exampleFile } from './wine-rows.ts'
