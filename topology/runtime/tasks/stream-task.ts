import { env, SluiceError } from '../../../base/index.ts'
import { ProcessorTopology } from '../../nodes/index.ts'
import type { CollectorMark } from '../../output/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { RawRecord, StreamRecord } from '../../stream-record.ts'
import type { SubTopology } from '../../topology-definition.ts'
import { earlyCommitBytes } from './early-commit.ts'
import { InputPositions } from './input-positions.ts'
import { DeferredRecords } from './deferred-records.ts'
import type { TopicLayout } from '../topics/index.ts'
import { PartitionGroup } from './partition-group.ts'
import { RecordCollector, ProducerTurns, type ProducerStep, type TaskProducer } from '../commit/index.ts'
import type { RecordQueue } from './record-queue.ts'
import { RunPace } from './run-pace.ts'
import { RecordTracing, TaskMetrics, type Leaving } from '../metrics/index.ts'
import type { StateManager } from '../state/index.ts'
import { sendDeadLetter, type TaskFacts, taskServices } from './task-services.ts'
import { bringForward, type Settled } from './settle-positions.ts'
import { TaskLife, type TaskState } from './task-state.ts'

export interface StreamTaskParts extends TaskFacts {
  readonly sub: SubTopology
  /** Opens the task's producer, at each assignment: under exactly_once this fences any other instance that ran the task in the meantime. */
  openProducer(): Promise<TaskProducer>
  /** The limits of the topics that the task writes to; topics that are not named have Kafka's default limits. */
  readonly limits?: TopicLayout['limits'] | undefined
  onDeadLetter(record: StreamRecord, cause: unknown): void
}

