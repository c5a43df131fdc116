// What `sluice serve` runs: the instance, its worker module, its signals and its log.
// Not here: the composition of an instance; that is instance/.
export type { ReadyEvent } from './serve-application.ts'
export { createTopology, modelServing, servingModule, type ServingSettings, servingSettings } from './serving-module.ts'
