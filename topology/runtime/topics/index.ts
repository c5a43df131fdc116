// Topics: checks, creation, readers, writers, the default partitioner.
// If one broker does not know a topic yet, the request is repeated before the topic counts as missing.
// Not here: transactions and groups.
export { commitHeader } from './commit-header.ts'
export { partitionForKey } from './default-partitioner.ts'
export { InputTopic } from './input-topic.ts'
export { type PartitionOffsets, partitionOffsets } from './partition-offsets.ts'
export { ChangelogLost, type LostReason } from './partition-standing.ts'
export { prepareReachableTopics } from './prepare-reachable-topics.ts'
export { RepartitionPurge } from './repartition-purge.ts'
export { resetSteps } from './reset-steps.ts'
export { Outgoing, type OutgoingBatch, type OutgoingMessage, type SentOffsets, sendBatch, sendFailed } from './send-batch.ts'
export { createTopics, existingTopics } from './topic-admin.ts'
export { type TopicLayout, changelogTopic, taskIdOf, taskOf } from './topic-manager.ts'
export { TopicConnection } from './topic-connection.ts'
export { type TopicBatch, type TopicReaderOptions, type TopicRecord, readTopic } from './topic-reader.ts'
export { topicSetting } from './topic-setting.ts'
export { TopicWriter, type TopicWriterOptions, type WriterRecord, type WrittenRange } from './topic-writer.ts'
export type { Wait } from './wait-teller.ts'
