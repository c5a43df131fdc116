import { stringSerde } from '../../records/serde.ts'
import { keyValueStore, type KeyValueStore } from '../../stores/index.ts'
import { Topology, type Processor, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'

const texts = { key: stringSerde, value: stringSerde }
const number = {
  serialize: (value: number) => Buffer.from(String(value)),
  deserialize: (bytes: Uint8Array) => Number(Buffer.from(bytes).toString()),
}

/** Counts per key, in a store; forwards the count. */
class Counter implements Processor<string, string, string, string> {
  #context!: ProcessorContext<string, string>
  #store!: KeyValueStore<string, number>

  init(context: ProcessorContext<string, string>): void {
    this.#context = context
    this.#store = context.getStateStore('counts')
  }

  process(record: StreamRecord<string, string>): void | Promise<void> {
    const count = (this.#store.get(record.key) ?? 0) + 1
    this.#store.put(record.key, count)
    return this.#context.forward({ ...record, value: String(count) })
  }
}

/** Counts the records of each key of `input` in the store "counts", and sends the counts to `output`. */
export function createTopology({ input, output }: { readonly input: string; readonly output: string }): Topology {
  return new Topology()
    .addSource('in', input, texts)
    .addProcessor('counter', () => new Counter(), 'in')
    .addStateStore(keyValueStore({ name: 'counts', key: stringSerde, value: number }), 'counter')
    .addSink('out', output, texts, 'counter')
}
