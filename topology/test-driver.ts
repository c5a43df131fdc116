import { checkedOptions, completeOptions, shownValue } from '../base/options/index.ts'
import { bytesSerde, type Serde } from '../records/index.ts'
import { env, isRecordFault, pause, SluiceError } from '../base/index.ts'
import type { ManagedStore, StateStore } from '../stores/index.ts'
import {
  type Collector,
  type CollectorMark,
  type OutputRecord,
  deadLetterOf,
  taskBinding,
  TopicGate,
  checkDeadLetterLimits,
  deadLetterMaxBytes,
  topicLimits,
  type TopicLimits,
} from './output/index.ts'
import { MetricsRecorder } from './metrics/index.ts'
import { type TaskServices, pendingOf, ProcessorTopology } from './nodes/index.ts'
import type { RawRecord, StreamRecord } from './stream-record.ts'
import { isTopology, type Topology } from './topology.ts'
import { testDriverTable } from './topology-option-table.ts'
import type { TestDriverOptions } from './topology-options.ts'
import type { StoreDefinition, SubTopology } from './topology-definition.ts'

const applicationId = 'test'

/** An input record. Text is encoded as UTF-8. */
export interface TestRecord {
  /** The key; default null. */
  readonly key?: Uint8Array | string | null
  /** The value; null marks a deletion. */
  readonly value: Uint8Array | string | null
  /** Event time, ms; default: the sum of the `advanceWallClockTime` calls, which begins at 0. */
  readonly timestamp?: number
  /** The headers; default none. */
  readonly headers?: RawRecord['headers']
}

/** The serdes that decode output records; without a serde, the bytes are returned. */
export interface TestSerdes<K, V> {
  /** The serde of the keys. */
  readonly key?: Serde<K>
  /** The serde of the values. */
  readonly value?: Serde<V>
}

/** A record that a sink wrote, decoded. */
export interface DecodedRecord<K, V> extends Omit<OutputRecord, 'key' | 'value'> {
  /** The key; null if there is none. */
  readonly key: K | null
  /** The value; null marks a deletion. */
  readonly value: V | null
}

/** A line that a processor logged. */
export interface TestLog {
  /** The level of the line. */
  readonly level: 'info' | 'warn'
  /** The text of the line. */
  readonly message: string
  /** Further fields. */
  readonly fields: Readonly<Record<string, unknown>>
}

/**
 * Runs a topology without a broker: every sub-topology is one task on partition 0, stores are in memory, and outputs are kept until they are read.
 * A global store is the store itself, so its readers see writes at once, before a commit.
 * A record that a sink writes to a topic that a source reads is also processed as input.
 *
 *     const driver = await TopologyTestDriver.open(topology)
 *     await driver.pipe('data', { key: 'wine', value })
 *     const [result] = driver.read('results', { value: resultSerde })
 *     await driver.close()
 */
export class TopologyTestDriver {
  /** The topic of the dead letters. */
  static readonly deadLetterTopic = 'dead-letters'

  /** The log lines of the processors. */
  readonly logs: TestLog[] = []
  /** The metrics that the processors recorded. */
  readonly metrics = new MetricsRecorder()
  readonly #tasks: TestTask[] = []
  readonly #output = new Map<string, OutputRecord[]>()
  readonly #offsets = new Map<string, number>()
  #now = 0

  private constructor() {}

  /** Throws TOPOLOGY_INVALID, CONFIG_INVALID, and TOPIC_MISMATCH if the configured limit of the dead-letter topic is too small. */
  static async open(topology: Topology, options: TestDriverOptions = {}): Promise<TopologyTestDriver> {
    if (!isTopology(topology, 'CONFIG_INVALID'))
      throw new SluiceError(
        'CONFIG_INVALID',
        `topology ${shownValue(topology)} (of TopologyTestDriver) is not allowed; allowed: a Topology`,
      )
    const { topicConfigs } = completeOptions(testDriverTable, checkedOptions({ of: 'TopologyTestDriver' }, testDriverTable, options))
    const driver = new TopologyTestDriver()
    const limits = new Map(
      Object.entries(topicConfigs).map(([topic, configs]) => [topic, topicLimits(configs, `topic ${shownValue(topic)}`)]),
    )
    const { deadLetterTopic } = TopologyTestDriver
    const ofLetters = limits.get(deadLetterTopic) ?? topicLimits({ 'max.message.bytes': deadLetterMaxBytes })
    checkDeadLetterLimits(deadLetterTopic, ofLetters)
    limits.set(deadLetterTopic, ofLetters)
    const clock = (): number => env.now() + driver.#now
    const { subTopologies } = topology.build(applicationId)
    const opened = new Map<string, ManagedStore>()
    for (const { builder } of subTopologies.flatMap(sub => sub.stores)) opened.set(builder.name, await builder.open(undefined))
    for (const sub of subTopologies) driver.#tasks.push(await TestTask.open({ sub, opened, limits, clock, driver }))
    return driver
  }

