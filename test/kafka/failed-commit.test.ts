import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import { keyValueStore } from '../../stores/index.ts'
import { Topology, type Processor, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'
import { SluiceStreams, type StreamsOptions } from '../../topology/runtime/index.ts'
import { counted, countedAtLeast } from './counted.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

const texts = { key: stringSerde, value: stringSerde }
const topicResource = 2

/** The controls of one test; each application has its own. */
interface Steering {
  /** Called for each record. */
  onRecord(record: StreamRecord<string, string>, context: ProcessorContext<string, string>): void | Promise<void>
}

class Steered implements Processor<string, string, string, string> {
  readonly #steering: Steering
  #context!: ProcessorContext<string, string>

  constructor(steering: Steering) {
    this.#steering = steering
  }

  init(context: ProcessorContext<string, string>): void {
    this.#context = context
  }

  process(record: StreamRecord<string, string>): void | Promise<void> {
    return this.#steering.onRecord(record, this.#context)
  }
}

interface Gate {
  readonly opened: Promise<void>
  open(): void
}

function gate(): Gate {
  let open: () => void = () => undefined
  const opened = new Promise<void>(resolve => (open = resolve))
  return { opened, open }
}

function run(brokers: string): void {
  const test = suite<{ fixture: KafkaFixture; apps: SluiceStreams[] }>('a commit that fails')
  test.before.each(context => {
    context.fixture = new KafkaFixture(brokers)
    context.apps = []
  })
  test.after.each(async ({ fixture, apps }) => {
    await Promise.all(apps.map(app => app.stop()))
    await fixture.close()
  })

  const topology = (fixture: KafkaFixture, steering: Steering): Topology =>
    new Topology()
      .addSource('in', fixture.topic('in'), texts)
      .addProcessor('steered', () => new Steered(steering), 'in')
      .addStateStore(keyValueStore({ name: 'counts', key: stringSerde, value: stringSerde }), 'steered')
      .addSink('out', fixture.topic('out'), texts, 'steered')

  const start = async (
    { fixture, apps }: { fixture: KafkaFixture; apps: SluiceStreams[] },
    steering: Steering,
    options: Partial<StreamsOptions> = {},
  ): Promise<SluiceStreams> => {
    const app = new SluiceStreams(topology(fixture, steering), { applicationId: fixture.id, brokers: fixture.brokers, ...options })
    apps.push(app)
    await app.start()
    return app
  }

  const records = (from: number, count: number): { key: Buffer; value: Buffer }[] =>
    Array.from({ length: count }, (_, at) => ({ key: Buffer.from('k'), value: Buffer.from(String(from + at)) }))

  const numbers = async (fixture: KafkaFixture): Promise<number[]> => (await fixture.readAll('out')).map(({ value }) => Number(value))

  /** Lowers the limit while the application runs, without its knowledge. The end marker of a transaction, 78 bytes, must fit. */
  const largestBatch = async (fixture: KafkaFixture, bytes: number): Promise<void> => {
    const admin = fixture.kafka.admin()
    await admin.connect()
    const configEntries = [{ name: 'max.message.bytes', value: String(bytes) }]
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: topicResource, name: fixture.topic('out'), configEntries }] })
    await admin.disconnect()
  }

  const copy: Steering = { onRecord: (record, context) => context.forward(record) }

  for (const guarantee of ['exactly_once', 'at_least_once'] as const) {
    test(`${guarantee}: records that a broker refuses are not committed, whatever follows`, async context => {
      const { fixture } = context
      await fixture.createTopics({ in: { partitions: 1 }, out: { partitions: 1 } })
      const app = await start(context, copy, { guarantee, commitIntervalMs: 20 })
      await fixture.produce('in', records(0, 100))
      await fixture.readAtLeast('out', 100)
      await largestBatch(fixture, 90)
      const from = await counted(app, 'sluice_thread_failures_total')
      for (let i = 1; i < 10; i++) {
        await fixture.produce('in', records(100 * i, 100))
        await new Promise(resolve => setTimeout(resolve, 50))
      }
      await countedAtLeast(app, 'sluice_thread_failures_total', {}, from + 2)
      await largestBatch(fixture, 1_000_000)
      const seen = await eventually(
        () => numbers(fixture),
        all => new Set(all).size >= 1000,
      )
      assert.is(new Set(seen).size, 1000, 'none is lost')
      if (guarantee === 'exactly_once') assert.equal(seen, [...Array(1000).keys()], 'none is doubled, and in order')
    })

    test(`${guarantee}: a task that fails in the middle of a record while a rebalance waits for it commits nothing of the record`, async context => {
      const { fixture } = context
      await fixture.createTopics({ in: { partitions: 1 }, out: { partitions: 1 } })
      const inTheMiddle = gate()
      const goOn = gate()
      let failed = false
      const failing: Steering = {
        onRecord: async (record, processor) => {
          await processor.forward(record)
          if (failed || record.value !== '3') return
          inTheMiddle.open()
          await goOn.opened
          failed = true
          throw new SluiceError('STORE_FAILED', 'made to fail')
        },
      }
      const first = await start(context, failing, { guarantee, commitIntervalMs: 100_000, maxBatch: 10 })
      await fixture.produce('in', records(0, 10))
      await inTheMiddle.opened
      const second = start(context, copy, { guarantee })
      await eventually(
        () => first.state,
        state => state === 'rebalancing',
      )
      await new Promise(resolve => setTimeout(resolve, 500))
      goOn.open()
      await second
      const seen = await eventually(
        () => numbers(fixture),
        all => new Set(all).size >= 10,
      )
      assert.is(new Set(seen).size, 10, 'none is lost')
      if (guarantee === 'exactly_once') assert.equal(seen, [...Array(10).keys()])
    })
  }

  test.run()
}
