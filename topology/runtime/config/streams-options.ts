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
   * Allowed: an object of mechanism and what it needs.
   *
   * @defaultValue no authentication
   */
  readonly sasl?: SaslOptions | undefined
  /**
   * Where state is kept on this machine.
   *
   * Allowed: the path of a directory.
   *
   * @defaultValue in memory only
   */
  readonly stateDir?: string | undefined
  /**
   * Address under which other instances reach this one by REST.
   *
   * Allowed: `{ host, port }`.
   *
   * @defaultValue `{"host":"127.0.0.1","port":0}`
   */
  readonly advertise?: HostInfo | undefined
  /**
   * Topic of the records that could not be processed.
   *
   * Allowed: 1 to 249 of the characters a-z A-Z 0-9 . _ - (but not "." or "..").
   *
   * @defaultValue `<applicationId>-dead-letters`
   */
  readonly deadLetterTopic?: string | undefined
  /**
   * Partitions of input and output topics that do not exist yet and are created, where no joined input says how many.
   *
   * Unit: partitions. Allowed: a whole number from 1 to 100000.
   *
   * @defaultValue missing topics are an error
   */
  readonly createPartitions?: number | undefined
  /**
   * What holds after a failure.
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
   * @defaultValue `100`
   */
  readonly commitIntervalMs?: number | undefined
  /**
   * Time without a heartbeat after which the group removes an instance.
   *
   * Unit: ms. Allowed: a whole number from 1000 to 1800000.
   *
   * @defaultValue `10000`
   */
  readonly sessionTimeoutMs?: number | undefined
  /**
   * Longest time until partitions that were added to an input are noticed.
   *
   * Unit: ms. Allowed: a whole number from 1 to 86400000.
   *
   * @defaultValue `60000`
   */
  readonly metadataMaxAgeMs?: number | undefined
  /**
   * Other instances that follow each task's changelogs, ready to take it over; as many as there are instances for.
   *
   * Unit: instances. Allowed: a whole number from 0 to 10.
   *
   * @defaultValue `0`
   */
  readonly standbyReplicas?: number | undefined
  /**
   * Worker threads that process records, each a member of the group with tasks of its own; 0: the main thread does.
   *
   * Unit: threads. Allowed: a whole number from 0 to 64.
   *
   * @defaultValue `0`
   */
  readonly threads?: number | undefined
  /**
   * How long a task waits for an empty input before it goes on with the others.
   *
   * Unit: ms. Allowed: a whole number from 0 to 600000.
   *
   * @defaultValue `0`
   */
  readonly maxTaskIdleMs?: number | undefined
  /**
   * How long the first records of other inputs wait for a record of a bootstrap input that takes long to be processed.
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
   * Size of the records of one partition that wait to be processed; beyond it the partition is paused.
   *
   * Unit: bytes. Allowed: a whole number, 1 or more.
   *
   * @defaultValue `8388608`
   */
  readonly maxBufferedBytes?: number | undefined
  /**
   * The same for all partitions of the instance together; threads share it equally.
   *
   * Unit: bytes. Allowed: a whole number, 1 or more.
   *
   * @defaultValue `67108864`
   */
  readonly maxBufferedTotalBytes?: number | undefined
  /**
   * A span for each record, to the OpenTelemetry provider that the program has set up.
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
