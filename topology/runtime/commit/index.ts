// The records that a commit sends, and the producers that send them: the record collector, transactional producers, hanging transactions.
// A producer can be used for one commit; only a successful commit returns the producer for the next one.
// Not here: when to commit.
export type { GroupMember } from './check-member.ts'
export { endFormerTransactions, type FormerTransactions, hasStableOffsets, memberTransactionalId } from './former-transactions.ts'
export { endThreadTransactions } from './end-thread-transactions.ts'
export { type MissingEndsParts, writeMissingEnds } from './missing-ends.ts'
export { outputPartitions } from './output-partitions.ts'
export { type ProducerStep, ProducerTurns } from './producer-turns.ts'
export { RecordCollector } from './record-collector.ts'
export { type TaskProducer, openPlainProducer, openTransactionalProducer } from './task-producer.ts'
export { fenceTaskOwners, taskTransactionalId } from './task-owners.ts'
export { ThreadTransactions } from './thread-transactions.ts'
export { untilStable } from './until-stable.ts'
