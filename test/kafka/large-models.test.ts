import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import { stringSerde } from '../../records/serde.ts'
import { modelStateStore, type ModelStateStore } from '../../stores/index.ts'
import { Topology, type Processor, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

const texts = { key: stringSerde, value: stringSerde }
const size = 40 * 2 ** 20

/** Bytes in which all chunks are different. */
const modelBytes = (): Buffer => {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; at += 4) bytes.writeUInt32LE((at * 2654435761) % 2 ** 32, at)
  return bytes
}

/** Stores a model of 40 MB for each record, and forwards the number of its bytes in the store. */
class Keeper implements Processor<string, string, string, string> {
  #context!: ProcessorContext<string, string>
  #store!: ModelStateStore

  init(context: ProcessorContext<string, string>): void {
    this.#context = context
    this.#store = context.getStateStore('models')
  }

  process(record: StreamRecord<string, string>): void | Promise<void> {
    const { partition, offset } = record
    if (record.value === 'store') {
      const facts = { name: record.key, description: '', modeltype: sluice.ModelDescriptor.ModelType.ONNX, output: '', since: 1 }
      this.#store.addVersion(record.key, { ...facts, bytes: modelBytes(), partition, offset })
    }
    const hash = this.#store.state(record.key)?.versions.at(-1)?.hash
    return this.#context.forward({ ...record, value: String(hash && this.#store.bytesOf(hash)?.length) })
  }
}

function run(brokers: string): void {
  const large = suite<{ fixture: KafkaFixture; dir: string }>('large models')
  large.before.each(async context => {
    context.fixture = new KafkaFixture(brokers)
    context.dir = await mkdtemp(join(tmpdir(), 'sluice-large-'))
  })
  large.after.each(async ({ fixture, dir }) => {
    await fixture.close()
    await rm(dir, { recursive: true })
  })

  large('40 MB reach the changelog in several transactions, the state in the last of them, and are restored completely', async context => {
    const { fixture, dir } = context
    await fixture.createTopics({ in: { partitions: 1 }, out: { partitions: 1 } })
    const topology = new Topology()
      .addSource('in', fixture.topic('in'), texts)
      .addProcessor('keeper', () => new Keeper(), 'in')
      .addStateStore(modelStateStore({ name: 'models' }), 'keeper')
      .addSink('out', fixture.topic('out'), texts, 'keeper')
    const app = (stateDir: string): SluiceStreams =>
      new SluiceStreams(topology, { applicationId: fixture.id, brokers: fixture.brokers, stateDir: join(dir, stateDir) })
    const ask = (value: string): Promise<void> => fixture.produce('in', [{ key: Buffer.from('wine'), value: Buffer.from(value) }])
    const first = app('first')
    await first.start()
    await ask('store')
    await fixture.readAtLeast('out', 1)
    await first.stop()
    const rows = await fixture.readSettled('models-changelog')
    assert.is(rows.length, 82)
    assert.equal(
      rows.slice(-2).map(({ key }) => String(key)),
      ['state/wine', 'policy/wine/000000000001'],
    )
    const markers = rows.slice(1).filter(({ offset }, at) => offset > (rows[at]?.offset ?? 0) + 1)
    assert.is(markers.length, 5, 'each transaction ends in a marker')
    const second = app('second')
    await second.start()
    await ask('look')
    const answers = await fixture.readAtLeast('out', 2)
    await second.stop()
    assert.equal(
      answers.map(({ value }) => String(value)),
      [String(size), String(size)],
    )
  })

  large.run()
}
