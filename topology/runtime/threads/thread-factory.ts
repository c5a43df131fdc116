import { messageOf, SluiceError } from '../../../base/index.ts'
import type { StateDirectory } from '../../../stores/index.ts'
import { Topology } from '../../topology.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import type { Failover } from '../failover/index.ts'
import { InlineThread } from './inline-thread.ts'
import type { Kafka } from '../kafka/index.ts'
import type { KeyLocator } from '../queries/index.ts'
import type { StreamsConfig, TopologyModule } from '../config/index.ts'
import { deadLetterLog, type ThreadEvents, type ThreadHandle } from './thread-handle.ts'
import type { PlainConfig } from './thread-messages.ts'
import type { TopicLayout } from '../topics/index.ts'
import { WorkerHandle } from './worker-handle.ts'

/** How often threads that do not check for added partitions fetch metadata, ms. */
const unwatchedMs = 300_000

export interface ThreadFactoryParts {
  readonly source: Topology | TopologyModule
  readonly config: StreamsConfig
  readonly kafka: Kafka
  readonly topology: TopologyDefinition
  /** Its `layout` is set. */
  readonly stores: KeyLocator
  readonly directory: StateDirectory | undefined
  readonly instance: string
  readonly failOver: Failover
}

/**
 * The topology as worker threads get it: its options are a clone, so that a thread that starts later builds the same one. Throws CONFIG_INVALID if `threads`
 * is above 0 and the topology, its options or the settings cannot be sent to worker threads.
 */
export function threadSource(source: Topology | TopologyModule, config: StreamsConfig): Topology | TopologyModule {
  const { threads } = config
  const refuse = (what: string): SluiceError => new SluiceError('CONFIG_INVALID', `threads: ${threads} ${what}`)
  if (threads === 0) return source
  if (source instanceof Topology)
    throw refuse('needs the topology as { module: URL, options }: a Topology object cannot be sent to a worker thread')
  try {
    const [options] = structuredClone([source.options, plainConfig(config)])
    return { ...source, options }
  } catch (error) {
    throw refuse(`requires settings and topology options of plain data only: ${messageOf(error)}`)
  }
}

/** Returns a function that makes stream threads: in the main thread if `threads` is 0, otherwise in worker threads. */
export function threadFactory(parts: ThreadFactoryParts): (events: ThreadEvents) => ThreadHandle {
  return events =>
    parts.source instanceof Topology || parts.config.threads === 0 ? inline(parts, events) : worker(parts, parts.source, events)
}

function inline(
  { config, kafka, topology, stores, directory, instance, failOver }: ThreadFactoryParts,
  events: ThreadEvents,
): ThreadHandle {
  const layout = stores.layout as TopicLayout
  const onDeadLetter = deadLetterLog(config.listener.log)
  return new InlineThread(stores, {
    kafka,
    config,
    topology,
    layout,
    directory,
    copies: directory?.newCopies(),
    instance,
    peer: failOver.facts,
    membership: failOver,
    ...events,
    onDeadLetter,
  })
}

function worker(parts: ThreadFactoryParts, { module, options }: TopologyModule, events: ThreadEvents): ThreadHandle {
  const { config, stores, directory, instance, failOver } = parts
  return new WorkerHandle({
    data: {
      module: module.href,
      options,
      config: {
        ...plainConfig(config),
        maxBufferedTotalBytes: Math.ceil(config.maxBufferedTotalBytes / config.threads),
        // When one member joins again all members do, and the leader fetches new metadata.
        metadataMaxAgeMs: events.watchesInputs ? config.metadataMaxAgeMs : Math.max(config.metadataMaxAgeMs, unwatchedMs),
      },
      layout: stores.layout as TopicLayout,
      directory: directory?.path,
      copies: directory?.newCopies(),
      instance,
      peer: failOver.facts,
    },
    listener: config.listener,
    membership: failOver,
    ...events,
  })
}

function plainConfig({ listener: _listener, ...config }: StreamsConfig): PlainConfig {
  return config
}
