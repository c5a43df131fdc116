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
  stateDir: optional(directory, 'where state is kept on this machine', { defaultText: 'in memory only' }),
  advertise: option<HostInfo>(
    { ...hostPort, type: 'HostInfo' },
    { host: '127.0.0.1', port: 0 },
    'address under which other instances reach this one by REST',
  ),
  deadLetterTopic: derived(
    kafkaName(249),
    ({ applicationId }) => defaultDeadLetterTopic(applicationId as string),
    'topic of the records that could not be processed',
    { defaultText: '<applicationId>-dead-letters' },
  ),
  createPartitions: optional(
    integer(1, 100_000),
    'partitions of input and output topics that do not exist yet and are created, where no joined input says how many',
    { defaultText: 'missing topics are an error', unit: 'partitions' },
  ),
  guarantee: option(choice(guarantees), guarantees[0], 'what holds after a failure'),
  commitIntervalMs: option(integer(1, 10 * minute), 100, 'longest time between two commits', { unit: 'ms' }),
  sessionTimeoutMs: option(integer(1000, 30 * minute), 10_000, 'time without a heartbeat after which the group removes an instance', {
    unit: 'ms',
  }),
  metadataMaxAgeMs: option(integer(1, 24 * 60 * minute), minute, 'longest time until partitions that were added to an input are noticed', {
    unit: 'ms',
  }),
  standbyReplicas: option(
    integer(0, 10),
    0,
    "other instances that follow each task's changelogs, ready to take it over; as many as there are instances for",
    { unit: 'instances' },
  ),
  threads: option(
    integer(0, 64),
    0,
    'worker threads that process records, each a member of the group with tasks of its own; 0: the main thread does',
    { unit: 'threads' },
  ),
  maxTaskIdleMs: option(integer(0, 10 * minute), 0, 'how long a task waits for an empty input before it goes on with the others', {
    unit: 'ms',
  }),
  bootstrapWaitMs: option(
    integer(0, 10 * minute),
    10_000,
    'how long the first records of other inputs wait for a record of a bootstrap input that takes long to be processed',
    { unit: 'ms' },
  ),
  maxBatch: option(integer(1, 65_536), 4096, 'most records in one call of `processBatch`', { unit: 'records' }),
  maxBufferedBytes: option(
    integer(1),
    8 * megabyte,
    'size of the records of one partition that wait to be processed; beyond it the partition is paused',
    { unit: 'bytes' },
  ),
  maxBufferedTotalBytes: option(
    integer(1),
    64 * megabyte,
    'the same for all partitions of the instance together; threads share it equally',
    { unit: 'bytes' },
  ),
  tracing: option(flag, false, 'a span for each record, to the OpenTelemetry provider that the program has set up'),
  listener: option(listenerKind, {}, 'functions that the application calls while it runs', { defaultText: 'none' }),
} as const

/** Where records go that could not be processed, unless an option says otherwise. */
export function defaultDeadLetterTopic(applicationId: string): string {
  return `${applicationId}-dead-letters`
}
