import { SluiceError } from '../../../base/index.ts'
import type { StateStore } from '../../../stores/index.ts'
import { deadLetterOf } from '../../output/index.ts'
import type { MetricsRecorder } from '../../metrics/index.ts'
import type { TaskServices } from '../../nodes/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { StreamRecord } from '../../stream-record.ts'
import type { RecordCollector } from '../commit/index.ts'
import type { StreamsConfig } from '../config/index.ts'
import type { StateManager } from '../state/index.ts'
import { partitionForKey } from '../topics/index.ts'

/** The properties of a task that are known before it is created. */
export interface TaskFacts {
  readonly id: TaskId
  readonly partition: number
  readonly instance: string
  readonly config: StreamsConfig
  readonly state: StateManager
  /** The global stores that the sub-topology reads, by name. */
  readonly globalStores: ReadonlyMap<string, StateStore>
  readonly partitionCounts: ReadonlyMap<string, number>
  readonly metrics: MetricsRecorder
}

/** The services of a task for its processors. */
export function taskServices(
  { id, partition, instance, config, state, globalStores, partitionCounts, metrics }: TaskFacts,
  own: Pick<TaskServices, 'collector' | 'topicId' | 'bootstrapping' | 'finishLater' | 'deadLetter'>,
): TaskServices {
  return {
    applicationId: config.applicationId,
    instance,
    taskId: id,
    partition,
    stores: new Map([...[...state.stores].map(([name, managed]) => [name, managed.store] as const), ...globalStores]),
    metrics,
    log: (level, message, fields) => config.listener.log?.(level, message, { task: id, ...fields }),
    partitionOf: (topic, key) => {
      const count = partitionCounts.get(topic)
      if (count === undefined) throw new SluiceError('TOPIC_MISSING', `topic "${topic}" did not exist when the application started`)
      return partitionForKey(key, count)
    },
    ...own,
  }
}

/** Adds the dead letter for a record that could not be processed to the task's output. */
export function sendDeadLetter(
  { id, partition, config, partitionCounts }: TaskFacts,
  collector: RecordCollector,
  record: StreamRecord,
  cause: unknown,
): void {
  const topic = config.deadLetterTopic
  const target = partition % (partitionCounts.get(topic) ?? 1)
  collector.send(
    topic,
    target,
    deadLetterOf(record, cause, { taskId: id, gate: collector.gate(topic), pendingBytes: collector.pendingBytes }),
  )
}
