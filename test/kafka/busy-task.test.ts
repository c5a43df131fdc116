import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringSerde } from '../../records/serde.ts'
import { Topology, type Processor, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { eventually, KafkaFixture } from './fixture.ts'

interface Context {
  fixture: KafkaFixture
}

const texts = { key: stringSerde, value: stringSerde }
/** The duration of each record, ms, and the number of records: far more work than is done before the application is stopped. */
const takesMs = 5
const records = 8000

const test = suite<Context>('a task whose processing is always in progress')
test.before.each(async context => {
  context.fixture = new KafkaFixture(String(process.env['KAFKA_BROKERS']))
  await context.fixture.createTopics({ words: { partitions: 2 }, out: { partitions: 2 } })
})
test.after.each(async ({ fixture }) => {
  await fixture.close()
})

function topologyOf(fixture: KafkaFixture, seen: { count: number }): Topology {
  const supplier = (): Processor<string, string, string, string> => {
    let context!: ProcessorContext<string, string>
    return {
      init: given => void (context = given),
      process: async (record: StreamRecord<string, string>) => {
        await sleep(takesMs)
        seen.count++
        await context.forward(record)
      },
    }
  }
  return new Topology()
    .addSource('in', fixture.topic('words'), texts)
    .addProcessor('slow', supplier, 'in')
    .addSink('out', fixture.topic('out'), texts, 'slow')
}

for (const guarantee of ['exactly_once', 'at_least_once'] as const) {
  test(`still commits at its interval: ${guarantee}`, async ({ fixture }) => {
    const seen = { count: 0 }
    const app = new SluiceStreams(topologyOf(fixture, seen), {
      applicationId: fixture.id,
      brokers: fixture.brokers,
      guarantee,
      commitIntervalMs: 50,
      maxBatch: 10,
    })
    const value = Buffer.from('x')
    await fixture.produce(
      'words',
      Array.from({ length: records }, (_, at) => ({ key: Buffer.from(`k${at}`), value, partition: at % 2 })),
    )
    try {
      await app.start()
      await eventually(
        () => fixture.readAll('out'),
        ({ length }) => length > 0,
      )
      assert.ok(seen.count < records, `${seen.count} of ${records} records were processed before the first result was visible`)
    } finally {
      await app.stop()
    }
  })
}

test.run()
