// Worlds whose instances serve models: what they are given, and what must hold of their answers.
// Not here: faults, the network, and what all worlds have in common.
export { ServingApplication } from './serving-application.ts'
export { drawServing, type ServingSetup } from './serving-setup.ts'
