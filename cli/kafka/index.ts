// A local Kafka for the demo, tests and benchmarks: its jars, storage, start and stop.
// Not here: clients.
export { isAlive } from './broker-record.ts'
export { type LocalBroker, localBrokers, stopBrokers } from './cluster-record.ts'
export { findKafka } from './kafka-distribution.ts'
export { KafkaCluster } from './kafka-cluster.ts'
export { type LocalKafka, type LocalKafkaOptions, freePort, startLocalKafka } from './local-kafka.ts'
export { startBrokers } from './start-brokers.ts'
