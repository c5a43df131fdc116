import type { WireBroker } from './ask-broker.ts'
import { type AskedFor, neededRight } from './needed-rights.ts'

/** The error codes of Kafka's protocol that callers distinguish. The older ones have kafkajs' names. */
const names: Readonly<Record<number, readonly [type: string, retriable: boolean]>> = {
  [-1]: ['UNKNOWN', false],
  3: ['UNKNOWN_TOPIC_OR_PARTITION', true],
  5: ['LEADER_NOT_AVAILABLE', true],
  6: ['NOT_LEADER_FOR_PARTITION', true],
  7: ['REQUEST_TIMED_OUT', true],
  10: ['MESSAGE_TOO_LARGE', false],
  14: ['GROUP_LOAD_IN_PROGRESS', true],
  15: ['GROUP_COORDINATOR_NOT_AVAILABLE', true],
  16: ['NOT_COORDINATOR_FOR_GROUP', true],
  18: ['RECORD_LIST_TOO_LARGE', false],
  19: ['NOT_ENOUGH_REPLICAS', true],
  20: ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', true],
  22: ['ILLEGAL_GENERATION', false],
  25: ['UNKNOWN_MEMBER_ID', false],
  27: ['REBALANCE_IN_PROGRESS', false],
  29: ['TOPIC_AUTHORIZATION_FAILED', false],
  30: ['GROUP_AUTHORIZATION_FAILED', false],
  31: ['CLUSTER_AUTHORIZATION_FAILED', false],
  32: ['INVALID_TIMESTAMP', false],
  35: ['UNSUPPORTED_VERSION', false],
  45: ['OUT_OF_ORDER_SEQUENCE_NUMBER', false],
  46: ['DUPLICATE_SEQUENCE_NUMBER', false],
  47: ['INVALID_PRODUCER_EPOCH', false],
  48: ['INVALID_TXN_STATE', false],
  49: ['INVALID_PRODUCER_ID_MAPPING', false],
  50: ['INVALID_TRANSACTION_TIMEOUT', false],
  51: ['CONCURRENT_TRANSACTIONS', true],
  53: ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', false],
  56: ['KAFKA_STORAGE_ERROR', true],
  59: ['UNKNOWN_PRODUCER_ID', false],
  74: ['FENCED_LEADER_EPOCH', true],
  75: ['UNKNOWN_LEADER_EPOCH', true],
  82: ['FENCED_INSTANCE_ID', false],
  87: ['INVALID_RECORD', false],
  88: ['UNSTABLE_OFFSET_COMMIT', true],
  89: ['THROTTLING_QUOTA_EXCEEDED', true],
  90: ['PRODUCER_FENCED', false],
  120: ['TRANSACTION_ABORTABLE', false],
}

/** A refused request and its broker. */
export interface Refused extends AskedFor {
  readonly broker: WireBroker
  /** kafkajs' name of the request. */
  readonly method: string
  /** The request and its subject, for the message. */
  readonly what: string
  readonly topic?: string
  /** The broker's error message. */
  readonly words?: string
}

/**
 * The error for a code in an answer, in the form of kafkajs' protocol errors: `type` is the code's name, `retriable` says whether a retry may
 * succeed. For a missing right the message names the user and the right.
 */
export function protocolError(code: number, { broker, method, what, topic, words = '', ...asked }: Refused): Error {
  const [type, retriable] = names[code] ?? [`KAFKA_ERROR_${code}`, false]
  const right = neededRight(method, type, { ...asked, topics: topic === undefined ? [] : [topic] })
  const user = broker.connectionPool.sasl?.username
  const message =
    right === undefined
      ? `${what} was refused: ${type}${words === '' ? '' : ` (${words})`}`
      : `not authorized: ${user === undefined ? 'this client' : `user ${user}`} needs the right ${right}`
  return Object.assign(new Error(message), { name: 'KafkaJSProtocolError', type, code, retriable, topic })
}
