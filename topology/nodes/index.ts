// The nodes of a running topology, and the unit of work for one input.
// A unit of work that fails leaves nothing but its dead letter.
// Not here: where records come from or go to.
export type { TaskServices } from './node.ts'
export { type PendingRecord, pendingOf } from './source-node.ts'
export { ProcessorTopology } from './processor-topology.ts'
