// Written from ./streams-option-table.ts by scripts/generate-options.ts: change it there, then run `npm run options`.
import type { HostInfo } from '../../queryable-streams.ts'
import type { SaslOptions } from './sasl-option.ts'
import type { SslOptions } from './ssl-option.ts'
import type { StreamsListener } from './streams-listener.ts'

/** The options of `SluiceStreams`. A wrong one is refused with CONFIG_INVALID; one that is undefined counts as not given. */
export interface StreamsOptions {
  /**
   * Consumer group, and prefix of internal topics and transactional ids.
   *
   * Allowed: 1 to 200 of the characters a-z A-Z 0-9 . _ - (but not "." or "..").
   */
  readonly applicationId: string
  /**
   * Kafka brokers to start from.
   *
   * Allowed: a list of "host:port", at least one.
   */
  readonly brokers: readonly string[]
  /**
   * TLS to the brokers.
   *
   * Allowed: true, false, or an object of options of tls.connect.
   *
   * @defaultValue off
   */
  readonly ssl?: SslOptions | undefined
  /**
   * How the application authenticates to the brokers.
   *
   * Allowed: an object of mechanism and the options of that mechanism.
   *
   * @defaultValue no authentication
   */
  readonly sasl?: SaslOptions | undefined
  /**
   * Directory of the local state.
   *
   * Allowed: the path of a directory.
   *
   * @defaultValue in memory only
   */
  readonly stateDir?: string | undefined
  /**
   * How long the local state of a task that moved to another instance is kept, in case the task comes back.
   *
   * Unit: ms. Allowed: a whole number, 1 or more.
   *
   * @defaultValue `600000`
   */
  readonly stateCleanupDelayMs?: number | undefined
  /**
   * Address at which other instances reach the REST API of this instance.
   *
   * Allowed: `{ host, port }`.
   *
   * @defaultValue `{"host":"127.0.0.1","port":0}`
   */
  readonly advertise?: HostInfo | undefined
  /**
   * Topic that receives the records that could not be processed.
   *
   * Allowed: 1 to 249 of the characters a-z A-Z 0-9 . _ - (but not "." or "..").
   *
   * @defaultValue `<applicationId>-dead-letters`
   */
  readonly deadLetterTopic?: string | undefined
  /**
   * Number of partitions of missing input and output topics, which are then created; joined inputs get as many partitions as one that exists.
   *
   * Unit: partitions. Allowed: a whole number from 1 to 100000.
   *
   * @defaultValue missing topics are an error
   */
  readonly createPartitions?: number | undefined
  /**
   * Processing guarantee.
   *
   * Allowed: exactly_once | at_least_once.
   *
   * @defaultValue `exactly_once`
   */
  readonly guarantee?: 'exactly_once' | 'at_least_once' | undefined
  /**
   * Longest time between two commits.
   *
   * Unit: ms. Allowed: a whole number from 1 to 600000.
   *
   * @defaultValue `500`
   */
  readonly commitIntervalMs?: number | undefined
  /**
   * Longest time that a transaction may take; the brokers abort one that takes longer.
   *
   * Unit: ms. Allowed: a whole number from 1000 to 900000.
   *
   * @defaultValue `10000`
   */
  readonly transactionTimeoutMs?: number | undefined
  /**
   * Time without a heartbeat after which the group removes an instance.
   *
   * Unit: ms. Allowed: a whole number from 1000 to 1800000.
   *
   * @defaultValue `10000`
   */
  readonly sessionTimeoutMs?: number | undefined
  /**
   * How long a stop may take until it goes on without the brokers: what is not committed by then is processed again by the next owner.
   *
   * Unit: ms. Allowed: a whole number from 1 to 1800000.
   *
   * @defaultValue `5000`
   */
  readonly stopTimeoutMs?: number | undefined
  /**
   * Longest time until partitions that were added to an input are noticed: one request of an instance each time.
   *
   * Unit: ms. Allowed: a whole number from 1 to 86400000.
   *
   * @defaultValue `5000`
   */
  readonly metadataMaxAgeMs?: number | undefined
  /**
   * Number of other instances that follow each task's changelogs, ready to take the task over; fewer if there are not enough instances.
   *
   * Unit: instances. Allowed: a whole number from 0 to 10.
   *
   * @defaultValue `0`
   */
  readonly standbyReplicas?: number | undefined
  /**
   * Number of worker threads that process records, each a member of the group with its own tasks; 0: the main thread processes records.
   *
   * Unit: threads. Allowed: a whole number from 0 to 64.
   *
   * @defaultValue `0`
   */
  readonly threads?: number | undefined
  /**
   * How long a task waits for records of an empty input before it processes its other inputs.
   *
   * Unit: ms. Allowed: a whole number from 0 to 600000.
   *
   * @defaultValue `0`
   */
  readonly maxTaskIdleMs?: number | undefined
  /**
   * How long a task that starts waits for a deferred record of a bootstrap input before it processes its other inputs.
   *
   * Unit: ms. Allowed: a whole number from 0 to 600000.
   *
   * @defaultValue `10000`
   */
  readonly bootstrapWaitMs?: number | undefined
  /**
   * Most records in one call of `processBatch`.
   *
   * Unit: records. Allowed: a whole number from 1 to 65536.
   *
   * @defaultValue `4096`
   */
  readonly maxBatch?: number | undefined
  /**
   * What follows when a batch of an input partition is damaged or unpacks to more than 256 MB: stop (that partition stands still, others go on) or skip (a dead letter names its offsets).
   *
   * Allowed: stop | skip.
   *
   * @defaultValue `stop`
   */
  readonly unreadableBatches?: 'stop' | 'skip' | undefined
  /**
   * Memory of the buffered records of one input partition above which the partition is paused.
   *
   * Unit: bytes. Allowed: a whole number, 1 or more.
   *
   * @defaultValue `16777216`
   */
  readonly maxBufferedBytes?: number | undefined
  /**
   * Memory of the buffered records of all input partitions of the instance above which partitions are paused; each thread gets an equal share.
   *
   * Unit: bytes. Allowed: a whole number, 1 or more.
   *
   * @defaultValue `67108864`
   */
  readonly maxBufferedTotalBytes?: number | undefined
  /**
   * Whether each record gets a span, through the OpenTelemetry provider that the program has set up.
   *
   * Allowed: true or false.
   *
   * @defaultValue `false`
   */
  readonly tracing?: boolean | undefined
  /**
   * Functions that the application calls while it runs.
   *
   * Allowed: an object of the functions onStateChange, onWait, onRestore, onError, log.
   *
   * @defaultValue none
   */
  readonly listener?: StreamsListener | undefined
}
