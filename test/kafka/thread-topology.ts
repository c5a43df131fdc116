import { stringSerde } from '../../records/serde.ts'
import { keyValueStore, type KeyValueStore } from '../../stores/index.ts'
import { Topology, type Processor, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'

export interface ThreadTopologyOptions {
  readonly words: string
  readonly out: string
  /** One shared number for each signal, visible in all threads. */
  readonly signals: SharedArrayBuffer
}

/** Signals: a thread is in the middle of a record; it may continue; a thread was made to fail. */
export const signal = { busy: 0, go: 1, crashes: 2 } as const

const texts = { key: stringSerde, value: stringSerde }
const number = {
  serialize: (value: number) => Buffer.from(String(value)),
  deserialize: (bytes: Uint8Array) => Number(Buffer.from(bytes).toString()),
}

/** Counts per key in a store and forwards the count. Some values cause a fault when they first occur. */
class Counter implements Processor<string, string, string, string> {
  readonly #signals: Int32Array
  #context!: ProcessorContext<string, string>
  #store!: KeyValueStore<string, number>

  constructor(signals: SharedArrayBuffer) {
    this.#signals = new Int32Array(signals)
  }

  init(context: ProcessorContext<string, string>): void {
    this.#context = context
    this.#store = context.getStateStore('counts')
  }

  process(record: StreamRecord<string, string>): void | Promise<void> {
    if (record.value === 'long') this.#computeUntilTold()
    if (record.value === 'exit' && this.#isFirstCrash()) process.exit(7)
    if (record.value === 'throw' && this.#isFirstCrash()) return new Promise(() => setImmediate(throwUncaught))
    const count = (this.#store.get(record.key) ?? 0) + 1
    this.#store.put(record.key, count)
    return this.#context.forward({ ...record, value: String(count) })
  }

  /** Blocks the thread like a long computation. */
  #computeUntilTold(): void {
    Atomics.store(this.#signals, signal.busy, 1)
    Atomics.wait(this.#signals, signal.go, 0)
  }

  #isFirstCrash(): boolean {
    return Atomics.add(this.#signals, signal.crashes, 1) === 0
  }
}

function throwUncaught(): never {
  throw new Error('nobody catches this')
}

export function createTopology({ words, out, signals }: ThreadTopologyOptions): Topology {
  return new Topology()
    .addSource('in', words, texts)
    .addProcessor('counter', () => new Counter(signals), 'in')
    .addStateStore(keyValueStore({ name: 'counts', key: stringSerde, value: number }), 'counter')
    .addSink('out', out, texts, 'counter')
}
