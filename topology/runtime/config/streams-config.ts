import type { HostInfo, StreamsState, TaskId } from '../../queryable-streams.ts'
import type { KafkaLog, KafkaSettings } from '../kafka/kafka-client.ts'

/** What a running application tells whoever embeds it. */
export interface StreamsListener {
  onStateChange?(state: StreamsState): void
  /** A broker has not answered for that many seconds. */
  onWait?(seconds: number, reason: string): void
  /** Now and then while a task's store is restored, and once at its end. */
  onRestore?(progress: RestoreProgress): void
  /** Something failed and is mended by starting the stream thread anew, or (fatal) cannot be. */
  onError?(error: unknown, fatal: boolean): void
  log?: KafkaLog
}

export interface RestoreProgress {
  readonly task: TaskId
  readonly store: string
  readonly records: number
  readonly milliseconds: number
  /** How much of the changelog's tail has been read, from 0 to 1. */
  readonly share: number
  readonly done: boolean
}

/** Settings of an application, complete. */
export interface StreamsConfig {
  readonly applicationId: string
  readonly brokers: readonly string[]
  readonly ssl: KafkaSettings['ssl']
  readonly sasl: KafkaSettings['sasl']
  /** Where state is kept; undefined: in memory only. */
  readonly stateDir: string | undefined
  /** Where this instance's REST answers, for the others. */
  readonly advertise: HostInfo
  readonly deadLetterTopic: string
  /** Inputs and outputs that do not exist are made, with so many partitions where no joined input tells how many; undefined: they are an error. */
  readonly createPartitions: number | undefined
  readonly guarantee: 'exactly_once' | 'at_least_once'
  readonly commitIntervalMs: number
  readonly sessionTimeoutMs: number
  /** How long it may take until partitions that were added to an input are noticed. */
  readonly metadataMaxAgeMs: number
  /** Other instances that follow each task's changelogs, ready to take it over. The group's leader decides; as many as there are instances for. */
  readonly standbyReplicas: number
  /** Worker threads that process records, each a member of the group; 0: the thread that starts the application does. */
  readonly threads: number
  readonly maxTaskIdleMs: number
  /** How long the first records of other inputs wait for one of a control input that takes long to be processed. */
  readonly readFirstWaitMs: number
  readonly maxBatch: number
  /** Bytes of records that wait, per partition, before it is paused. */
  readonly maxBufferedBytes: number
  /** The same for all partitions together; threads share it equally. */
  readonly maxBufferedTotalBytes: number
  /** A span for each record, to whatever provider the program has set in the OpenTelemetry API. */
  readonly tracing: boolean
  readonly listener: StreamsListener
}

/** The settings that are required, and those that have defaults. */
export type StreamsOptions = Pick<StreamsConfig, 'applicationId' | 'brokers'> & Partial<StreamsConfig>

/** Fills in what is not given, or given as undefined. The options are right: see `checkStreamsOptions`. */
export function streamsConfig(options: StreamsOptions): StreamsConfig {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as unknown as StreamsOptions
  return {
    ssl: undefined,
    sasl: undefined,
    stateDir: undefined,
    advertise: { host: '127.0.0.1', port: 0 },
    deadLetterTopic: `${options.applicationId}-dead-letters`,
    createPartitions: undefined,
    guarantee: 'exactly_once',
    commitIntervalMs: 100,
    sessionTimeoutMs: 10_000,
    metadataMaxAgeMs: 60_000,
    standbyReplicas: 0,
    threads: 0,
    maxTaskIdleMs: 0,
    readFirstWaitMs: 10_000,
    maxBatch: 4096,
    maxBufferedBytes: 8 * 1024 * 1024,
    maxBufferedTotalBytes: 64 * 1024 * 1024,
    tracing: false,
    ...given,
    listener: unharmed(given.listener ?? {}),
  }
}

const told = ['onStateChange', 'onWait', 'onRestore', 'onError', 'log'] as const satisfies readonly (keyof StreamsListener)[]

/** Tells the listener, and goes on whatever becomes of that: what it throws is its own affair, and no task's. */
function unharmed(listener: StreamsListener): StreamsListener {
  const methods = listener as Readonly<Record<string, (...what: readonly unknown[]) => unknown>>
  const tell = (name: string, what: readonly unknown[]): void => {
    try {
      const telling = methods[name]?.(...what)
      if (telling instanceof Promise) telling.catch(() => undefined)
    } catch {
      // Whom should it be told?
    }
  }
  const there = told.filter(name => methods[name] !== undefined)
  return Object.fromEntries(there.map(name => [name, (...what: readonly unknown[]) => tell(name, what)]))
}
