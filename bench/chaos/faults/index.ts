// The faults of a run: which there are, which a seed draws, and how each is made.
// Not here: the network that some of them use, and the check.
export { deck, drawFaults, faultKinds, type FaultKind, possibleFaults } from './fault-kinds.ts'
export { makeFaults, type Recovery } from './make-faults.ts'
