import { servingTopology, type ServingOptions, waitingStoreName } from '../../serving/index.ts'
import type { ModelEvent } from '../../serving/model-event-log.ts'
import {
  modelStateStore,
  type ModelStateStore,
  type StateStore,
  type WaitingRecordsStore,
  waitingRecordsStore,
} from '../../stores/index.ts'
import type { OutputRecord, TestRecord } from '../../topology/index.ts'
import { MetricsRecorder } from '../../topology/metrics/metrics-recorder.ts'
import { ProcessorTopology } from '../../topology/nodes/processor-topology.ts'
import type { RawRecord } from '../../topology/stream-record.ts'
import { decodeResult, type Result } from './serving-driver.ts'

export interface ModelAt {
  readonly offset: number
  readonly value: Uint8Array | null
}

interface OpenedStore {
  readonly store: ModelStateStore
  /** Of records that wait; default: an empty one. */
  readonly waiting?: WaitingRecordsStore
  readonly close: () => Promise<void>
}

async function emptyStore(name: string): Promise<OpenedStore> {
  const managed = await modelStateStore({ name }).open(undefined)
  return { store: managed.store, close: () => managed.close() }
}

/** One task of the model-serving topology, for what the test driver does not do: to say at which offset a record is, and so to give it again. */
export class ServingTask {
  readonly store: ModelStateStore
  readonly waiting: WaitingRecordsStore
  /** Whether the models are still being read to the end that they had when the task began. */
  bootstrapping = false
  /** Messages of the dead letters so far. */
  readonly refused: string[] = []
  /** What went to the results topic so far. */
  readonly results: Result[] = []
  /** What shadows gave so far. */
  readonly shadows: Result[] = []
  /** Texts of the log so far, with what they are about. */
  readonly logs: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] = []
  /** What went to the events topic so far. */
  readonly events: ModelEvent[] = []
  readonly #graph: ProcessorTopology
  readonly #late: { readonly work: Promise<() => void>; readonly dropped: (() => void) | undefined }[] = []
  readonly #closeStore: () => Promise<void>

  private constructor(options: ServingOptions, { store, waiting, close }: Required<OpenedStore>) {
    this.store = store
    this.waiting = waiting
    this.#closeStore = close
    const [sub] = servingTopology(options).build().subTopologies
    if (sub === undefined) throw new RangeError('the topology is empty')
    this.#graph = new ProcessorTopology(sub, {
      instance: 'test',
      applicationId: 'test',
      taskId: '0_0',
      partition: 0,
      collector: {
        send: (topic: string, _partition: number | undefined, { value }: OutputRecord) => {
          if (topic === options.resultsTopic) this.results.push(decodeResult(value))
          if (topic === `${options.resultsTopic}-shadow`) this.shadows.push(decodeResult(value))
          if (topic === 'model-events') this.events.push(JSON.parse(String(value)) as ModelEvent)
        },
        mark: () => ({ lengths: new Map() }),
        rollback: () => {},
      },
      stores: new Map<string, StateStore>([
        [options.storeName, store],
        [waitingStoreName(options), waiting],
      ]),
      metrics: new MetricsRecorder(),
      log: (_level, message, fields) => void this.logs.push({ message, fields }),
      topicId: () => undefined,
      bootstrapping: () => this.bootstrapping,
      partitionOf: () => 0,
      finishLater: (_, work, dropped) => void this.#late.push({ work, dropped }),
      deadLetter: (_, cause) => void this.refused.push((cause as Error).message),
    })
  }

  /** `opened`: a store that has rows already; default: an empty one. */
  static async open(options: ServingOptions, opened?: OpenedStore): Promise<ServingTask> {
    const waiting = opened?.waiting ?? (await waitingRecordsStore({ name: 'waiting' }).open(undefined)).store
    const task = new ServingTask(options, { ...(opened ?? (await emptyStore(options.storeName))), waiting })
    await task.#graph.init()
    return task
  }

  async publish(model: ModelAt, dataType = 'wine'): Promise<void> {
    await this.begin(model, dataType)
    await this.settle()
  }

  /** Begins the trial of a model; it serves, or is refused, once it is settled. */
  async begin({ offset, value }: ModelAt, dataType = 'wine'): Promise<void> {
    await this.beginRun([{ offset, value }], dataType)
  }

  /** The same of a run of records. */
  async beginRun(models: readonly ModelAt[], dataType = 'wine'): Promise<void> {
    const place = { key: Buffer.from(dataType), timestamp: 1, headers: undefined, topic: 'models', partition: 0, source: undefined }
    await this.#graph.processBatch(models.map((model): RawRecord => ({ ...place, ...model })))
  }

  /** The task is revoked, and begins anew with the same processors. */
  revoke(): void {
    for (const { dropped } of this.#late.splice(0)) dropped?.()
  }

  async settle(): Promise<void> {
    for (const { work } of this.#late.splice(0)) {
      try {
        ;(await work)()
      } catch (error) {
        this.refused.push((error as Error).message)
      }
    }
  }

  /** One run of data records, at the offsets from 0 on. */
  send(...records: readonly TestRecord[]): Promise<void> {
    return this.sendAt(0, ...records)
  }

  async sendAt(first: number, ...records: readonly TestRecord[]): Promise<void> {
    const raw = records.map(({ value, timestamp = 1 }, at): RawRecord => ({
      key: null,
      value: typeof value === 'string' ? Buffer.from(value) : value,
      timestamp,
      headers: undefined,
      topic: 'data',
      partition: 0,
      offset: first + at,
      source: undefined,
    }))
    await this.#graph.processBatch(raw)
  }

  /** Lets the wall clock call what is due within a second. */
  async look(): Promise<void> {
    await this.#graph.punctuate(Date.now() + 1000)
  }

  async close(): Promise<void> {
    await this.#graph.close()
    await this.#closeStore()
  }
}
