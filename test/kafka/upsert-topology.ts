import { stringSerde } from '../../records/serde.ts'
import { keyValueStore, type KeyValueStore } from '../../stores/index.ts'
import { Topology, type Processor, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'

const texts = { key: stringSerde, value: stringSerde }

/** The value that deletes its key. */
export const deleteValue = '-'

/** Stores the last value of each key, and forwards the previous value. */
class Upsert implements Processor<string, string, string, string> {
  #context!: ProcessorContext<string, string>
  #store!: KeyValueStore<string, string>

  init(context: ProcessorContext<string, string>): void {
    this.#context = context
    this.#store = context.getStateStore('rows')
  }

  process(record: StreamRecord<string, string>): void | Promise<void> {
    const before = this.#store.get(record.key) ?? 'nothing'
    if (record.value === deleteValue) this.#store.delete(record.key)
    else this.#store.put(record.key, record.value)
    return this.#context.forward({ ...record, value: before })
  }
}

/** Stores the last value of each key of `input` in the store "rows", and sends the previous value to `output`. */
export function upsertTopology(input: string, output: string): Topology {
  return new Topology()
    .addSource('in', input, texts)
    .addProcessor('upsert', () => new Upsert(), 'in')
    .addStateStore(keyValueStore({ name: 'rows', key: stringSerde, value: stringSerde }), 'upsert')
    .addSink('out', output, texts, 'upsert')
}
