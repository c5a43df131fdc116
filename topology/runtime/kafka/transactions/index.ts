// Transactions by the protocol of Kafka 4 (`transaction.version` 2, KIP-890): each one has an epoch of its own.
// One producer at a time, one transaction at a time; open transactions of others can be found and ended.
// Not here: what is written and when, and transactions of older clusters, which kafkajs speaks.
export { CoordinatorLookup } from './coordinator-lookup.ts'
export { speaksEpochTransactions } from './speaks-epoch-transactions.ts'
export { EpochTransactions, type EpochTransactionsOptions, type PartitionRecords } from './epoch-transactions.ts'
