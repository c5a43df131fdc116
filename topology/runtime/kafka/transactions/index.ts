// Transactions by the protocol of Kafka 4 (`transaction.version` 2, KIP-890): each transaction has its own epoch.
// One producer at a time, one transaction at a time; open transactions of others can be found and ended.
// Not here: which records are written and when; transactions of older clusters, for which kafkajs is used.
export { CoordinatorLookup } from './coordinator-lookup.ts'
export { speaksEpochTransactions } from './speaks-epoch-transactions.ts'
export { isSettlingTimeout, longSettlingTimeoutMs, ordinaryTimeoutMs, settlingTimeouts } from './transaction-timeouts.ts'
export { EpochTransactions, type EpochTransactionsOptions, type PartitionRecords } from './epoch-transactions.ts'