  /** Processes one record, and the records that follow from it. Throws RangeError if no source reads the topic. */
  async pipe(topic: string, record: TestRecord): Promise<void> {
    await this.#run(topic, [record], (graph, [raw]) => graph.process(raw as RawRecord))
  }

  /** Processes records as one batch. Throws RangeError if no source reads the topic. */
  async pipeBatch(topic: string, records: readonly TestRecord[]): Promise<void> {
    if (records.length > 0) await this.#run(topic, records, (graph, raw) => graph.processBatch(raw))
  }

  /** Returns and forgets the records that were written to the topic since the last read, as bytes. */
  read(topic: string): OutputRecord[]
  /** Returns and forgets these records, decoded; a null key or value stays null. Throws what the serdes throw. */
  read<K = Uint8Array, V = Uint8Array>(topic: string, serdes: TestSerdes<K, V>): DecodedRecord<K, V>[]
  read<K, V>(topic: string, serdes?: TestSerdes<K, V>): OutputRecord[] | DecodedRecord<K, V>[] {
    const records = this.#output.get(topic) ?? []
    this.#output.delete(topic)
    if (serdes === undefined) return records
    const { key = bytesSerde as Serde<unknown> as Serde<K>, value = bytesSerde as Serde<unknown> as Serde<V> } = serdes
    return records.map(record => ({
      ...record,
      key: record.key === null ? null : key.deserialize(record.key),
      value: record.value === null ? null : value.deserialize(record.value),
    }))
  }

