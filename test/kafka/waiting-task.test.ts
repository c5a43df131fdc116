import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import { Topology, type Processor, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { eventually, KafkaFixture } from './fixture.ts'

interface Context {
  fixture: KafkaFixture
}

const texts = { key: stringSerde, value: stringSerde }

const test = suite<Context>('a task whose processing is asynchronous')
test.before.each(async context => {
  context.fixture = new KafkaFixture(String(process.env['KAFKA_BROKERS']))
  await context.fixture.createTopics({ words: { partitions: 2 }, out: { partitions: 2 } })
})
test.after.each(async ({ fixture }) => {
  await fixture.close()
})

/** A gate for which the records of one partition wait. */
class Gate {
  open!: () => void
  readonly opened = new Promise<void>(resolve => (this.open = resolve))
}

function topologyOf(fixture: KafkaFixture, gate: Gate): Topology {
  const supplier = (): Processor<string, string, string, string> => {
    let context!: ProcessorContext<string, string>
    return {
      init: given => void (context = given),
      process: async (record: StreamRecord<string, string>) => {
        if (record.value === 'waits') await gate.opened
        await context.forward(record)
      },
    }
  }
  return new Topology()
    .addSource('in', fixture.topic('words'), texts)
    .addProcessor('waiter', supplier, 'in')
    .addSink('out', fixture.topic('out'), texts, 'waiter')
}

for (const guarantee of ['exactly_once', 'at_least_once'] as const) {
  test(`the other tasks of its thread continue and commit; it commits nothing in the middle of a record: ${guarantee}`, async ({
    fixture,
  }) => {
    const gate = new Gate()
    const app = new SluiceStreams(topologyOf(fixture, gate), {
      applicationId: fixture.id,
      brokers: fixture.brokers,
      guarantee,
      commitIntervalMs: 50,
    })
    const written = async (): Promise<string[]> => (await fixture.readAll('out')).map(({ value }) => String(value)).toSorted()
    const put = (partition: number, ...values: string[]): Promise<void> =>
      fixture.produce(
        'words',
        values.map(value => ({ key: Buffer.from(`p${partition}`), value: Buffer.from(value), partition })),
      )
    try {
      await app.start()
      await put(0, 'waits', 'after')
      await put(1, 'a')
      assert.equal(await eventually(written, ({ length }) => length === 1), ['a'])
      await put(1, 'b', 'c')
      assert.equal(await eventually(written, ({ length }) => length === 3), ['a', 'b', 'c'])
      gate.open()
      assert.equal(await eventually(written, ({ length }) => length === 5), ['a', 'after', 'b', 'c', 'waits'])
    } finally {
      gate.open()
      await app.stop()
    }
    assert.equal(await written(), ['a', 'after', 'b', 'c', 'waits'])
  })
}

test('asynchronous punctuations block neither timers and sockets nor the end of the application', async ({ fixture }) => {
  let punctuated = 0
  const supplier = (): Processor<string, string, string, string> => ({
    init: context =>
      void context.schedule(5, 'wall-clock', async timestamp => {
        punctuated++
        await context.forward({ key: `k${punctuated % 2}`, value: 'x', timestamp, headers: undefined } as never)
      }),
    process: () => undefined,
  })
  const topology = new Topology()
    .addSource('in', fixture.topic('words'), texts)
    .addProcessor('clock', supplier, 'in')
    .addSink('out', fixture.topic('out'), texts, 'clock')
  const app = new SluiceStreams(topology, { applicationId: fixture.id, brokers: fixture.brokers })
  await app.start()
  await eventually(
    () => punctuated,
    count => count >= 20,
  )
  const results = await eventually(
    () => fixture.readAll('out'),
    ({ length }) => length >= 5,
  )
  assert.ok(results.length >= 5)
  await app.stop()
})

test.run()
