import {
  brokerAddress,
  choice,
  derived,
  directory,
  flag,
  hostPort,
  integer,
  kafkaName,
  listOf,
  option,
  optional,
  required,
} from '../../../base/options/index.ts'
import type { HostInfo } from '../../queryable-streams.ts'
import { saslKind } from './sasl-option.ts'
import { sslKind } from './ssl-option.ts'
import { listenerKind } from './streams-listener.ts'

/** What follows when a batch of an input partition cannot be read: the partition stands still, or the batch is skipped. The first is the default. */
export const unreadablePolicies = ['stop', 'skip'] as const

/** What the processing may promise; the first is the default. */
export const guarantees = ['exactly_once', 'at_least_once'] as const

const minute = 60_000
const megabyte = 2 ** 20

const brokerList = listOf(brokerAddress, {
  allowed: 'a list of "host:port", at least one',
  allowedText: 'host:port, or several with commas between',
  placeholder: 'host:port,…',
})

/**
 * The options of an application. `StreamsOptions`, their checks, the settings of `sluice serve` that are the same, and docs/configuration.md all come
 * from here; after a change run `npm run options`.
 */
export const streamsOptionTable = {
  applicationId: required(kafkaName(200), 'consumer group, and prefix of internal topics and transactional ids'),
  brokers: required(brokerList, 'Kafka brokers to start from'),
  ssl: optional(sslKind, 'TLS to the brokers', { defaultText: 'off', secret: true }),
  sasl: optional(saslKind, 'how the application authenticates to the brokers', { defaultText: 'no authentication', secret: true }),
  stateDir: optional(directory, 'directory of the local state', { defaultText: 'in memory only' }),
  stateCleanupDelayMs: option(
    integer(1),
    10 * minute,
    'how long the local state of a task that moved to another instance is kept, in case the task comes back',
    { unit: 'ms' },
  ),
  advertise: option<HostInfo>(
    { ...hostPort, type: 'HostInfo' },
    { host: '127.0.0.1', port: 0 },
    'address at which other instances reach the REST API of this instance',
  ),
  deadLetterTopic: derived(
    kafkaName(249),
    ({ applicationId }) => defaultDeadLetterTopic(applicationId as string),
    'topic that receives the records that could not be processed',
    { defaultText: '<applicationId>-dead-letters' },
  ),
  createPartitions: optional(
    integer(1, 100_000),
    'number of partitions of missing input and output topics, which are then created; joined inputs get as many partitions as one that exists',
    { defaultText: 'missing topics are an error', unit: 'partitions' },
  ),
  guarantee: option(choice(guarantees), guarantees[0], 'processing guarantee'),
  commitIntervalMs: option(integer(1, 10 * minute), 500, 'longest time between two commits', { unit: 'ms' }),
  transactionTimeoutMs: option(
    integer(1000, 15 * minute),
    10_000,
    'longest time that a transaction may take; the brokers abort one that takes longer',
    { unit: 'ms' },
  ),
  sessionTimeoutMs: option(integer(1000, 30 * minute), 10_000, 'time without a heartbeat after which the group removes an instance', {
    unit: 'ms',
  }),
  stopTimeoutMs: option(
    integer(1, 30 * minute),
    5000,
    'how long a stop may take until it goes on without the brokers: what is not committed by then is processed again by the next owner',
    { unit: 'ms' },
  ),
  metadataMaxAgeMs: option(
    integer(1, 24 * 60 * minute),
    5000,
    'longest time until partitions that were added to an input are noticed: one request of an instance each time',
    { unit: 'ms' },
  ),
  standbyReplicas: option(
    integer(0, 10),
    0,
    "number of other instances that follow each task's changelogs, ready to take the task over; fewer if there are not enough instances",
    { unit: 'instances' },
  ),
  threads: option(
    integer(0, 64),
    0,
    'number of worker threads that process records, each a member of the group with its own tasks; 0: the main thread processes records',
    { unit: 'threads' },
  ),
  maxTaskIdleMs: option(
    integer(0, 10 * minute),
    0,
    'how long a task waits for records of an empty input before it processes its other inputs',
    {
      unit: 'ms',
    },
  ),
  bootstrapWaitMs: option(
    integer(0, 10 * minute),
    10_000,
    'how long a task that starts waits for a deferred record of a bootstrap input before it processes its other inputs',
    { unit: 'ms' },
  ),
  maxBatch: option(integer(1, 65_536), 4096, 'most records in one call of `processBatch`', { unit: 'records' }),
  unreadableBatches: option(
    choice(unreadablePolicies),
    unreadablePolicies[0],
    'what follows when a batch of an input partition is damaged or unpacks to more than 256 MB: stop (that partition stands still, others go on) or skip (a dead letter names its offsets)',
  ),
  maxBufferedBytes: option(
    integer(1),
    16 * megabyte,
    'memory of the buffered records of one input partition above which the partition is paused',
    { unit: 'bytes' },
  ),
  maxBufferedTotalBytes: option(
    integer(1),
    64 * megabyte,
    'memory of the buffered records of all input partitions of the instance above which partitions are paused; each thread gets an equal share',
    { unit: 'bytes' },
  ),
  tracing: option(flag, false, 'whether each record gets a span, through the OpenTelemetry provider that the program has set up'),
  listener: option(listenerKind, {}, 'functions that the application calls while it runs', { defaultText: 'none' }),
} as const

/** Where records go that could not be processed, unless an option says otherwise. */
export function defaultDeadLetterTopic(applicationId: string): string {
  return `${applicationId}-dead-letters`
}