/** Runs one sub-topology on one partition: processes records in timestamp order, and commits. */
export class StreamTask {
  readonly id: TaskId
  readonly partition: number
  readonly subTopology: SubTopology
  readonly stateManager: StateManager
  readonly counts = { recordsIn: 0, recordsOut: 0, deadLetters: 0, commits: 0 }
  readonly #life: TaskLife
  readonly #producer: ProducerTurns
  #inputs = new PartitionGroup([], 0, 0)
  #positions = new InputPositions([])
  readonly #pace = new RunPace()
  /** When the last commit began, by `env.monotonic()`. */
  #lastCommit = -Infinity
  #initialized = false
  /** Whether a run of records or a punctuation has begun and not ended: no commit may begin in the middle of it. */
  busy = false
  /** Whether the task was running, and not restoring, when it was last suspended. */
  #ran = false
  readonly #deferred = new DeferredRecords({
    inputs: () => this.#inputs,
    running: () => this.state === 'running',
    settled: () => this.#graph.settled,
    count: change => (this.counts.recordsIn += change),
    deadLetter: (record, cause) => this.#deadLetter(record, cause),
  })
  readonly #parts: StreamTaskParts
  readonly #collector: RecordCollector
  readonly #graph: ProcessorTopology
  readonly #metrics: TaskMetrics
  /** undefined if tracing is off. */
  readonly #tracing: RecordTracing | undefined

  constructor(parts: StreamTaskParts) {
    const { id, sub, partition, config, state } = parts
    this.id = id
    this.partition = partition
    this.subTopology = sub
    this.stateManager = state
    this.#life = new TaskLife(id)
    this.#producer = new ProducerTurns(id)
    this.#parts = parts
    this.#collector = new RecordCollector(parts.partitionCounts, partition, parts.limits)
    this.#metrics = new TaskMetrics(parts.metrics, id)
    this.#tracing = config.tracing ? new RecordTracing(id) : undefined
    const services = taskServices(parts, {
      collector: this.#collector,
      topicId: topic => this.#inputs.queues.find(queue => queue.topic === topic)?.topicId,
      bootstrapping: () => this.#inputs.bootstrapping,
      finishLater: (record, work, dropped) => this.#deferred.add(record, work, dropped),
      deadLetter: (record, cause) => this.#deadLetter(record, cause),
    })
    this.#graph = new ProcessorTopology(sub, services)
    state.bind(this.#graph.work, topic => this.#collector.gate(topic))
  }

  get state(): TaskState {
    return this.#life.state
  }

  /** Whether the task is suspended with fully restored stores that hold all that it has committed. */
  get suspendedWhole(): boolean {
    return this.state === 'suspended' && this.#ran
  }

  get inputs(): PartitionGroup {
    return this.#inputs
  }

  get committing(): Promise<void> | undefined {
    return this.#producer.underWay
  }

  get hasPunctuations(): boolean {
    return this.#graph.hasPunctuations
  }

  /** Makes this instance the task's only writer. The committed offsets and the changelogs must be read after that. */
  initialize(): Promise<void> {
    return this.#producer.replace(
      () => this.#parts.openProducer(),
      () => this.state !== 'closed',
    )
  }

  /** Gives the task its input queues, at the committed offsets. The caller then restores the stores. */
  assign(queues: readonly RecordQueue[]): void {
    this.#life.move('restoring')
    this.#deferred.forget()
    this.#metrics.forget()
    this.#inputs = PartitionGroup.of(queues, this.#parts)
    this.#positions = new InputPositions(queues, this.#parts.config.guarantee === 'exactly_once')
    for (const queue of queues) queue.onArrival = this.#graph.arrivals(queue.topic, () => this.state === 'running')
  }

  /** Continues where the task was suspended. To be called only if no other member can have owned the task in the meantime. */
  resume(): void {
    this.#life.move('running')
  }

  /** Whether `resume` may be called: the task is suspended and complete, and no record is deferred. */
  get resumable(): boolean {
    return this.suspendedWhole && !this.#inputs.resting
  }

  /**
   * Holds the committed offsets against what the restored stores say of the same commits, and brings forward what is behind. Throws OFFSETS_LOST,
   * STATE_UNCERTAIN.
   */
  settlePositions(): Settled {
    return bringForward(this.#parts.config.applicationId, this, this.#positions)
  }

  /** Starts to run after the stores are restored. The first call initializes the processors. */
  async run(): Promise<void> {
    if (!this.#initialized) await this.#graph.init()
    this.#initialized = true
    if (this.state === 'restoring') this.#life.move('running')
  }

  /** Commits everything that was processed, and stops. Throws if the commit fails; the task is then `failed`. */
  async suspend(): Promise<void> {
    if (this.state === 'restoring') {
      this.#ran = false
      return this.#life.move('suspended')
    }
    if (this.state === 'failed') throw new SluiceError('COMMIT_FAILED', `task ${this.id} has failed since its last commit`)
    if (this.state !== 'running') return
    await this.committing
    this.#refuseDeferred()
    this.#life.move('suspending')
    this.stateManager.settle()
    if (this.uncommitted) await this.commit()
    this.#ran = true
    this.#life.move('suspended')
  }

  /**
   * Processes the next run of records and returns their number; a promise only if a processor waits for something. `now`: by `env.monotonic()`.
   * If it throws, the cause is not a record, and the task has failed in the middle of one.
   */
  step(now: number): number | Promise<number> {
    this.#refuseDeferred()
    const taken = this.#inputs.nextRecords(Math.min(this.#parts.config.maxBatch, this.#pace.most), now)
    if (taken.length === 0) return 0
    this.counts.recordsIn += taken.length
    const started = env.monotonic()
    const written = this.#inputs.replays(taken[0] as RawRecord) ? this.#collector.mark() : undefined
    try {
      const records = this.#tracing === undefined ? taken : this.#tracing.begin(taken)
      const waiting = records.length === 1 ? this.#graph.process(records[0] as RawRecord) : this.#graph.processBatch(records)
      const done = (): number => this.#processed(records, started, written)
      return waiting === undefined ? done() : this.#untilDone(waiting.then(done, error => this.#fail(error)))
    } catch (error) {
      return this.#fail(error)
    }
  }

  /** Calls the punctuators that are due; true if there were any. `now`: epoch ms. */
  async punctuate(now: number): Promise<boolean> {
    return this.#untilDone(this.#graph.punctuate(now).catch(error => this.#fail(error)))
  }

  /**
   * Starts a commit if one is due and none is in progress: at once if no record waits (unless `atRest` is false) or 1 MB of output is buffered,
   * otherwise when the commit interval is over. Under at_least_once, only the outputs are sent early; the offsets are committed when the interval is
   * over. `now`: by `env.monotonic()`.
   */
  maybeCommit(now: number, atRest = true): Promise<void> | undefined {
    if (this.committing !== undefined || this.busy || this.state !== 'running') return undefined
    const early = (atRest && this.#inputs.size === 0) || this.#collector.pendingBytes >= earlyCommitBytes
    const { commitIntervalMs, guarantee } = this.#parts.config
    const late = now - this.#lastCommit >= commitIntervalMs
    if (late || (early && guarantee === 'exactly_once')) return this.uncommitted ? this.commit() : undefined
    return early && this.#collector.pendingRecords > 0 ? this.#inTurn(producer => this.#flush(producer)) : undefined
  }

  /** The buffered output: records, bytes, and partitions that it is for. */
  get pending(): { readonly records: number; readonly bytes: number; readonly partitions: number } {
    const { pendingRecords: records, pendingBytes: bytes, pendingPartitions: partitions } = this.#collector
    return { records, bytes, partitions }
  }

  /** Whether so much output is buffered (4 MB) that the next records should wait for the commit in progress. */
  get backlogged(): boolean {
    return this.#collector.pendingBytes >= 4 * earlyCommitBytes
  }

  /** Commits everything that was processed so far. To be called between two records, and not while `committing`. */
  commit(): Promise<void> {
    return this.#inTurn(producer => this.#commit(producer))
  }

  /** Closes processors, stores and the producer. Uncommitted work is dropped; its records are consumed again. */
  async close(): Promise<void> {
    if (this.state === 'closed') return
    this.#life.move('closed')
    await this.committing?.catch(() => undefined)
    try {
      if (this.#initialized) await this.#graph.close()
    } finally {
      try {
        await this.stateManager.close()
      } finally {
        await this.#producer.close()
      }
    }
  }

  /** Sends the outputs without offsets, ahead of the commit. */
  async #flush(producer: TaskProducer): Promise<TaskProducer> {
    const [records, leaving] = [this.#collector.pendingRecords, this.#metrics.leave()]
    const { next: usable } = await producer.commit(this.#collector.drain(), [])
    this.#arrived(records, leaving)
    return usable
  }

  /** Runs one use of the producer at a time. If a step fails, the task has failed and no step follows. */
  #inTurn(step: ProducerStep): Promise<void> {
    return this.#producer.use(async producer => step(producer).catch(error => this.#fail(error)))
  }

  async #commit(producer: TaskProducer): Promise<TaskProducer> {
    this.#lastCommit = env.monotonic()
    const positions = this.#positions
    // What a deferred record has written before it failed is not committed without its dead letter.
    this.#deferred.refuse()
    // 0 fix the extent of this commit: records that are processed from here on belong to the next one
    // A commit without offsets could not be refused by the group's coordinator after it has removed the member.
    const [changed, before] = [positions.newOffsets(), positions.committedOffset()]
    const offsets = changed.length === 0 ? before : changed
    const [records, leaving] = [this.#collector.pendingRecords, this.#metrics.leave()]
    const outputs = this.#collector.drainAhead(this.#parts.config.guarantee)
    const { ahead, named } = this.stateManager.prepareCommit(this.#collector, env.now(), positions.note(offsets))
    const batch = this.#collector.drain()
    let last = outputs.length === 0 ? producer : (await producer.commit(outputs, [])).next
    // With these rows one transaction would take too long, so they are sent ahead; they take effect with the records of the last commit.
    for (const part of ahead) last = (await last.commit(this.#collector.batchOf(part), before)).next
    // 1 Kafka acknowledges outputs and changelog records, 2 the input offsets are committed: under exactly_once in one transaction
    const { sent, next: usable } = await last.commit(batch, positions.marked(offsets, named))
    positions.committed()
    this.#arrived(records, leaving)
    // 3 the rows are written to the local stores last: the changelog can restore them
    await this.stateManager.postCommit(sent)
    this.counts.commits++
    this.#metrics.committed(leaving)
    return usable
  }

  /** Counts the outputs and dead letters that Kafka has acknowledged. */
  #arrived(records: number, leaving: Leaving): void {
    this.counts.recordsOut += records
    this.counts.deadLetters += leaving.letters.length
    this.#metrics.acknowledged(leaving)
  }

  #refuseDeferred(): void {
    try {
      this.#deferred.refuse()
    } catch (error) {
      this.#fail(error)
    }
  }

  async #untilDone<T>(work: Promise<T>): Promise<T> {
    this.busy = true
    return work.finally(() => (this.busy = false))
  }

  #fail(error: unknown): never {
    this.#life.fail()
    throw error
  }

  /** `written`: the mark to which the outputs of a replay go back, because they were committed with the records the first time. */
  #processed(records: readonly RawRecord[], started: number, written: CollectorMark | undefined): number {
    if (written !== undefined) this.#collector.rollback(written)
    this.#pace.ran(records.length, env.monotonic() - started)
    this.#metrics.ran(records, this.#inputs.queues, started)
    this.#tracing?.end()
    return records.length
  }

  /** Whether anything was processed since the last commit. */
  get uncommitted(): boolean {
    return this.#collector.pendingRecords > 0 || this.stateManager.dirty || this.#positions.uncommitted
  }

  #deadLetter(record: StreamRecord, cause: unknown): void {
    if (this.#inputs.replays(record)) return
    sendDeadLetter(this.#parts, this.#collector, record, cause)
    this.#metrics.deadLetter(cause)
    this.#tracing?.failed(record, cause)
    this.#parts.onDeadLetter(record, cause)
  }
}
