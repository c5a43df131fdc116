// Runs a topology against Kafka: SluiceStreams, and the queries of an instance.
// The folders below hold the parts, from threads/ down to kafka/.
// Not here: models, REST.
export {
  createKafka,
  waitForBroker,
  type Kafka,
  type KafkaLog,
  type KafkaLogLevel,
  type KafkaSettings,
  type KafkaJsSasl,
  type OAuthBearer,
  type TokenEndpoint,
  type TokenSource,
} from './kafka/index.ts'
export type { InputTopic } from './topics/index.ts'
export { partitionForKey } from './topics/index.ts'
export { SluiceStreams } from './sluice-streams.ts'
export {
  streamsConfig,
  type RestoreProgress,
  type SaslOptions,
  type SslOptions,
  type StreamsConfig,
  type StreamsListener,
  type StreamsOptions,
  type TopologyModule,
} from './config/index.ts'
export type { GlobalStore } from './state/index.ts'
export { readTopic, type TopicBatch, type TopicReaderOptions, type TopicRecord } from './topics/index.ts'
export { TopicWriter } from './topics/index.ts'
export { changelogTopic } from './topics/index.ts'
