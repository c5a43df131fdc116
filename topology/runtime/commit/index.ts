// What a commit sends and by which producer: the record collector, transactional producers, hanging transactions.
// A producer is used up by a commit; only a commit that succeeded gives one back.
// Not here: when to commit.
export { outputPartitions } from './output-partitions.ts'
export { type ProducerStep, ProducerTurns } from './producer-turns.ts'
export { RecordCollector } from './record-collector.ts'
export { type TaskProducer, openPlainProducer, openTransactionalProducer } from './task-producer.ts'
