import { getHeapStatistics } from 'node:v8'
import { env } from '../../../base/index.ts'
import { type MetricDefinition, type MetricFamily, type MetricSample, MetricsRecorder, secondsBounds } from '../../metrics/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import {
  brokerAway,
  failureCode,
  followerRetries,
  foreignRows,
  offsetsForward,
  ownFailures,
  storesRebuilt,
  tasksAbandoned,
  type RebuildReason,
} from './failure-metrics.ts'
import type { ManagedStore } from '../../../stores/index.ts'
import type { RestoreProgress } from '../config/index.ts'
import { taskMetrics } from './task-metrics.ts'

const rebalance: MetricDefinition = {
  name: 'sluice_rebalance_seconds',
  kind: 'histogram',
  help: 'Time from the suspension of the tasks until the next assignment is in place; restores follow after it.',
  labels: [],
  bounds: secondsBounds,
}
const restore: MetricDefinition = {
  name: 'sluice_restore_seconds',
  kind: 'histogram',
  help: "Time of a restore of a task's store from its changelog.",
  labels: ['store'],
  bounds: secondsBounds,
}
const droppedWrites: MetricDefinition = {
  name: 'sluice_dropped_writes_total',
  kind: 'counter',
  help: 'Writes to a versioned store that were dropped because they are older than its history.',
  labels: ['task', 'store'],
}

const unreadableBatches: MetricDefinition = {
  name: 'sluice_unreadable_batches_total',
  kind: 'counter',
  help: 'Batches of inputs that could not be read, by what followed: stop (the partition stands still) or skip (a dead letter).',
  labels: ['topic', 'policy'],
}

const gauge = (name: string, help: string, labels: readonly string[]): MetricDefinition => ({ name, kind: 'gauge', help, labels })

const inputLag = gauge(
  'sluice_input_lag_records',
  'Offsets from the next record to process to the end of the input partition, as last fetched.',
  ['task', 'topic', 'partition'],
)
const stopped = gauge('sluice_input_stopped', '1 for an input partition that stands still before a batch that cannot be read.', [
  'task',
  'topic',
  'partition',
])
const inputWaiting = gauge(
  'sluice_input_waiting_seconds',
  'How long the next record of an input partition has waited for what it takes to decode it, such as a schema; 0: it does not wait.',
  ['task', 'topic', 'partition'],
)
const buffered = gauge('sluice_buffered_records', 'Records that were fetched and wait to be processed.', ['task'])
const bufferedBytes = gauge('sluice_buffered_bytes', 'Bytes of the records that were fetched and wait to be processed.', ['task'])
const restoreProgress = gauge(
  'sluice_restore_progress_ratio',
  "Share of a store's changelog that has been read, from 0 to 1; 1 once its task runs.",
  ['task', 'store'],
)
const standbyLag = gauge('sluice_standby_lag_records', 'Offsets that a standby task is behind the ends of its changelogs.', ['task'])
const storeRows = gauge('sluice_store_rows', 'Committed rows in a store of a stream task or a standby task.', ['task', 'store'])
const threads = gauge('sluice_threads', 'Stream threads, by whether they are members of the group or joining it.', ['state'])
const heap = gauge('sluice_thread_heap_bytes', 'JavaScript heap in use by all stream threads.', [])
const busy: MetricDefinition = {
  name: 'sluice_thread_busy_seconds_total',
  kind: 'counter',
  help: 'Time in which the event loops of the stream threads were active.',
  labels: [],
}

/** The buffered records of one input partition. */
interface MeasuredQueue {
  readonly topic: string
  readonly partition: number
  /** The end offset of the partition, as last fetched. */
  readonly end: number
  /** The offset of the next record to process. */
  readonly consumed: number
  readonly size: number
  readonly bytes: number
  readonly stopped?: boolean
  readonly pending?: unknown
  readonly waiting?: { readonly since: number } | undefined
}

interface MeasuredState {
  readonly stores: ReadonlyMap<string, Pick<ManagedStore, 'rows'>>
}

/** The state of a task from which gauges are computed. */
interface MeasuredTask {
  readonly id: TaskId
  readonly state: string
  readonly stateManager: MeasuredState
  readonly inputs: { readonly queues: readonly MeasuredQueue[] }
}

export interface MeasuredTasks {
  readonly tasks: readonly MeasuredTask[]
  readonly standbys: readonly { readonly id: TaskId; readonly lag: number | undefined; readonly stateManager: MeasuredState | undefined }[]
}

/** The metrics of one stream thread: counters and histograms, which are recorded at once, and gauges, which `families` computes from the tasks. */
export class ThreadMetrics {
  readonly recorder = new MetricsRecorder()
  /** The share that has been read of each store that is being restored, by "task/store". */
  readonly #restoring = new Map<string, number>()
  readonly #busyBefore = env.busy()
  #rebalancingSince: number | undefined

  constructor() {
    this.recorder.declare([...taskMetrics, rebalance, restore, droppedWrites, unreadableBatches, ...ownFailures])
  }

