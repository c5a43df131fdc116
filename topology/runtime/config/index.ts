/**
 * What an application may be told: the table of its options, their types and checks, and the module that builds its topology in worker threads.
 * Nothing here opens a connection or a file, or imports another room's code: commands read the table before anything else is loaded.
 */
export { saslMechanisms, type SaslOptions, saslOptions } from './sasl-option.ts'
export { type SslOptions, sslOptions } from './ssl-option.ts'
export {
  checkedAddress,
  type RestoreProgress,
  streamsConfig,
  type StreamsConfig,
  type StreamsListener,
  type StreamsOptions,
} from './streams-config.ts'
export { listenerOptions } from './streams-listener.ts'
export { defaultDeadLetterTopic, guarantees, streamsOptionTable } from './streams-option-table.ts'
export { loadTopology, topologySource, type TopologyModule } from './topology-module.ts'
