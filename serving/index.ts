export { servingTopology } from './serving-topology.ts'
export type { ServingOptions } from './serving-options.ts'
