// A local Kafka for the demo, tests and benchmarks: its jars, storage, start and stop.
// Not here: clients.
export { type BrokerRecord, isAlive, runningBroker, stopBroker } from './broker-record.ts'
export { newClusterId } from './format-storage.ts'
export { isPortFree } from './free-port.ts'
export { type LocalKafka, type LocalKafkaOptions, freePort, startLocalKafka } from './local-kafka.ts'
