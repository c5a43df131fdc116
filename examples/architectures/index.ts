// Ways to bring models and data together, each a topology, and the recorded input and expected output that all of them share.
// Not here: starting a Kafka.
export { type Architecture, architectures } from './architectures.ts'
export { linesOnDriver } from './on-driver.ts'
export { linesOnKafka } from './on-kafka.ts'
export { expectedLines } from './recording.ts'
