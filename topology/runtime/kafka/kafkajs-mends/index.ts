// Corrections of defects of kafkajs, one in each file, each with the defect's description.
// They are applied to a private copy of kafkajs before it is used.
// Not here: new features, except requests that kafkajs lacks.
import { askedTopicsMend } from './asked-topics.ts'
import { closedClusterMend } from './closed-cluster.ts'
import { committedOffsetsMend } from './committed-offsets.ts'
import { compressionCodecsMend } from './compression-codecs.ts'
import { connectionSocketsMend } from './connection-sockets.ts'
import { crc32cMend } from './crc32c.ts'
import { filterAbortedMessagesMend } from './filter-aborted-messages.ts'
import { fetchDecodeMend } from './fetch-decode.ts'
import { groupMessagesMend } from './group-messages.ts'
import { idleQueueMend } from './idle-queue.ts'
import { joinHookMend } from './join-hook.ts'
import { kafkajsModules } from './kafkajs-modules.ts'
import { lostSeedMend } from './lost-seed.ts'
import type { KafkaJsModules, Mend } from './mend.ts'
import { movedCoordinatorMend } from './moved-coordinator.ts'
import { movedGroupsMend } from './moved-groups.ts'
import { movedLeadersMend } from './moved-leaders.ts'
import { namedFailuresMend } from './named-failures.ts'
import { offsetOutOfRangeMend } from './offset-out-of-range.ts'
import { produceRequestMend } from './produce-request.ts'
import { producerSessionMend, sessionOf } from './producer-session.ts'
import { reauthenticationMend } from './reauthentication.ts'
import { saslFailuresMend } from './sasl-failures.ts'
import { silentSeedMend } from './silent-seed.ts'
import { steadyClockMend } from './steady-clock.ts'
import { stoppedFetchersMend } from './stopped-fetchers.ts'
import { smallRequestsMend } from './small-requests.ts'
import { swallowedErrorsMend } from './swallowed-errors.ts'
import { transactionRequestsMend } from './transaction-requests.ts'
import { transactionRetryMend } from './transaction-retry.ts'
import type { SocketFactory } from '../wire/index.ts'
import { unansweredRequestsMend } from './unanswered-requests.ts'
import { TransactionLostError, TransactionSession, uncertainEnd } from './transaction-session.ts'

export type KafkaJs = typeof import('kafkajs')
export type { ConsumerBatch } from './consumer-batch.ts'
export { askAgain, hasMoved, isDisconnection } from './ask-again.ts'
export { isClosed } from './closed-cluster.ts'
export { SettledConnection } from './settled-connection.ts'
export { sessionOf, TransactionLostError, TransactionSession, uncertainEnd }
export { describeTopics, partitionCounts, type DescribedTopic } from './asked-topics.ts'
export type { FetchedRecord } from './fetched-record.ts'
export { type ConsumerGroup, type JoinedGroup, type JoinHooks, unreadableAssignment } from './join-hook.ts'
export type { OffsetResetHook } from './offset-out-of-range.ts'

/** In the order of application: a mend that replaces a module comes before mends that load its users. */
export const mends: readonly Mend[] = [
  steadyClockMend,
  smallRequestsMend,
  crc32cMend,
  compressionCodecsMend,
  groupMessagesMend,
  produceRequestMend,
  filterAbortedMessagesMend,
  fetchDecodeMend,
  stoppedFetchersMend,
  transactionRequestsMend,
  transactionRetryMend,
  producerSessionMend,
  closedClusterMend,
  askedTopicsMend,
  movedGroupsMend,
  connectionSocketsMend,
  idleQueueMend,
  reauthenticationMend,
  saslFailuresMend,
  namedFailuresMend,
  swallowedErrorsMend,
  lostSeedMend,
  silentSeedMend,
  movedLeadersMend,
  movedCoordinatorMend,
  unansweredRequestsMend,
  joinHookMend,
  committedOffsetsMend,
  offsetOutOfRangeMend,
]

let modules: KafkaJsModules | undefined

/**
 * Returns kafkajs with the mends: Sluice's own copy, the same at every call. A kafkajs that the program itself loads, before or after, is not
 * changed. Throws SluiceError CLIENT_UNSUPPORTED if kafkajs is not installed, or has another version than the mends are made for.
 */
export function loadMendedKafkajs(): KafkaJs {
  return mendedModule('index.js') as KafkaJs
}

/** Makes the function by which a client of that copy opens its sockets. */
export function mendedSocketFactory(): SocketFactory {
  return (mendedModule('src/network/socketFactory.js') as () => SocketFactory)()
}

/** A module of that copy; `path` is relative to the package. */
export function mendedModule(path: string): unknown {
  modules ??= mendedModules()
  return modules.load(path)
}

function mendedModules(): KafkaJsModules {
  const own = kafkajsModules()
  for (const mend of mends) mend.apply(own)
  return own
}
export { type DescribedTransaction, describeTransaction } from './describe-transaction.ts'
export type { FetchedRecords } from './fetch-decode.ts'
export { type AbortedTransaction, filterAbortedMessages } from './filter-aborted-messages.ts'
export { encodeRecordBatch, type ProducedMessage, messageBytes } from './record-batch.ts'
export { topicIds } from './topic-ids.ts'
