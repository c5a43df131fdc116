import { pause, SluiceError } from '../../../base/index.ts'
import type { TaskDirectories } from '../../../stores/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import type { StreamsConfig } from '../config/index.ts'
import type { ThreadMetrics } from '../metrics/index.ts'
import { type ForeignRows, keysOf, StateManager } from '../state/index.ts'
import type { Kafka } from '../kafka/index.ts'
import { taskOf, type TopicLayout } from '../topics/index.ts'

export interface StateParts {
  readonly kafka: Kafka
  readonly config: StreamsConfig
  readonly topology: TopologyDefinition
  readonly layout: TopicLayout
  /** undefined: stores are in memory. */
  readonly directory: TaskDirectories | undefined
  readonly metrics: ThreadMetrics
}

/**
 * How often, and after which pause in ms, to try to open a store that another thread of this instance still has open: that thread closes it in the
 * same rebalance.
 */
const lockedTries = 50
const lockedPauseMs = 100

/** Opens the stores of a task, which another thread of this instance may still have open. Throws STATE_DIRECTORY_LOCKED after 50 attempts. */
export async function openUnlocked(parts: StateParts, id: TaskId): Promise<StateManager> {
  for (let tries = 1; ; tries++) {
    try {
      return await openState(parts, id)
    } catch (error) {
      if (!(error instanceof SluiceError && error.code === 'STATE_DIRECTORY_LOCKED') || tries === lockedTries) throw error
      await pause(lockedPauseMs)
    }
  }
}

/** Opens the stores of a task. */
export function openState(parts: StateParts, id: TaskId): Promise<StateManager> {
  const { config, topology, layout, directory, metrics } = parts
  return StateManager.open({
    applicationId: config.applicationId,
    task: id,
    tombstonesMs: layout.tombstonesMs,
    ...taskOf(topology, id),
    directoryOf: store => directory?.storeDirectory(id, store),
    onRestore: progress => {
      metrics.restored(progress)
      config.listener.onRestore?.(progress)
    },
    onRebuild: (store, reason, message) => {
      metrics.rebuilt(store, reason)
      config.listener.log?.('warn', 'a store was not usable: it is restored from the beginning of its changelog', {
        task: id,
        store,
        reason: message,
      })
    },
    onDropped: (store, writes) => {
      metrics.dropped(id, store, writes)
      config.listener.log?.('warn', "writes to a versioned store were dropped: they are older than the store's history", {
        task: id,
        store,
        writes,
      })
    },
    readForeign: config.guarantee === 'exactly_once' ? undefined : rows => readForeign(parts, id, rows),
  })
}

/** A member that was frozen has written rows when this task had taken over: they came behind newer ones. */
function readForeign(
  { kafka, config, metrics }: StateParts,
  task: TaskId,
  { store, count, ...part }: ForeignRows,
): Promise<readonly Uint8Array[]> {
  metrics.foreignRows(task, count)
  const said = 'rows of another writer came into the changelog, probably of a member that was frozen: the task writes its own again'
  config.listener.log?.('warn', said, { task, store, rows: count })
  return keysOf(kafka, part)
}
