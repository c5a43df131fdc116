// A Kafka in memory that speaks the wire protocol, for simulations: no sockets, clocks, timers or chance of its own.
// What it answers is held against a real Kafka by a test. Its server, for clients with sockets, is a file of its own.
// Not here: the network, and who talks to it; logging in, quotas, packing records anew, the times at which logs are cleaned and old records go.
export type { LoggedRecord } from './log/index.ts'
export type { Limits, SimHost, SimKafkaOptions, Timing } from './options.ts'
export { type Kill, type SeenLog, type SeenOffsets, SimKafka } from './sim-kafka.ts'
