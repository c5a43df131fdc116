// What `sluice serve` runs: the instance, its worker module, its signals and its log.
// Not here: how an instance is put together; that is instance/.
export type { ReadyEvent } from './serve-application.ts'
export { createTopology, servingModule } from './serving-module.ts'
