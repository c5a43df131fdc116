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
} from './kafka/kafka-client.ts'
export type { InputTopic } from './topics/input-topic.ts'
export { partitionForKey } from './topics/default-partitioner.ts'
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
export type { GlobalStore } from './state/global-store.ts'
export { readTopic, type TopicBatch, type TopicReaderOptions, type TopicRecord } from './topics/topic-reader.ts'
export { TopicWriter } from './topics/topic-writer.ts'
export { changelogTopic } from './topics/topic-manager.ts'
