// Where records leave a topology: the collector's contract, the limits of topics, dead letters.
// A record that Kafka would always refuse is refused here, before it is sent.
// Not here: producers.
export type { Collector, CollectorMark, OutputRecord } from './collector.ts'
export { deadLetterHeaders, deadLetterOf, hasOrigin, withoutOrigin } from './dead-letter.ts'
export { topicConfigTable } from './topic-config-table.ts'
export type { TopicConfigs } from './topic-configs.ts'
export { TopicGate, type WorkBinding, batchHeadBytes, batchedGrowth, recordBytes, taskBinding } from './topic-gate.ts'
export { type TopicLimits, checkDeadLetterLimits, deadLetterMaxBytes, topicConfigNames, topicLimits } from './topic-limits.ts'
