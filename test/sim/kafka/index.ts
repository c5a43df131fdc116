// A Kafka in memory that speaks the wire protocol, for simulations: no sockets, clocks, timers or chance of its own.
// A test compares its answers with those of a real Kafka. The server for clients with sockets is in a file of its own.
// Not here: the network and the clients; authentication, quotas, recompression, and the times of log cleaning and retention.
export type { LoggedRecord } from './log/index.ts'
export type { Limits, SimHost, SimKafkaOptions, Timing } from './options.ts'
export { type Ending, type Kill, type SeenLog, type SeenOffsets, SimKafka } from './sim-kafka.ts'
