import type { Cluster, Kafka, KafkaConfig, LogEntry, Producer, ProducerConfig, RetryOptions } from 'kafkajs'
import { SluiceError } from '../../../base/index.ts'
import { refusalOf } from './broker-refusal.ts'
import { describeTopics, loadMendedKafkajs } from './kafkajs-mends/index.ts'
import { oauthMechanism, type OAuthBearer } from './oauth/index.ts'

export { describeTopics, type DescribedTopic } from './kafkajs-mends/index.ts'
export type { OAuthBearer } from './oauth/index.ts'
export type { TokenEndpoint, TokenSource } from './oauth/index.ts'

export type {
  Admin,
  Assigner,
  Batch,
  Cluster,
  Consumer,
  IHeaders,
  Kafka,
  KafkaMessage,
  Message,
  PartitionAssigner,
  Producer,
  ProducerRecord,
  RecordMetadata,
  Transaction,
} from 'kafkajs'

/** How much a line matters. */
export type KafkaLogLevel = 'error' | 'warn' | 'info' | 'debug'

/** Where the client's own log lines go. */
export type KafkaLog = (level: KafkaLogLevel, message: string, fields: Record<string, unknown>) => void

/** How kafkajs' own mechanisms are told: plain, scram-sha-256, scram-sha-512, aws, oauthbearer. */
export type KafkaJsSasl = NonNullable<KafkaConfig['sasl']>

/** How to reach the brokers. */
export interface KafkaSettings {
  /** `host:port`, at least one that answers. */
  readonly brokers: readonly string[]
  /** By which brokers know the client. */
  readonly clientId: string
  /** TLS, as for node:tls; default none. */
  readonly ssl?: NonNullable<KafkaConfig['ssl']> | undefined
  /** Left as it is, frozen or not. */
  readonly sasl?: KafkaJsSasl | OAuthBearer | undefined
  /** Default: silent. */
  readonly log?: KafkaLog | undefined
  /** The least level that goes to `log`; default info. Debug costs on every request. */
  readonly logLevel?: KafkaLogLevel | undefined
}

/** Rides out an outage of minutes; kafkajs' own default gives up after 9 s. */
export const outageRetry: RetryOptions = { initialRetryTime: 50, maxRetryTime: 250, retries: 1000 }

/**
 * For transactional producers: the coordinator answers CONCURRENT_TRANSACTIONS until it has finished the transaction before,
 * which takes some milliseconds.
 */
export const transactionRetry: RetryOptions = { initialRetryTime: 5, maxRetryTime: 50, retries: 1000 }

const settingsOf = new WeakMap<Kafka, KafkaSettings>()

/** A Kafka client: mended kafkajs that rides out outages and logs to `settings.log`. Throws SluiceError CLIENT_UNSUPPORTED. */
export function createKafka(settings: KafkaSettings): Kafka {
  return newKafka(settings, outageRetry)
}

function newKafka(settings: KafkaSettings, retry: RetryOptions): Kafka {
  const kafkajs = loadMendedKafkajs()
  const config: KafkaConfig = {
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    connectionTimeout: 3000,
    retry,
    logLevel: settings.log ? kafkajs.logLevel[levelNames[settings.logLevel ?? 'info']] : kafkajs.logLevel.NOTHING,
    logCreator: () => entry => logTo(settings.log, entry),
  }
  if (settings.ssl !== undefined) config.ssl = settings.ssl
  if (settings.sasl !== undefined) config.sasl = ownSasl(settings.sasl)
  const kafka = new kafkajs.Kafka(config)
  const producer = kafka.producer.bind(kafka)
  // A partitioner that is named silences kafkajs' warning about its default, which is this very one.
  kafka.producer = (options?: ProducerConfig): Producer =>
    producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner, ...options })
  settingsOf.set(kafka, settings)
  return kafka
}

/** kafkajs writes into what it is given. */
function ownSasl(sasl: KafkaJsSasl | OAuthBearer): KafkaJsSasl {
  return 'token' in sasl ? (oauthMechanism(sasl) as unknown as KafkaJsSasl) : { ...sasl }
}

const levelNames = { error: 'ERROR', warn: 'WARN', info: 'INFO', debug: 'DEBUG' } as const
const levelsByLabel: Record<string, KafkaLogLevel> = { ERROR: 'error', WARN: 'warn', INFO: 'info', DEBUG: 'debug' }

