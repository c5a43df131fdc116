// The Kafka client, its errors and its waits.
// This room and the rooms in it are the only ones that know kafkajs.
// Not here: anything about topologies.
export {
  type Admin,
  type Batch,
  type Cluster,
  type Consumer,
  type DescribedTopic,
  type Kafka,
  type KafkaJsSasl,
  type KafkaLog,
  type KafkaLogLevel,
  type KafkaSettings,
  type Message,
  type OAuthBearer,
  type PartitionAssigner,
  type Producer,
  type ProducerRecord,
  type RecordMetadata,
  type TokenEndpoint,
  type TokenSource,
  createKafka,
  describeTopics,
  isPassing,
  newCluster,
  outageRetry,
  protocolErrorOf,
  transactionRetry,
  waitForBroker,
} from './kafka-client.ts'
export { cutOffInTime } from './cut-off-in-time.ts'
export { streamsKafka } from './kafka-log.ts'
export { orAborted } from '../../../base/index.ts'
