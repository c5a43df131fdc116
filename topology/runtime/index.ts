export {
  createKafka,
  waitForBroker,
  type Kafka,
  type KafkaLog,
  type KafkaSettings,
  type OAuthBearer,
  type TokenSource,
} from './kafka/kafka-client.ts'
export type { InputTopic } from './input-topic.ts'
export { partitionForKey } from './murmur2.ts'
export { SluiceStreams } from './sluice-streams.ts'
export {
  streamsConfig,
  type RestoreProgress,
  type StreamsConfig,
  type StreamsListener,
  type StreamsOptions,
} from './config/streams-config.ts'
export type { StoreReplica } from './state/global-store.ts'
export { readTopic, type TopicBatch, type TopicReaderOptions, type TopicRecord } from './topic-reader.ts'
export { TopicWriter } from './topic-writer.ts'
export { changelogTopic } from './topic-layout.ts'
export type { TopologyModule } from './config/topology-module.ts'
