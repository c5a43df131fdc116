import type { MetricFamily } from '../../metrics/index.ts'
import type { KafkaLogLevel } from '../kafka/index.ts'
import type { PeerFacts } from './stream-thread.ts'
import type { RestoreProgress, StreamsConfig } from '../config/index.ts'
import type { ThreadMembership } from '../group/index.ts'
import type { ThreadQueries } from '../queries/index.ts'
import type { ThreadStatus } from './thread-handle.ts'
import type { PlainError } from './thread-rpc.ts'
import type { TopicLayout } from '../topics/index.ts'

/** What a worker thread starts from: plain data. */
export interface WorkerThreadData {
  /** URL of the module that builds the topology, and what it is built from. */
  readonly module: string
  readonly options: unknown
  readonly config: PlainConfig
  readonly layout: TopicLayout
  /** The instance's state directory, locked by the main thread; undefined: state in memory. */
  readonly directory: string | undefined
  readonly instance: string
  readonly peer: PeerFacts
}

/** The configuration without its functions, which cannot leave their thread. */
export type PlainConfig = Omit<StreamsConfig, 'listener'>

/** What the main thread calls in a worker. */
export interface WorkerMethods extends ThreadQueries {
  start(): Promise<void>
  metrics(): Promise<readonly MetricFamily[]>
  close(): Promise<void>
}

/** What a worker calls in the main thread. */
export interface HostMethods extends ThreadMembership {
  status(status: ThreadStatus): void
  failed(error: PlainError): void
  restored(progress: RestoreProgress): void
  log(level: KafkaLogLevel, message: string, fields: Record<string, unknown>): void
}
