import { stringSerde } from '../../records/serde.ts'
import { keyValueStore, type KeyValueStore } from '../../stores/index.ts'
import { Topology, type Processor, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'

const texts = { key: stringSerde, value: stringSerde }
const number = {
  serialize: (value: number) => Buffer.from(String(value)),
  deserialize: (bytes: Uint8Array) => Number(Buffer.from(bytes).toString()),
}

/** Counts per key, in a store, and in another one too if it is given; forwards the count. */
class Counter implements Processor<string, string, string, string> {
  readonly #second: string | undefined
  #context!: ProcessorContext<string, string>
  #stores: readonly KeyValueStore<string, number>[] = []

  constructor(second: string | undefined) {
    this.#second = second
  }

  init(context: ProcessorContext<string, string>): void {
    this.#context = context
    this.#stores = ['counts', ...(this.#second === undefined ? [] : [this.#second])].map(name => context.getStateStore(name))
  }

  process(record: StreamRecord<string, string>): void | Promise<void> {
    const count = (this.#stores[0]?.get(record.key) ?? 0) + 1
    for (const store of this.#stores) store.put(record.key, count)
    return this.#context.forward({ ...record, value: String(count) })
  }
}

export interface Counting {
  readonly input: string
  readonly output: string
  /** The name of a second store that has the counts too. */
  readonly second?: string | undefined
}

/** Counts the records of each key of `input` in the store "counts", and sends the counts to `output`. */
export function createTopology({ input, output, second }: Counting): Topology {
  const topology = new Topology()
    .addSource('in', input, texts)
    .addProcessor('counter', () => new Counter(second), 'in')
    .addStateStore(keyValueStore({ name: 'counts', key: stringSerde, value: number }), 'counter')
  if (second !== undefined) topology.addStateStore(keyValueStore({ name: second, key: stringSerde, value: number }), 'counter')
  return topology.addSink('out', output, texts, 'counter')
}
