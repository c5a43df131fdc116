import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import type { SluiceError } from '../../base/sluice-error.ts'
import { keyValueStore, type KeyValueStore } from '../../stores/index.ts'
import { Topology, type Processor, type ProcessorContext, type StreamRecord } from '../../topology/index.ts'
import { SluiceStreams, type RestoreProgress, type StreamsOptions } from '../../topology/runtime/index.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

const texts = { key: stringSerde, value: stringSerde }
const number = {
  serialize: (value: number) => Buffer.from(String(value)),
  deserialize: (bytes: Uint8Array) => Number(Buffer.from(bytes).toString()),
}

/** Counts per key, in a store; forwards the count. */
class Counter implements Processor<string, string, string, string> {
  #context!: ProcessorContext<string, string>
  #store!: KeyValueStore<string, number>

  init(context: ProcessorContext<string, string>): void {
    this.#context = context
    this.#store = context.getStateStore('counts')
  }

  process(record: StreamRecord<string, string>): void | Promise<void> {
    if (record.value === 'bad') throw new Error('this one is bad')
    const count = (this.#store.get(record.key) ?? 0) + 1
    this.#store.put(record.key, count)
    return this.#context.forward({ ...record, value: String(count) })
  }
}

function run(brokers: string): void {
  const streams = suite<{ fixture: KafkaFixture; dir: string }>('SluiceStreams')
  streams.before.each(async context => {
    context.fixture = new KafkaFixture(brokers)
    context.dir = await mkdtemp(join(tmpdir(), 'sluice-streams-'))
  })
  streams.after.each(async ({ fixture, dir }) => {
    await fixture.close()
    await rm(dir, { recursive: true })
  })

  const counting = (fixture: KafkaFixture): Topology =>
    new Topology()
      .addSource('in', fixture.topic('words'), texts)
      .addProcessor('counter', () => new Counter(), 'in')
      .addStateStore(keyValueStore({ name: 'counts', key: stringSerde, value: number }), 'counter')
      .addSink('out', fixture.topic('out'), texts, 'counter')

  const instance = (fixture: KafkaFixture, dir: string, options: Partial<StreamsOptions> = {}): SluiceStreams =>
    new SluiceStreams(counting(fixture), { applicationId: fixture.id, brokers: fixture.brokers, stateDir: dir, ...options })

  const words = (count: number, keys: number): { key: Buffer; value: Buffer }[] =>
    Array.from({ length: count }, (_, at) => ({ key: Buffer.from(`k${at % keys}`), value: Buffer.from('x') }))

  const running = (app: SluiceStreams): Promise<string> =>
    eventually(
      () => app.state,
      state => state === 'running',
    )

  /** The last value of each key. */
  const latest = (records: readonly { key: Buffer | null; value: Buffer | null }[]): Map<string, string> =>
    new Map(records.map(({ key, value }) => [String(key), String(value)]))

  streams('processes existing records, commits, and continues there after a restart', async ({ fixture, dir }) => {
    await fixture.createTopics({ words: {}, out: {} })
    await fixture.produce('words', words(1000, 10))
    const first = instance(fixture, dir)
    await first.start()
    await fixture.readAtLeast('out', 1000)
    await first.stop()
    assert.is(first.state, 'stopped')
    await fixture.produce('words', words(1000, 10))
    const second = instance(fixture, dir)
    await second.start()
    const out = await fixture.readAtLeast('out', 2000)
    await second.stop()
    assert.is(out.length, 2000)
    assert.is(second.counters().recordsIn, 1000)
    assert.is(second.counters().restoredRecords, 0, 'the disk had everything')
    for (let key = 0; key < 10; key++) {
      assert.equal(
        out.filter(record => String(record.key) === `k${key}`).map(record => Number(record.value)),
        Array.from({ length: 200 }, (_, at) => at + 1),
      )
    }
  })

  streams('a deleted state directory is restored from the changelog before the first record', async ({ fixture, dir }) => {
    await fixture.createTopics({ words: {}, out: {} })
    await fixture.produce('words', words(300, 30))
    const first = instance(fixture, dir)
    await first.start()
    await fixture.readAtLeast('out', 300)
    await first.stop()
    await rm(join(dir, fixture.id, 'tasks'), { recursive: true })
    const told: RestoreProgress[] = []
    const second = instance(fixture, dir, { listener: { onRestore: progress => told.push(progress) } })
    await second.start()
    await fixture.produce('words', words(30, 30))
    const out = await fixture.readAtLeast('out', 330)
    assert.equal(new Set(latest(out).values()), new Set(['11']))
    assert.ok(second.counters().restoredRecords >= 30)
    assert.is(
      told.filter(({ done }) => done).reduce((sum, { records }) => sum + records, 0),
      second.counters().restoredRecords,
    )
    await second.stop()
  })

  streams('store, changelog and queries agree on every instance, before and after one joins and one leaves', async ({ fixture, dir }) => {
    await fixture.createTopics({ words: {}, out: {} })
    const one = instance(fixture, join(dir, '1'), { advertise: { host: '127.0.0.1', port: 1 } })
    const two = instance(fixture, join(dir, '2'), { advertise: { host: '127.0.0.1', port: 2 } })
    await one.start()
    await fixture.produce('words', words(500, 50))
    await fixture.readAtLeast('out', 500)
    await two.start()
    const shared = await eventually(
      () => two.instances(),
      all => all.length === 2 && all.every(({ activeTasks }) => activeTasks.length === 2),
    )
    assert.equal(shared.flatMap(({ activeTasks }) => activeTasks).sort(), ['0_0', '0_1', '0_2', '0_3'])
    await Promise.all([running(one), running(two)])
    await fixture.produce('words', words(500, 50))
    await fixture.readAtLeast('out', 1000)
    const check = async (apps: readonly SluiceStreams[]): Promise<void> => {
      const log = await eventually(
        async () => latest(await fixture.readAll('counts-changelog')),
        changelog => new Set(changelog.values()).size === 1,
      )
      assert.is(log.size, 50)
      for (const [key, value] of log) {
        const owners = await Promise.all(apps.map(app => app.ownerOf('counts', key)))
        assert.is(new Set(owners.map(owner => owner?.port)).size, 1, 'all agree on the owner')
        const owner = apps.find(app => app.self.port === owners[0]?.port) as SluiceStreams
        assert.is(
          await eventually(
            () => owner.query('counts', key),
            found => String(found) === value,
          ),
          Number(value),
        )
      }
    }
    await check([one, two])
    await two.stop()
    await eventually(
      () => one.instances(),
      all => all.length === 1 && all[0]?.activeTasks.length === 4,
    )
    await running(one)
    await check([one])
    assert.is((await fixture.readAll('out')).length, 1000, 'an orderly change of owners doubles nothing')
    await one.stop()
  })

  streams('a failing record becomes a dead letter; the others have results', async ({ fixture, dir }) => {
    await fixture.createTopics({ words: {}, out: {} })
    const records = words(100, 5).map((record, at) => (at % 10 === 3 ? { ...record, value: Buffer.from('bad') } : record))
    await fixture.produce('words', records)
    const app = instance(fixture, dir)
    await app.start()
    const letters = await fixture.readAtLeast('dead-letters', 10)
    const out = await fixture.readAtLeast('out', 90)
    await app.stop()
    assert.is(letters.length, 10)
    assert.is(out.length, 90)
    assert.is(app.counters().deadLetters, 10)
    for (const letter of letters) {
      assert.is(String(letter.value), 'bad')
      assert.is(String(letter.headers?.['sluice.error.message']), 'this one is bad')
      assert.is(String(letter.headers?.['sluice.source.topic']), fixture.topic('words'))
    }
  })

  const refused = async (app: SluiceStreams): Promise<SluiceError> => {
    try {
      await app.start()
    } catch (error) {
      return error as SluiceError
    }
    await app.stop()
    return assert.unreachable('it started') as never
  }

  streams('all missing topics are named', async ({ fixture, dir }) => {
    const error = await refused(instance(fixture, dir))
    assert.is(error.code, 'TOPIC_MISSING')
    assert.match(error.message, fixture.topic('words'))
    assert.match(error.message, fixture.topic('out'))
  })

  streams('joined inputs need equal numbers of partitions', async ({ fixture }) => {
    await fixture.createTopics({ left: { partitions: 2 }, right: { partitions: 3 } })
    const topology = new Topology().addSource('in', [fixture.topic('left'), fixture.topic('right')], texts)
    const error = await refused(new SluiceStreams(topology, { applicationId: fixture.id, brokers: fixture.brokers }))
    assert.is(error.code, 'TOPIC_MISMATCH')
    assert.match(error.message, /left has 2, .*right has 3/)
  })

  streams('a locked state directory stops the start before the group is joined', async ({ fixture, dir }) => {
    await fixture.createTopics({ words: {}, out: {} })
    const first = instance(fixture, dir)
    await first.start()
    const error = await refused(instance(fixture, dir))
    assert.is(error.code, 'STATE_DIRECTORY_LOCKED')
    assert.match(error.message, dir)
    assert.is((await first.instances()).length, 1)
    await first.stop()
  })

  streams('a failing thread is restarted, and in the end the application fails with the reason', async ({ fixture, dir }) => {
    await fixture.createTopics({ words: {}, out: {} })
    let failures = 0
    const topology = new Topology().addSource('in', fixture.topic('words'), texts).addProcessor(
      'broken',
      () => ({
        init() {
          if (++failures < 3) throw new Error('not yet')
        },
        process() {},
      }),
      'in',
    )
    const told: unknown[] = []
    const app = new SluiceStreams(topology, {
      applicationId: fixture.id,
      brokers: fixture.brokers,
      stateDir: dir,
      listener: { onError: error => told.push(error) },
    })
    await app.start()
    assert.is(await running(app), 'running')
    assert.ok(told.length >= 1)
    await app.stop()
  })

  streams.run()
}
