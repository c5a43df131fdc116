import { env } from '../../../base/index.ts'
import { Topology, type Processor, type ProcessorContext, type RawRecord } from '../../../topology/index.ts'
import type { KeyValueStore } from '../../../stores/index.ts'
import { simStore } from '../disk/sim-state.ts'
import type { SimDisk } from '../disk/sim-disk.ts'
import { applicationId } from './application.ts'
import type { Setup } from './plan.ts'

type Bytes = Uint8Array | null

const bytes = { serialize: (value: Uint8Array) => value, deserialize: (value: Uint8Array) => value }
const text = {
  serialize: (value: string) => Buffer.from(value),
  deserialize: (value: Uint8Array) => Buffer.from(value).toString(),
}
const number = {
  serialize: (value: number) => Buffer.from(String(value)),
  deserialize: (value: Uint8Array) => Number(Buffer.from(value).toString()),
}

export const topics = { input: 'input', control: 'control', results: 'results' } as const
export const storeName = 'counts'
export const changelog = `${applicationId}-${storeName}-changelog`

/**
 * Values of inputs that are refused: by the processor, before or after it has written and forwarded; by the results' topic, for their time or the size of their
 * headers; because the processor gives their results a time that is none.
 */
export const poison = {
  early: 'poison early',
  late: 'poison late',
  tomorrow: 'poison tomorrow',
  large: 'poison large',
  odd: 'poison odd',
} as const

/** The count at which a processor that deletes begins anew. */
export const countsTo = 5

/** A result names the input that it answers, and how many of its topic and key came up to it: `topic partition offset count`. */
class Counter implements Processor<Bytes, Bytes, Bytes, Bytes> {
  #context!: ProcessorContext<Bytes, Bytes>
  #store!: KeyValueStore<string, number>
  readonly #setup: Setup
  readonly processBatch?: (records: readonly RawRecord[]) => Promise<void>

  constructor(setup: Setup) {
    this.#setup = setup
    if (setup.batches) this.processBatch = records => this.#processAll(records)
  }

  init(context: ProcessorContext<Bytes, Bytes>): void {
    this.#context = context
    if (this.#setup.topics.partitionAtMs === undefined) this.#store = context.getStateStore(storeName)
  }

  process(record: RawRecord): void | Promise<void> {
    const { slowMs } = this.#setup
    if (slowMs === 0 || record.offset % 4 > 0) return this.#count(record)
    return pause(slowMs).then(() => this.#count(record))
  }

  async #processAll(records: readonly RawRecord[]): Promise<void> {
    if (this.#setup.slowMs > 0) await pause(this.#setup.slowMs)
    for (const record of records) await this.#count(record)
  }

  #count(record: RawRecord): void | Promise<void> {
    const value = Buffer.from(record.value ?? []).toString('latin1')
    if (value.startsWith(poison.early)) throw new Error(poison.early)
    const key = countedKey(record.topic, record.key)
    const count = this.#counted(key)
    const timestamp = value.startsWith(poison.odd) ? (oddTimes[record.offset % oddTimes.length] as number) : record.timestamp
    const answer = Buffer.from(`${record.topic} ${record.partition} ${record.offset} ${count}`)
    const done = this.#context.forward({ ...record, timestamp, value: answer })
    if (value.startsWith(poison.late)) throw new Error(poison.late)
    return this.#setup.passMs === undefined || record.offset % 2 === 0 ? done : undefined
  }

  /** Adds this record to the count of its key; returns the count. */
  #counted(key: string): number {
    if (this.#setup.topics.partitionAtMs !== undefined) return 1
    const count = (this.#store.get(key) ?? 0) + 1
    if (this.#setup.topics.deletes && count === countsTo) this.#store.delete(key)
    else this.#store.put(key, count)
    return count
  }
}

/** Delays results, so that the node that forwards them returns before they are sent. */
class Passing implements Processor<Bytes, Bytes, Bytes, Bytes> {
  #context!: ProcessorContext<Bytes, Bytes>
  readonly #ms: number

  constructor(ms: number) {
    this.#ms = ms
  }

  init(context: ProcessorContext<Bytes, Bytes>): void {
    this.#context = context
  }

  async process(record: RawRecord): Promise<void> {
    if (record.offset % 5 < 2) await pause(this.#ms)
    await this.#context.forward(record)
  }
}

/** Timestamps that a program may return. */
const oddTimes: readonly unknown[] = [null, 1.5, new Date(0), Number.NaN, -1, '0']

/** The key in the store. */
export function countedKey(topic: string, key: Uint8Array | null): string {
  return `${topic} ${key === null ? 'none' : Buffer.from(key).toString()}`
}

export function countingTopology(setup: Setup, disk: SimDisk): Topology {
  const topology = new Topology().addSource('in', topics.input, { key: bytes, value: bytes })
  if (setup.control) topology.addSource('control', topics.control, { key: bytes, value: bytes, bootstrap: true })
  const parents = setup.control ? ['in', 'control'] : ['in']
  topology.addProcessor('counter', () => new Counter(setup), ...parents)
  if (setup.topics.partitionAtMs === undefined)
    topology.addStateStore(simStore({ name: storeName, key: text, value: number }, disk), 'counter')
  const { passMs } = setup
  if (passMs !== undefined) topology.addProcessor('passing', () => new Passing(passMs), 'counter')
  return topology.addSink('out', topics.results, { key: bytes, value: bytes }, passMs === undefined ? 'counter' : 'passing')
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => void env.timer(ms, resolve))
}
