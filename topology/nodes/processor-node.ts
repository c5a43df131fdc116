import { isRecordFault, messageOf, SluiceError } from '../../base/index.ts'
import type { StateStore } from '../../stores/index.ts'
import type { MetricsRecorder } from '../metrics/index.ts'
import { Attempts } from './attempts.ts'
import { inOrder, type Node, type NodeServices } from './node.ts'
import type { Processor } from '../processor.ts'
import type { ProcessorContext, ProcessorLog } from '../processor-context.ts'
import type { Punctuations, PunctuationType, Punctuator, Scheduled } from '../punctuation.ts'
import type { StreamRecord } from '../stream-record.ts'
import type { ProcessorDefinition } from '../topology-definition.ts'

export interface ProcessorNodeParts {
  readonly definition: ProcessorDefinition
  readonly children: readonly Node[]
  readonly services: NodeServices
  readonly punctuations: Punctuations
  /** The names of the stores and global stores that the processor is connected to. */
  readonly storeNames: ReadonlySet<string>
  /** The greatest timestamp that the task has seen. */
  readonly streamTime: () => number
}

/** Runs a user's processor and is its context. If the processor throws, the unit of work of the record's input fails. */
export class ProcessorNode implements Node, ProcessorContext {
  readonly name: string
  readonly batches: boolean
  readonly arrived: ((records: readonly StreamRecord[]) => void) | undefined
  /** The number of its calls and forwards that are under way; of these, the forwards. */
  #calls = 0
  #forwards = 0
  readonly #attempts: Attempts
  readonly #parts: ProcessorNodeParts
  readonly #processor: Processor
  #record: StreamRecord | undefined

  constructor(parts: ProcessorNodeParts) {
    this.name = parts.definition.name
    this.#parts = parts
    const { services, children } = parts
    const forwarding = (): boolean => this.#forwards > 0 || children.some(child => child.busy)
    this.#attempts = new Attempts({ processor: this.name, services, forwarding })
    this.#processor = parts.definition.supplier()
    this.batches = this.#processor.processBatch !== undefined
    this.arrived = this.#processor.arrived === undefined ? undefined : records => this.#arrived(records)
  }

  async init(): Promise<void> {
    await this.#processor.init?.(this)
  }

  async close(): Promise<void> {
    await this.#processor.close?.()
  }

  process(record: StreamRecord): void | Promise<void> {
    this.#record = record
    try {
      const waiting = this.#processor.process(record)
      if (waiting !== undefined) return this.#settle(waiting)
    } catch (error) {
      this.#refuse(error)
    }
    this.#record = undefined
  }

  processBatch(records: readonly StreamRecord[]): void | Promise<void> {
    if (this.#processor.processBatch === undefined || records.length === 1) return inOrder(records, record => this.process(record))
    const { services } = this.#parts
    const savepoint = services.savepoint()
    const oneByOne = (error: unknown): void | Promise<void> => {
      if (!isRecordFault(error)) throw error
      if (services.inRun()) return services.fail(error)
      services.rollback(savepoint)
      return inOrder(records, record => this.process(record))
    }
    try {
      // A copy, so that a processor that changes the list does not change the run.
      const waiting: unknown = this.#processor.processBatch([...records])
      if (waiting instanceof Promise) return this.#background(waiting.catch(oneByOne))
    } catch (error) {
      return oneByOne(error)
    }
  }

  /** An error is told and otherwise ignored: the records are processed all the same. */
  #arrived(records: readonly StreamRecord[]): void {
    try {
      this.#processor.arrived?.(records)
    } catch (error) {
      this.log('warn', 'a processor failed on records that arrived', { processor: this.name, error: messageOf(error) })
    }
  }

  /** Whether a call of this node, or of one behind it, is under way. */
  get busy(): boolean {
    return this.#calls > 0 || this.#parts.children.some(child => child.busy)
  }