function logTo(log: KafkaLog | undefined, entry: LogEntry): void {
  const { message, timestamp: _timestamp, logger: _logger, ...fields } = entry.log
  log?.(levelsByLabel[entry.label] ?? 'info', message, { part: entry.namespace, ...fields })
}

/**
 * A connection pool of its own, not yet connected: requests that kafkajs' consumer, producer and admin do not offer (a fetch
 * without a group, leaving a group in another member's name). kafkajs hands its cluster to partition assigners only, so a consumer
 * that is never connected serves to get at one. Reads committed records, unless told otherwise; never creates a topic. The caller
 * disconnects it.
 */
export function newCluster(kafka: Kafka, options: { readonly readUncommitted?: boolean } = {}): Cluster {
  let found: Cluster | undefined
  kafka.consumer({
    groupId: 'none',
    allowAutoTopicCreation: false,
    readUncommitted: options.readUncommitted ?? false,
    partitionAssigners: [
      ({ cluster }) => {
        found = cluster
        return {
          name: 'none',
          version: 0,
          protocol: () => ({ name: 'none', metadata: Buffer.alloc(0) }),
          assign: () => Promise.resolve([]),
        }
      },
    ],
  })
  if (!found) throw new SluiceError('CLIENT_UNSUPPORTED', 'kafkajs does not pass its cluster to partition assigners')
  return found
}

export interface WaitForBrokerOptions {
  /** Called every few seconds while no broker answers: whole seconds waited so far, and the last error. */
  onWait(seconds: number, reason: string): void
  readonly signal?: AbortSignal | undefined
}

const probePause = 100
const waitReport = 3000

/**
 * Resolves once a broker answers. Throws SluiceError BROKER_UNREACHABLE when the signal aborts, BROKER_FAILED when a broker
 * answers but refuses (wrong credentials): that does not mend itself by waiting.
 */
export async function waitForBroker(kafka: Kafka, options: WaitForBrokerOptions): Promise<void> {
  const settings = settingsOf.get(kafka)
  if (!settings) throw new SluiceError('CLIENT_UNSUPPORTED', 'waitForBroker needs a client made by createKafka')
  const brokers = settings.brokers.join(', ')
  const started = Date.now()
  let reported = started
  let reason = 'the wait was ended'
  for (;;) {
    if (options.signal?.aborted) throw new SluiceError('BROKER_UNREACHABLE', `no Kafka broker answered at ${brokers}: ${reason}`)
    const failure = await orAborted(probe({ ...settings, log: undefined }), options.signal)
    if (options.signal?.aborted) continue
    if (failure === undefined) return
    const { message, final } = refusalOf(failure, settings)
    if (final) throw new SluiceError('BROKER_FAILED', `the Kafka broker at ${brokers} refused: ${message}`, { cause: failure })
    reason = message
    if (Date.now() - reported >= waitReport) {
      reported = Date.now()
      options.onWait(Math.round((reported - started) / 1000), message)
    }
    await pause(probePause, options.signal)
  }
}

/** One try at every broker of the list, and at one of those that it tells of; what failed, or undefined. */
async function probe(settings: KafkaSettings): Promise<unknown> {
  const admin = newKafka(settings, { retries: settings.brokers.length - 1, initialRetryTime: 1, maxRetryTime: 1 }).admin()
  try {
    await admin.connect()
    await describeTopics(admin, [])
    return undefined
  } catch (error) {
    return error
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}

/** Whether it is the brokers' state at that moment that failed, the connection included, and not the request: another try may do better. */
export function isPassing(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (/^KafkaJS(Connection|RequestTimeout|BrokerNotFound|NoBroker|GroupCoordinator|LockTimeout)/.test(cause.name)) return true
    if (cause.name === 'KafkaJSProtocolError' && 'retriable' in cause && cause.retriable === true) return true
    if (cause.cause === cause) return false
  }
  return false
}

/** What the broker called the error, where it is one of the protocol's: kafkajs' `type`, also where a retry has wrapped it. */
export function protocolErrorOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('type' in cause && typeof cause.type === 'string') return cause.type
    if (cause.cause === cause) break
  }
  return undefined
}

/** Waits, or less when the signal aborts; never throws. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal?.addEventListener('abort', done)
  })
}

/** What the work gives, or undefined as soon as the signal aborts; what becomes of the work then is not looked at. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  if (!signal) return await work
  let onAbort: () => void = () => undefined
  const aborted = new Promise<undefined>(resolve => {
    onAbort = () => resolve(undefined)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
  })
  work.catch(() => undefined)
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
