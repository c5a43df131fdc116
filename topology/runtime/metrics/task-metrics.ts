import { env, SluiceError } from '../../../base/index.ts'
import { type Distribution, type MetricDefinition, type MetricsRecorder, secondsBounds } from '../../metrics/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { RawRecord } from '../../stream-record.ts'

const histogram = (name: string, help: string, labels: readonly string[], bounds = secondsBounds): MetricDefinition => ({
  name,
  kind: 'histogram',
  help,
  labels,
  bounds,
})

const batchRecords = histogram(
  'sluice_batch_records',
  'Records that one run through the topology processed together.',
  ['task'],
  [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384],
)
const queueWait = histogram('sluice_queue_wait_seconds', 'Time from the fetch of a batch until a run of its records is processed.', [
  'task',
])
const processing = histogram('sluice_process_seconds', 'Time that one run of records takes through the topology.', ['task'])
const transaction = histogram(
  'sluice_transaction_seconds',
  'Time until Kafka has acknowledged outputs and offsets; under exactly_once, the whole transaction.',
  ['task'],
)
const commit = histogram('sluice_commit_seconds', 'Time of a whole commit: the transaction, and the writes of rows to the stores.', [
  'task',
])
const endToEnd = histogram(
  'sluice_end_to_end_seconds',
  'Time from the timestamp of an input record until Kafka acknowledges its outputs; the middle record of a run stands for all of them.',
  ['task', 'topic'],
)
const deadLetters: MetricDefinition = {
  name: 'sluice_dead_letters_by_code_total',
  kind: 'counter',
  help: 'Records that went to the dead-letter topic, by error code.',
  labels: ['task', 'code'],
}

/** The metrics of each task. */
export const taskMetrics: readonly MetricDefinition[] = [batchRecords, queueWait, processing, transaction, commit, endToEnd, deadLetters]

/** The runs of records whose outputs one commit sends, and the time when the commit began (`env.monotonic()`). */
export interface Leaving {
  readonly started: number
  readonly runs: readonly Run[]
  /** The error codes of the dead letters. */
  readonly letters: readonly string[]
}

interface Run {
  readonly latency: Distribution
  readonly timestamp: number
  readonly count: number
}

/** The buffer of one input partition. */
interface WaitingQueue {
  readonly topic: string
  /** When the processed records were fetched, by `env.monotonic()`. */
  readonly nextSince: number
}

/** The metrics of one task. They cost a few additions for each run of records, and nothing for each record. */
export class TaskMetrics {
  readonly #recorder: MetricsRecorder
  readonly #task: TaskId
  readonly #batchRecords: Distribution
  readonly #queueWait: Distribution
  readonly #process: Distribution
  readonly #transaction: Distribution
  readonly #commit: Distribution
  readonly #endToEnd = new Map<string, Distribution>()
  /** Runs that were processed since the last call of `leave`. */
  #runs: Run[] = []
  #letters: string[] = []

  constructor(recorder: MetricsRecorder, task: TaskId) {
    this.#recorder = recorder
    this.#task = task
    this.#batchRecords = recorder.distribution(batchRecords, [task])
    this.#queueWait = recorder.distribution(queueWait, [task])
    this.#process = recorder.distribution(processing, [task])
    this.#transaction = recorder.distribution(transaction, [task])
    this.#commit = recorder.distribution(commit, [task])
  }

  /** Records a run of records through the graph that began at `started` (`env.monotonic()`). */
  ran(records: readonly RawRecord[], queues: readonly WaitingQueue[], started: number): void {
    const { topic, timestamp } = records[records.length >> 1] as RawRecord
    const count = records.length
    this.#batchRecords.observe(count)
    this.#process.observe((env.monotonic() - started) / 1000)
    for (const queue of queues) if (queue.topic === topic) this.#queueWait.observe((started - queue.nextSince) / 1000)
    this.#runs.push({ latency: this.#latencyOf(topic), timestamp, count })
  }

  /** Returns the runs and dead letters up to now, which the commit that begins now sends. */
  leave(): Leaving {
    const [runs, letters] = [this.#runs, this.#letters]
    this.#runs = []
    this.#letters = []
    return { started: env.monotonic(), runs, letters }
  }

  acknowledged({ started, runs, letters }: Leaving): void {
    this.#transaction.observe((env.monotonic() - started) / 1000)
    const now = env.now()
    for (const { latency, timestamp, count } of runs) latency.observe(Math.max(0, now - timestamp) / 1000, count)
    for (const code of letters) this.#recorder.figure(deadLetters, [this.#task, code]).add(1)
  }

  committed({ started }: Leaving): void {
    this.#commit.observe((env.monotonic() - started) / 1000)
  }

  /** Notes a dead letter. It is counted when its commit is acknowledged, because after a failed commit its record is consumed again. */
  deadLetter(cause: unknown): void {
    this.#letters.push(cause instanceof SluiceError ? cause.code : 'PROCESSING_FAILED')
  }

  /** Forgets what no commit has sent, when the task reads its input again from the committed offsets. */
  forget(): void {
    this.#runs = []
    this.#letters = []
  }

  #latencyOf(topic: string): Distribution {
    let latency = this.#endToEnd.get(topic)
    if (latency === undefined) this.#endToEnd.set(topic, (latency = this.#recorder.distribution(endToEnd, [this.#task, topic])))
    return latency
  }
}
