/** Runs an instance with a store of many keys and REST until it is killed. Its first line of output is {"port":…}. */
import { bytesSerde } from '../../records/index.ts'
import { startRestServer } from '../../rest/index.ts'
import { keyValueStore, type KeyValueStore } from '../../stores/index.ts'
import { Topology, type Processor, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'

const [brokers = '', stateDir, token] = process.argv.slice(2)

class Put implements Processor<Uint8Array, Uint8Array, Uint8Array, Uint8Array> {
  #store!: KeyValueStore<Uint8Array, Uint8Array>

  init(context: ProcessorContext<Uint8Array, Uint8Array>): void {
    this.#store = context.getStateStore('keys')
  }

  process({ key, value }: StreamRecord<Uint8Array, Uint8Array>): void {
    this.#store.put(key, value)
  }
}

const bytes = { key: bytesSerde, value: bytesSerde }
const topology = new Topology()
  .addSource('in', 'keyed', bytes)
  .addProcessor('put', () => new Put(), 'in')
  .addStateStore(keyValueStore({ name: 'keys', ...bytes }), 'put')
const streams = new SluiceStreams(topology, {
  applicationId: 'bench-rest',
  brokers: [brokers],
  stateDir,
  createPartitions: 4,
  listener: { onError: error => console.error(error) },
})
const rest = await startRestServer({ streams, port: 0, token })
streams.advertise({ host: rest.host, port: rest.port })
await streams.start()
console.log(JSON.stringify({ port: rest.port }))
