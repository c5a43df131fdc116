/** Runs an instance with a store of many keys until it is killed. Each record is stored under its key; records with a short value are also forwarded. */
import { bytesSerde } from '../../records/index.ts'
import { keyValueStore, type KeyValueStore } from '../../stores/index.ts'
import { Topology, type Processor, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'

const [brokers = '', stateDir, guarantee = ''] = process.argv.slice(2)

/** Records with shorter values, in bytes, are forwarded. */
const short = 50

class Put implements Processor<Uint8Array, Uint8Array, Uint8Array, Uint8Array> {
  #context!: ProcessorContext<Uint8Array, Uint8Array>
  #store!: KeyValueStore<Uint8Array, Uint8Array>

  init(context: ProcessorContext<Uint8Array, Uint8Array>): void {
    this.#context = context
    this.#store = context.getStateStore('keys')
  }

  process(record: StreamRecord<Uint8Array, Uint8Array>): void | Promise<void> {
    this.#store.put(record.key, record.value)
    return record.value.length < short ? this.#context.forward(record) : undefined
  }
}

const bytes = { key: bytesSerde, value: bytesSerde }
const topology = new Topology()
  .addSource('in', 'keyed', bytes)
  .addProcessor('put', () => new Put(), 'in')
  .addStateStore(keyValueStore({ name: 'keys', ...bytes }), 'put')
  .addSink('out', 'passed-on', bytes, 'put')

const streams = new SluiceStreams(topology, {
  applicationId: 'keyed',
  brokers: [brokers],
  stateDir,
  guarantee: guarantee === 'at_least_once' ? 'at_least_once' : 'exactly_once',
  createPartitions: 4,
  listener: { onError: error => console.error(error) },
})
await streams.start()
