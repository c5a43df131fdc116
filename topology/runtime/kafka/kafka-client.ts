import type { Cluster, Kafka, KafkaConfig, LogEntry, Producer, ProducerConfig, RetryOptions } from 'kafkajs'
import { env, orAborted, pause, SluiceError } from '../../../base/index.ts'
import { refusalOf } from './broker-refusal.ts'
import { ClientSockets } from './wire/index.ts'
import { describeTopics, loadMendedKafkajs, mendedSocketFactory } from './kafkajs-mends/index.ts'
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

/** The level of a log line. */
export type KafkaLogLevel = 'error' | 'warn' | 'info' | 'debug'

/** Writes a log line of the Kafka client: level, message, and further fields. */
export type KafkaLog = (level: KafkaLogLevel, message: string, fields: Record<string, unknown>) => void

/** The `sasl` settings of kafkajs' own mechanisms: plain, scram-sha-256, scram-sha-512, aws, oauthbearer. */
export type KafkaJsSasl = NonNullable<KafkaConfig['sasl']>

/** How to reach the brokers. */
export interface KafkaSettings {
  /** Addresses `host:port`; at least one of them must answer. */
  readonly brokers: readonly string[]
  /** The client id that is sent to brokers. */
  readonly clientId: string
  /** Options of TLS, as for node:tls; default: no TLS. */
  readonly ssl?: NonNullable<KafkaConfig['ssl']> | undefined
  /** The SASL mechanism and its settings; the object is not changed. Default: no authentication. */
  readonly sasl?: KafkaJsSasl | OAuthBearer | undefined
  /** Receives the client's log lines; default: none are written. */
  readonly log?: KafkaLog | undefined
  /** The lowest level that is written to `log`; default info. Debug slows down every request. */
  readonly logLevel?: KafkaLogLevel | undefined
}

/** Retries for minutes, so that an outage of the brokers is survived; kafkajs' own default gives up after 9 s. */
export const outageRetry: RetryOptions = { initialRetryTime: 50, maxRetryTime: 250, retries: 1000 }

/**
 * For transactional producers: the coordinator answers CONCURRENT_TRANSACTIONS until it has completed the previous transaction, which takes some
 * milliseconds.
 */
export const transactionRetry: RetryOptions = { initialRetryTime: 5, maxRetryTime: 50, retries: 1000 }

const settingsOf = new WeakMap<Kafka, KafkaSettings>()
const socketsOf = new WeakMap<Kafka, ClientSockets>()

/** Creates a Kafka client: kafkajs with our mends, which retries during outages and logs to `settings.log`. Throws SluiceError CLIENT_UNSUPPORTED. */
export function createKafka(settings: KafkaSettings): Kafka {
  return newKafka(settings, outageRetry)
}

function newKafka(settings: KafkaSettings, retry: RetryOptions): Kafka {
  const kafkajs = loadMendedKafkajs()
  const sockets = new ClientSockets(mendedSocketFactory())
  const config: KafkaConfig = {
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    connectionTimeout: 3000,
    socketFactory: sockets.socketFactory as NonNullable<KafkaConfig['socketFactory']>,
    retry,
    logLevel: settings.log ? kafkajs.logLevel[levelNames[settings.logLevel ?? 'info']] : kafkajs.logLevel.NOTHING,
    logCreator: () => entry => logTo(settings.log, entry),
  }
  if (settings.ssl !== undefined) config.ssl = settings.ssl
  if (settings.sasl !== undefined) config.sasl = ownSasl(settings.sasl)
  const kafka = new kafkajs.Kafka(config)
  const producer = kafka.producer.bind(kafka)
  // Naming kafkajs' default partitioner silences its warning about that default.
  kafka.producer = (options?: ProducerConfig): Producer =>
    producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner, ...options })
  settingsOf.set(kafka, settings)
  socketsOf.set(kafka, sockets)
  return kafka
}

/**
 * Ends what is asked of brokers through the client, by its consumers, producers, admins and clusters: each request fails at once, is not repeated, and no
 * connection is opened any more. It is unknown then whether requests under way took effect.
 */
export function cutOff(kafka: Kafka): void {
  socketsOf.get(kafka)?.cutOff()
}

/** A copy of the settings, because kafkajs changes the object that it receives. */
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
 * A new connection pool, not yet connected, for requests that kafkajs' consumer, producer and admin do not offer (a fetch without a group, a LeaveGroup
 * for another member). kafkajs passes its cluster to partition assigners only, so it is taken from a consumer that is never connected. Reads committed
 * records only, unless `readUncommitted` is set; never creates a topic. The caller must disconnect it. Throws CLIENT_UNSUPPORTED.
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
 * Resolves once a broker answers. Throws SluiceError BROKER_UNREACHABLE when the signal aborts, and BROKER_FAILED if a broker refuses for a reason that
 * waiting does not change, such as wrong credentials.
 */
export async function waitForBroker(kafka: Kafka, options: WaitForBrokerOptions): Promise<void> {
  const settings = settingsOf.get(kafka)
  if (!settings) throw new SluiceError('CLIENT_UNSUPPORTED', 'waitForBroker needs a client made by createKafka')
  const brokers = settings.brokers.join(', ')
  const started = env.monotonic()
  let reported = started
  let reason = 'the wait was ended'
  for (;;) {
    if (options.signal?.aborted) throw new SluiceError('BROKER_UNREACHABLE', `no Kafka broker answered at ${brokers}: ${reason}`)
    const client = probingClient(settings)
    const failure = await orAborted(probe(client), options.signal)
    if (options.signal?.aborted) {
      cutOff(client)
      continue
    }
    if (failure === undefined) return
    const { message, final } = refusalOf(failure, settings)
    if (final) throw new SluiceError('BROKER_FAILED', `the Kafka broker at ${brokers} refused: ${message}`, { cause: failure })
    reason = message
    if (env.monotonic() - reported >= waitReport) {
      reported = env.monotonic()
      options.onWait(Math.round((reported - started) / 1000), message)
    }
    await pause(probePause, options.signal)
  }
}

/** A client that tries each broker of the list once. */
function probingClient(settings: KafkaSettings): Kafka {
  return newKafka({ ...settings, log: undefined }, { retries: settings.brokers.length - 1, initialRetryTime: 1, maxRetryTime: 1 })
}

/** Asks a broker, and one of the brokers that the answer advertises; returns the failure, or undefined. */
async function probe(kafka: Kafka): Promise<unknown> {
  const admin = kafka.admin()
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

/** Whether an error comes from the present state of the brokers or the connection, so that another attempt may succeed. */
export function isPassing(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (/^KafkaJS(Connection|RequestTimeout|BrokerNotFound|NoBroker|GroupCoordinator|LockTimeout)/.test(cause.name)) return true
    if (cause.name === 'KafkaJSProtocolError' && 'retriable' in cause && cause.retriable === true) return true
    if (cause.cause === cause) return false
  }
  return false
}

/** The protocol's name of a broker error (kafkajs' `type`), also if a retry has wrapped the error; undefined for other errors. */
export function protocolErrorOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('type' in cause && typeof cause.type === 'string') return cause.type
    if (cause.cause === cause) break
  }
  return undefined
}
