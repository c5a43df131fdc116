/**
 * An instance that stores each record and forwards its key; prints failures and its end as JSON lines. full-disk-instance.ts BROKERS ID IN OUT DIR
 */
import { bytesSerde } from '../../records/serde.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import { keyValueStore, type KeyValueStore } from '../../stores/index.ts'
import { Topology, type Processor, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'

const [brokers = '', applicationId = '', input = '', output = '', stateDir = ''] = process.argv.slice(2)

class Keeper implements Processor<Uint8Array, Uint8Array, Uint8Array, Uint8Array> {
  #context!: ProcessorContext<Uint8Array, Uint8Array>
  #store!: KeyValueStore<Uint8Array, Uint8Array>

  init(context: ProcessorContext<Uint8Array, Uint8Array>): void {
    this.#context = context
    this.#store = context.getStateStore('kept')
  }

  process(record: StreamRecord<Uint8Array, Uint8Array>): void | Promise<void> {
    this.#store.put(record.key, record.value)
    return this.#context.forward({ ...record, value: Buffer.alloc(0) })
  }
}

const bytes = { key: bytesSerde, value: bytesSerde }
const topology = new Topology()
  .addSource('in', input, bytes)
  .addProcessor('keeper', () => new Keeper(), 'in')
  .addStateStore(keyValueStore({ name: 'kept', ...bytes }), 'keeper')
  .addSink('out', output, bytes, 'keeper')
const tell = (event: object): void => void process.stdout.write(`${JSON.stringify(event)}\n`)
async function told(error: unknown, fatal: boolean): Promise<void> {
  const code = error instanceof SluiceError ? error.code : ''
  const counted = (await streams.metrics()).find(({ name }) => name === 'sluice_thread_failures_total')?.samples
  tell({ code, message: String(error), fatal, counted })
}

const streams = new SluiceStreams(topology, {
  applicationId,
  brokers: brokers.split(','),
  stateDir,
  listener: {
    onError: (error, fatal) => void told(error, fatal),
  },
})
process.once('SIGTERM', () => void streams.stop().then(() => process.exit(0)))
await streams.start()
tell({ event: 'started' })