  /** Advances the wall clock, and calls the punctuators that are due. */
  async advanceWallClockTime(milliseconds: number): Promise<void> {
    this.#now += milliseconds
    for (const task of this.#tasks) {
      await task.graph.punctuate(env.now() + this.#now)
      await this.#collect(task)
    }
  }

  /** The store of this name; undefined if there is none. Its reads see writes at once, its queries after `commit`. */
  getStateStore<S extends StateStore>(name: string): S | undefined {
    return this.#tasks.map(task => task.stores.get(name)?.store).find(store => store !== undefined) as S | undefined
  }

  /** Commits every store, so that queries see what was written. */
  async commit(): Promise<void> {
    for (const task of this.#tasks)
      for (const store of task.stores.values()) {
        store.prepareCommit()
        await store.postCommit({ changelogOffset: 0 })
      }
  }

  /** Closes processors and stores. */
  async close(): Promise<void> {
    for (const task of this.#tasks) await task.close()
  }

  async #run(
    topic: string,
    records: readonly TestRecord[],
    step: (graph: ProcessorTopology, raw: readonly RawRecord[]) => void | Promise<void>,
  ): Promise<void> {
    const task = this.#tasks.find(candidate => candidate.sub.sourceTopics.includes(topic))
    if (task === undefined)
      throw new RangeError(
        `no source reads the topic "${topic}"; sources read: ${this.#tasks.flatMap(each => each.sub.sourceTopics).join(', ')}`,
      )
    const raw = records.map(record => this.#raw(topic, record))
    await task.decodable(topic, raw)
    await step(task.graph, raw)
    await task.settle()
    await task.graph.punctuate(-1)
    await this.#collect(task)
  }

  #raw(topic: string, record: TestRecord): RawRecord {
    const offset = this.#offsets.get(topic) ?? 0
    this.#offsets.set(topic, offset + 1)
    const { key = null, value, timestamp = this.#now, headers } = record
    return { key: bytes(key), value: bytes(value), timestamp, headers, topic, partition: 0, offset, source: undefined }
  }

  async #collect(task: TestTask): Promise<void> {
    for (const [topic, records] of task.collector.drain()) {
      this.#output.set(topic, [...(this.#output.get(topic) ?? []), ...records])
      if (this.#tasks.some(other => other.sub.sourceTopics.includes(topic))) for (const record of records) await this.pipe(topic, record)
    }
  }
}

/** How often a serde that has to ask somebody is asked whether it has an answer. */
const askAgainMs = 2

interface TestTaskParts {
  readonly sub: SubTopology
  /** The stores of all tasks. */
  readonly opened: ReadonlyMap<string, ManagedStore>
  readonly limits: ReadonlyMap<string, TopicLimits>
  readonly clock: () => number
  readonly driver: Pick<TopologyTestDriver, 'metrics' | 'logs'>
}

/** A task on partition 0 with its stores in memory. */
class TestTask {
  readonly sub: SubTopology
  readonly stores = new Map<string, ManagedStore>()
  readonly collector: TestCollector
  readonly graph: ProcessorTopology
  readonly #services: TaskServices
  readonly #late: { readonly record: StreamRecord; readonly work: Promise<() => void> }[] = []

  private constructor({ sub, opened, limits, clock, driver }: TestTaskParts) {
    this.sub = sub
    this.collector = new TestCollector(limits, clock)
    const managed = ({ builder: { name } }: StoreDefinition): ManagedStore => opened.get(name) as ManagedStore
    for (const store of sub.stores) this.stores.set(store.builder.name, managed(store))
    const taskId = `${sub.id}_0`
    const services: TaskServices = {
      applicationId,
      instance: 'test',
      taskId,
      partition: 0,
      collector: this.collector,
      stores: new Map([...sub.stores, ...sub.globalStores].map(store => [store.builder.name, managed(store).store])),
      metrics: driver.metrics,
      log: (level, message, fields) => void driver.logs.push({ level, message, fields }),
      partitionOf: () => 0,
      topicId: () => undefined,
      bootstrapping: () => false,
      finishLater: (record, work) => void this.#late.push({ record, work }),
      deadLetter: (record, cause) => {
        const topic = TopologyTestDriver.deadLetterTopic
        this.collector.send(topic, 0, deadLetterOf(record, cause, { taskId, gate: this.collector.gate(topic) }))
      },
    }
    this.#services = services
    this.graph = new ProcessorTopology(sub, services)
    for (const { builder } of sub.stores) {
      const changelog = builder.logged ? this.collector.gate(`${applicationId}-${builder.name}-changelog`) : undefined
      this.stores.get(builder.name)?.bind(taskBinding(this.graph.work, changelog))
    }
  }

  static async open(parts: TestTaskParts): Promise<TestTask> {
    const task = new TestTask(parts)
    await task.graph.init()
    return task
  }

  /** Waits until the source can decode the records, if its serdes have to ask somebody. */
  async decodable(topic: string, records: readonly RawRecord[]): Promise<void> {
    const source = this.sub.nodes.find(node => node.kind === 'source' && node.topics.includes(topic))
    const pending = source?.kind === 'source' ? pendingOf(source) : undefined
    if (pending === undefined) return
    while (records.some(record => pending(record) !== undefined)) await pause(askAgainMs)
  }

  /** Waits for deferred records. */
  async settle(): Promise<void> {
    for (const { record, work } of this.#late.splice(0)) {
      try {
        ;(await work)()
      } catch (error) {
        if (!isRecordFault(error)) throw error
        this.#services.deadLetter(record, error)
      }
    }
  }

  async close(): Promise<void> {
    await this.graph.close()
    for (const store of this.stores.values()) await store.close()
  }
}

class TestCollector implements Collector {
  readonly #limits: ReadonlyMap<string, TopicLimits>
  readonly #clock: () => number
  readonly #gates = new Map<string, TopicGate>()
  #records = new Map<string, OutputRecord[]>()

  constructor(limits: ReadonlyMap<string, TopicLimits>, clock: () => number) {
    this.#limits = limits
    this.#clock = clock
  }

  send(topic: string, _partition: number | undefined, record: OutputRecord): void {
    this.gate(topic).check(record)
    const records = this.#records.get(topic)
    if (records === undefined) this.#records.set(topic, [record])
    else records.push(record)
  }

  gate(topic: string): TopicGate {
    const gate = this.#gates.get(topic) ?? new TopicGate(topic, this.#limits.get(topic) ?? topicLimits(), this.#clock)
    this.#gates.set(topic, gate)
    return gate
  }

  mark(): CollectorMark {
    return new Map([...this.#records].map(([topic, records]) => [topic, records.length]))
  }

  rollback(mark: CollectorMark): void {
    for (const [topic, records] of this.#records) records.length = (mark as ReadonlyMap<string, number>).get(topic) ?? 0
  }

  drain(): Map<string, OutputRecord[]> {
    const records = this.#records
    this.#records = new Map()
    return records
  }
}

function bytes(value: Uint8Array | string | null): Uint8Array | null {
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : value
}
