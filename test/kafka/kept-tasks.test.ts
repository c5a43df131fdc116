import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import { Topology, type Processor } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { createTopology } from './counting-topology.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const texts = { key: stringSerde, value: stringSerde }

interface Context {
  fixture: KafkaFixture
}

const test = suite<Context>('tasks that stay on their instance')
test.before.each(async context => {
  context.fixture = new KafkaFixture(String(process.env['KAFKA_BROKERS']))
  await context.fixture.createTopics({ words: {}, out: {} })
})
test.after.each(async ({ fixture }) => {
  await fixture.close()
})

/** Adds the tasks whose stores were restored to `restored`, in order. */
function instance({ fixture }: Context, restored: string[] = []): SluiceStreams {
  const topology = createTopology({ input: fixture.topic('words'), output: fixture.topic('out') })
  const onRestore = ({ task, done }: { readonly task: string; readonly done: boolean }): void => void (done && restored.push(task))
  return new SluiceStreams(topology, { applicationId: fixture.id, brokers: fixture.brokers, commitIntervalMs: 50, listener: { onRestore } })
}

const keys = Array.from({ length: 40 }, (_, at) => `k${at}`)

test('a rebalance does not restore them or fetch their records again, and keeps the order of records', async context => {
  const { fixture } = context
  const restored: string[] = []
  const one = instance(context, restored)
  const other = instance(context)
  let rounds = 0
  const send = (): Promise<void> => {
    rounds++
    return fixture.produce(
      'words',
      keys.map(key => ({ key: Buffer.from(key), value: Buffer.from('x') })),
    )
  }
  try {
    await one.start()
    await send()
    await eventually(
      () => restored.length,
      count => count === 4,
    )
    const sending = (async () => {
      for (let at = 0; at < 40; at++) await send()
    })()
    await other.start()
    await sending
    await eventually(
      async () => (await fixture.readAll('out')).length,
      length => length === rounds * keys.length,
    )
    const kept = await eventually(
      async () => (await one.instances()).find(each => each.instance === one.instance)?.activeTasks ?? [],
      ({ length }) => length === 2,
    )
    assert.is(kept.length, 2)
    assert.equal(restored.toSorted(), ['0_0', '0_1', '0_2', '0_3'], 'each task was restored once, when it came')
    await other.stop()
    await send()
    const results = await eventually(
      () => fixture.readAll('out'),
      ({ length }) => length === rounds * keys.length,
    )
    for (const key of keys) {
      const counts = results.filter(each => String(each.key) === key).map(({ value }) => Number(String(value)))
      assert.equal(
        counts,
        counts.map((_, at) => at + 1),
        key,
      )
      assert.is(counts.length, rounds)
    }
    const back = ['0_0', '0_1', '0_2', '0_3'].filter(task => !kept.includes(task))
    await eventually(
      () => restored.length,
      count => count === 6,
    )
    assert.equal(restored.slice(4).toSorted(), back, 'only those that came back are restored again')
    assert.is(one.counters().recordsIn + other.counters().recordsIn, rounds * keys.length)
  } finally {
    await one.stop()
    await other.stop()
  }
})

test('waiting records are not fetched beyond the limit, however often the group rebalances', async context => {
  const { fixture } = context
  const slow = (): Processor<string, string> => ({ process: () => sleep(50) })
  const topology = new Topology().addSource('in', fixture.topic('words'), texts).addProcessor('slow', slow, 'in')
  const options = { applicationId: fixture.id, brokers: fixture.brokers, maxBatch: 1, maxBufferedBytes: 100_000 }
  const one = new SluiceStreams(topology, options)
  const value = Buffer.alloc(10_000)
  // A topic of one partition: the second instance has nothing to do.
  await fixture.produce(
    'words',
    Array.from({ length: 1500 }, () => ({ value, partition: 0 })),
  )
  const buffered = async (): Promise<number> => {
    const samples = (await one.metrics()).find(({ name }) => name === 'sluice_buffered_bytes')?.samples ?? []
    return samples.reduce((sum, { value: bytes }) => sum + bytes, 0)
  }
  await one.start()
  try {
    await eventually(buffered, bytes => bytes > 0)
    for (let round = 0; round < 3; round++) {
      const other = new SluiceStreams(topology, options)
      await other.start()
      await other.stop()
    }
    await sleep(500)
    // One fetch returns at most 2 MB of a partition.
    const bytes = await buffered()
    assert.ok(bytes > 0 && bytes <= 4_000_000, `${bytes} bytes`)
  } finally {
    await one.stop()
  }
})

test('a few records per second do not cost one marker for each record', async context => {
  const { fixture } = context
  const topology = createTopology({ input: fixture.topic('words'), output: fixture.topic('out') })
  // Longer than the test: commits before the end happen only because there are enough records.
  const app = new SluiceStreams(topology, { applicationId: fixture.id, brokers: fixture.brokers, commitIntervalMs: 600_000 })
  const records = 200
  await app.start()
  try {
    for (let at = 0; at < records; at++)
      await fixture.produce('words', [{ key: Buffer.from(keys[at % keys.length] as string), value: Buffer.from('x') }])
    await eventually(
      () => app.counters().recordsIn,
      count => count === records,
    )
  } finally {
    await app.stop()
  }
  assert.is((await fixture.readSettled('out')).length, records)
  const admin = fixture.kafka.admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(fixture.topic('out'))
  await admin.disconnect()
  const markers = offsets.reduce((sum, { high }) => sum + Number(high), 0) - records
  assert.ok(markers >= 4 && markers <= records / 4, `${markers} markers for ${records} records`)
})

test.run()
