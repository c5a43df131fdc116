export { servingTopology } from './serving-topology.ts'
export type { ServingJoin, ServingOptions } from './serving-options.ts'
