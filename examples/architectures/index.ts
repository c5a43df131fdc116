// Ways to bring models and data together, each a topology, and the recorded input and expected output that all of them share.
// Not here: starting a Kafka.
export { type Architecture, architectures, type Surroundings } from './architectures.ts'
export { linesOnDriver } from './on-driver.ts'
export { type Answers, linesOnKafka } from './on-kafka.ts'
export { startModelServer } from './model-server.ts'
export { decodeResult, expectedLines, modelsAtTheEnd, rowValue, topics, typeOf } from './recording.ts'
export { type RunningArchitecture, runArchitecture } from './run-architecture.ts'
