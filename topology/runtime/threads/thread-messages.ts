import type { MetricFamily } from '../../metrics/index.ts'
import type { KafkaLogLevel } from '../kafka/index.ts'
import type { PeerFacts } from './stream-thread.ts'
import type { RestoreProgress, StreamsConfig } from '../config/index.ts'
import type { ThreadMembership } from '../group/index.ts'
import type { ThreadQueries } from '../queries/index.ts'
import type { ThreadStatus } from './thread-handle.ts'
import type { PlainError } from './thread-rpc.ts'
import type { TopicLayout } from '../topics/index.ts'

/** The start data of a worker thread: plain data. */
export interface WorkerThreadData {
  /** URL of the module that builds the topology, and the argument of its function. */
  readonly module: string
  readonly options: unknown
  readonly config: PlainConfig
  readonly layout: TopicLayout
  /** The instance's state directory, which the main thread has locked; undefined: stores are in memory. */
  readonly directory: string | undefined
  /** See `GlobalStoresParts`. */
  readonly copies: string | undefined
  readonly instance: string
  readonly peer: PeerFacts
}

/** The configuration without its functions, which cannot be sent to another thread. */
export type PlainConfig = Omit<StreamsConfig, 'listener'>

/** The methods of a worker that the main thread calls. */
export interface WorkerMethods extends ThreadQueries {
  start(): Promise<void>
  metrics(): Promise<readonly MetricFamily[]>
  close(): Promise<void>
}

/** The methods of the main thread that a worker calls. */
export interface HostMethods extends ThreadMembership {
  status(status: ThreadStatus): void
  /** The last metrics of a worker that ends; others are asked for. */
  metrics(families: readonly MetricFamily[]): void
  failed(error: PlainError): void
  restored(progress: RestoreProgress): void
  log(level: KafkaLogLevel, message: string, fields: Record<string, unknown>): void
}