  restored({ task, store, milliseconds, share, done }: RestoreProgress): void {
    if (!done) return void this.#restoring.set(`${task}/${store}`, share)
    this.#restoring.delete(`${task}/${store}`)
    this.recorder.distribution(restore, [store]).observe(milliseconds / 1000)
  }

  dropped(task: TaskId, store: string, writes: number): void {
    this.recorder.figure(droppedWrites, [task, store]).add(writes)
  }

  unreadable(topic: string, policy: string): void {
    this.recorder.figure(unreadableBatches, [topic, policy]).add(1)
  }

  /** The tasks were suspended for a rebalance. Further calls until `rebalanced` have no effect. */
  rebalancing(): void {
    this.#rebalancingSince ??= env.monotonic()
  }

  rebalanced(): void {
    if (this.#rebalancingSince !== undefined)
      this.recorder.distribution(rebalance).observe((env.monotonic() - this.#rebalancingSince) / 1000)
    this.#rebalancingSince = undefined
  }

  brokerSilent(milliseconds: number): void {
    this.recorder.figure(brokerAway).add(milliseconds / 1000)
  }

  rebuilt(store: string, reason: RebuildReason): void {
    this.recorder.figure(storesRebuilt, [store, reason]).add(1)
  }

  /** Counts a task that was closed without a commit. */
  abandoned(cause: unknown): void {
    this.recorder.figure(tasksAbandoned, [failureCode(cause)]).add(1)
  }

  broughtForward(task: TaskId): void {
    this.recorder.figure(offsetsForward, [task]).add(1)
  }

  foreignRows(task: TaskId, count: number): void {
    this.recorder.figure(foreignRows, [task]).add(count)
  }

  followerFailed(kind: 'standby' | 'global_store', cause: unknown): void {
    this.recorder.figure(followerRetries, [kind, failureCode(cause)]).add(1)
  }

  families({ tasks, standbys }: MeasuredTasks): MetricFamily[] {
    return [
      ...this.recorder.families(),
      ...inputFamilies(tasks),
      of(
        restoreProgress,
        tasks.flatMap(task => this.#progressOf(task)),
      ),
      of(
        standbyLag,
        standbys.flatMap(({ id, lag }) => (lag === undefined ? [] : [sample(lag, id)])),
      ),
      of(storeRows, [...tasks, ...standbys].flatMap(rowsOf)),
      of(heap, [sample(getHeapStatistics().used_heap_size)]),
      of(busy, [sample((env.busy() - this.#busyBefore) / 1000)]),
    ]
  }

  #progressOf({ id, state, stateManager }: MeasuredTask): readonly MetricSample[] {
    return [...stateManager.stores.keys()].map(store =>
      sample(state === 'running' ? 1 : (this.#restoring.get(`${id}/${store}`) ?? 0), id, store),
    )
  }
}

function inputFamilies(tasks: readonly MeasuredTask[]): readonly MetricFamily[] {
  const lags = tasks.flatMap(({ id, inputs }) =>
    inputs.queues.map(({ topic, partition, end, consumed }) => sample(Math.max(0, end - consumed), id, topic, String(partition))),
  )
  const still = tasks.flatMap(({ id, inputs }) =>
    inputs.queues.flatMap(queue => (queue.stopped === true ? [sample(1, id, queue.topic, String(queue.partition))] : [])),
  )
  const waits = tasks.flatMap(({ id, inputs }) =>
    inputs.queues.flatMap(({ topic, partition, pending, waiting }) =>
      pending === undefined
        ? []
        : [sample(waiting === undefined ? 0 : (env.monotonic() - waiting.since) / 1000, id, topic, String(partition))],
    ),
  )
  return [
    of(inputLag, lags),
    of(stopped, still),
    of(inputWaiting, waits),
    of(
      buffered,
      tasks.map(({ id, inputs: { queues } }) =>
        sample(
          queues.reduce((sum, { size }) => sum + size, 0),
          id,
        ),
      ),
    ),
    of(
      bufferedBytes,
      tasks.map(({ id, inputs: { queues } }) => sample(Math.round(queues.reduce((sum, { bytes }) => sum + bytes, 0)), id)),
    ),
  ]
}

function rowsOf({ id, stateManager }: { readonly id: TaskId; readonly stateManager: MeasuredState | undefined }): readonly MetricSample[] {
  return stateManager === undefined ? [] : [...stateManager.stores].map(([store, { rows }]) => sample(rows, id, store))
}

function of(definition: MetricDefinition, samples: readonly MetricSample[]): MetricFamily {
  return { ...definition, samples }
}

/** The family of the numbers of stream threads that are members of the group and that are joining it. */
export function threadsFamily(members: number, joining: number): MetricFamily {
  return { ...threads, samples: [sample(members, 'member'), sample(joining, 'joining')] }
}

function sample(value: number, ...labels: readonly string[]): MetricSample {
  return { labels, value }
}
