// Requests of Kafka's protocol that kafkajs lacks, and the encoding of flexible versions (KIP-482) that they share.
// Each request is one function that sends one request to one broker; its caller handles errors. Beside them, what is known of brokers and their sockets.
// Not here: retries, the choice of the broker, defects of kafkajs.
export { type WireBroker, askBroker, type RequestHead } from './ask-broker.ts'
export { ClientSockets, isCutOff, type SocketFactory } from './client-sockets.ts'
export { clusterFeatures, type ClusterFeatures } from './cluster-features.ts'
export { describeOpenTransactions, type OpenTransaction } from './describe-producers.ts'
export { endTransaction } from './end-transaction.ts'
export { compactString, FlexibleReader, unsignedVarint } from './flexible-fields.ts'
export { FlexibleWriter } from './flexible-writer.ts'
export { initProducerId, type ProducerIdentity } from './init-producer-id.ts'
export { canListTransactions, listTransactions, type ListedTransactions, openStates } from './list-transactions.ts'
export { produceBatches, type ProducedBatch, type ProducedPartition } from './produce-batches.ts'
export { type AskedFor, neededRight } from './needed-rights.ts'
export { protocolError } from './protocol-error.ts'
export { type AddressedBroker, foundSilent, foundTalking, isSilent, onceSilent, patienceWith, watchAnswer } from './silent-brokers.ts'
export { canRequireStable, fetchStableOffsets, type StableOffset, type StableOffsets, unstableOffset } from './stable-offsets.ts'
export { commitTransactionOffsets, type TransactionOffsets } from './transaction-offsets.ts'