  async #settle(waiting: Promise<void>): Promise<void> {
    const { services } = this.#parts
    this.#calls++
    services.started()
    let failure: { readonly error: unknown } | undefined
    try {
      await waiting
    } catch (error) {
      if (!isRecordFault(error)) {
        failure = { error }
        throw error
      }
      services.fail(error)
    } finally {
      this.#record = undefined
      this.#calls--
      services.ended(failure)
    }
  }

  /** Keeps the unit of work open until a forward ends, because the processor that called it may not await it. */
  async #background(waiting: Promise<void>, forwards: 0 | 1 = 0): Promise<void> {
    const { services } = this.#parts
    this.#calls++
    this.#forwards += forwards
    services.started()
    let failure: { readonly error: unknown } | undefined
    try {
      await waiting
    } catch (error) {
      failure = { error }
      throw error
    } finally {
      this.#calls--
      this.#forwards -= forwards
      services.ended(failure)
    }
  }

  #refuse(error: unknown): void {
    if (!isRecordFault(error)) throw error
    this.#parts.services.fail(error)
  }

  // ProcessorContext

  get applicationId(): string {
    return this.#parts.services.applicationId
  }

  get instance(): string {
    return this.#parts.services.instance
  }

  get taskId(): string {
    return this.#parts.services.taskId
  }

  get partition(): number {
    return this.#parts.services.partition
  }

  get metrics(): MetricsRecorder {
    return this.#parts.services.metrics
  }

  get log(): ProcessorLog {
    return this.#parts.services.log
  }

  get recordMetadata(): StreamRecord | undefined {
    return this.#record
  }

  get streamTime(): number {
    return this.#parts.streamTime()
  }

  forward(record: StreamRecord, child?: string): void | Promise<void> {
    const { children, services } = this.#parts
    services.mayForward(this.name)
    if (child !== undefined) return this.#child(child).process(record)
    if (children.length === 1) return (children[0] as Node).process(record)
    const waiting = inOrder(children, node => node.process(record))
    return waiting === undefined ? undefined : this.#background(waiting, 1)
  }

  forwardBatch(records: readonly StreamRecord[], child?: string): void | Promise<void> {
    const { children, services } = this.#parts
    services.mayForward(this.name)
    const only = child !== undefined ? this.#child(child) : children.length === 1 ? (children[0] as Node) : undefined
    const waiting =
      only === undefined ? inOrder(records, record => inOrder(children, node => node.process(record))) : only.processBatch(records)
    return waiting === undefined ? undefined : this.#background(waiting, 1)
  }

  partitionOf(topic: string, key: Uint8Array): number {
    return this.#parts.services.partitionOf(topic, key)
  }

  topicId(topic: string): string | undefined {
    return this.#parts.services.topicId(topic)
  }

  get bootstrapping(): boolean {
    return this.#parts.services.bootstrapping()
  }

  getStateStore<S extends StateStore>(name: string): S {
    const store = this.#parts.services.stores.get(name)
    if (store === undefined || !this.#parts.storeNames.has(name)) {
      throw new SluiceError(
        'TOPOLOGY_INVALID',
        `processor "${this.name}" is not connected to store "${name}": connect it with addStateStore, connectProcessorAndStateStores or addGlobalStore`,
      )
    }
    return store as S
  }

  schedule(intervalMs: number, type: PunctuationType, punctuator: Punctuator): Scheduled {
    const { punctuations, services } = this.#parts
    return punctuations.add(intervalMs, type, now => services.punctuate(this.name, now, punctuator))
  }

  finishLater<T>(work: Promise<T>, finish: (given: T) => void, dropped?: () => void): void {
    if (this.#record === undefined)
      throw new SluiceError(
        'TOPOLOGY_INVALID',
        `processor "${this.name}" called finishLater outside of process: there is no current record`,
      )
    const { services } = this.#parts
    services.finishLater(
      this.#record,
      work.then(given => () => services.apart(() => finish(given))),
      dropped,
    )
  }

  attempt<R extends StreamRecord>(records: readonly R[], work: (records: readonly R[]) => void | Promise<void>): Promise<void> {
    return this.#background(this.#attempts.run(records, work))
  }

  deadLetter(record: StreamRecord, cause: unknown): void {
    this.#parts.services.deadLetter(record, cause)
  }

  #child(name: string): Node {
    const child = this.#parts.children.find(node => node.name === name)
    if (child === undefined)
      throw new SluiceError(
        'TOPOLOGY_INVALID',
        `processor "${this.name}" has no child "${name}"; it has: ${this.#parts.children.map(node => node.name).join(', ')}`,
      )
    return child
  }
}
