import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import { Topology } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { createTopology } from './counting-topology.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

function run(brokers: string): void {
  const test = suite<{ fixture: KafkaFixture }>('partitions that are added to an input')
  test.before.each(context => {
    context.fixture = new KafkaFixture(brokers)
  })
  test.after.each(({ fixture }) => fixture.close())

  const grow = async (fixture: KafkaFixture, count: number, name = 'in'): Promise<void> => {
    const admin = fixture.kafka.admin()
    await admin.connect()
    await admin.createPartitions({ topicPartitions: [{ topic: fixture.topic(name), count }] })
    await admin.disconnect()
  }

  const start = async (
    fixture: KafkaFixture,
    topology: Topology,
    onError: (error: unknown, fatal: boolean) => void,
  ): Promise<SluiceStreams> => {
    const app = new SluiceStreams(topology, {
      applicationId: fixture.id,
      brokers: fixture.brokers,
      metadataMaxAgeMs: 500,
      listener: { onError },
    })
    await app.start()
    await eventually(
      () => app.state,
      state => state === 'running',
    )
    return app
  }

  test('end an application with state at its next rebalance, because its results would be wrong', async ({ fixture }) => {
    await fixture.createTopics({ in: { partitions: 2 }, out: { partitions: 2 } })
    const told: { error: unknown; fatal: boolean }[] = []
    const topology = (): Topology => createTopology({ input: fixture.topic('in'), output: fixture.topic('out') })
    const app = await start(fixture, topology(), (error, fatal) => told.push({ error, fatal }))
    try {
      await fixture.produce('in', [{ key: Buffer.from('k'), value: Buffer.from('v') }])
      await fixture.readAtLeast('out', 1)
      await grow(fixture, 3)
      // An application that starts now is refused because of its changelog.
      const late = new SluiceStreams(topology(), { applicationId: fixture.id, brokers: fixture.brokers })
      const refused = await late.start().catch((error: unknown) => error)
      assert.match((refused as Error).message, /changelog ".*counts-changelog" has 2 partitions, but its inputs have 3/)
      const state = await eventually(
        () => app.state,
        found => found === 'failed',
      )
      assert.is(state, 'failed')
      const last = told.at(-1)
      assert.is(last?.fatal, true)
      let cause = last?.error as Error
      while (!(cause instanceof SluiceError) && cause.cause instanceof Error) cause = cause.cause
      assert.is((cause as SluiceError).code, 'TOPIC_MISMATCH')
      assert.match(
        cause.message,
        /partitions were added to an input.*in" had 2.*3.*counts-changelog.*delete the folder "[^"]+" in the stateDir of each/,
      )
    } finally {
      await app.stop()
    }
  })

  test('are read by an application without state', async ({ fixture }) => {
    await fixture.createTopics({ in: { partitions: 2 }, out: { partitions: 2 } })
    const texts = { key: stringSerde, value: stringSerde }
    const topology = new Topology().addSource('in', fixture.topic('in'), texts).addSink('out', fixture.topic('out'), texts, 'in')
    const told: unknown[] = []
    const app = await start(fixture, topology, error => told.push(error))
    try {
      await grow(fixture, 3)
      await fixture.produce(
        'in',
        [0, 1, 2].map(partition => ({ key: null, value: Buffer.from(String(partition)), partition })),
      )
      const out = await fixture.readAtLeast('out', 3)
      assert.equal(out.map(({ value }) => String(value)).sort(), ['0', '1', '2'])
      assert.equal(told, [])
    } finally {
      await app.stop()
    }
  })

  test('are noticed within seconds by one thread of an instance for all', async ({ fixture }) => {
    await fixture.createTopics({ in: { partitions: 2 }, out: { partitions: 2 } })
    const module = new URL('passing-topology.ts', import.meta.url)
    const options = { input: fixture.topic('in'), output: fixture.topic('out') }
    const app = new SluiceStreams({ module, options }, { applicationId: fixture.id, brokers: fixture.brokers, threads: 2 })
    await app.start()
    try {
      await grow(fixture, 4)
      const began = performance.now()
      const tasks = await eventually(
        () => app.tasks(),
        found => found.length === 4,
      )
      assert.is(tasks.length, 4)
      assert.ok(performance.now() - began < 20_000, 'without being told to look more often')
    } finally {
      await app.stop()
    }
  })

  test('to one of several inputs that are read together without state: a warning, and other partitions are read, until all inputs have them', async ({
    fixture,
  }) => {
    await fixture.createTopics({ in: { partitions: 2 }, more: { partitions: 2 }, out: { partitions: 2 } })
    const texts = { key: stringSerde, value: stringSerde }
    const topology = new Topology()
      .addSource('in', [fixture.topic('in'), fixture.topic('more')], texts)
      .addSink('out', fixture.topic('out'), texts, 'in')
    const lines: string[] = []
    const app = new SluiceStreams(topology, {
      applicationId: fixture.id,
      brokers: fixture.brokers,
      metadataMaxAgeMs: 500,
      listener: { log: (level, message, fields) => lines.push(`${level} ${message} ${JSON.stringify(fields)}`) },
    })
    await app.start()
    try {
      await grow(fixture, 3)
      const told = await eventually(
        () => lines.find(line => line.includes('TOPIC_MISMATCH')),
        line => line !== undefined,
      )
      assert.match(told ?? '', /^warn partitions were added to some of the inputs .*in has 3, [^"]*more has 2/)
      await fixture.produce('more', [{ key: null, value: Buffer.from('old'), partition: 1 }])
      assert.is((await fixture.readAtLeast('out', 1)).length, 1)
      await grow(fixture, 3, 'more')
      await fixture.produce('in', [{ key: null, value: Buffer.from('new'), partition: 2 }])
      assert.is((await fixture.readAtLeast('out', 2)).length, 2)
    } finally {
      await app.stop()
    }
  })

  test('to one of several inputs that are read together with state end the application, although there is no new task', async ({
    fixture,
  }) => {
    await fixture.createTopics({ in: { partitions: 2 }, more: { partitions: 2 }, out: { partitions: 2 } })
    const texts = { key: stringSerde, value: stringSerde }
    const topology = createTopology({ input: fixture.topic('in'), output: fixture.topic('out') })
      .addSource('more', fixture.topic('more'), texts)
      .addProcessor('nothing', () => ({ process: () => undefined }), 'more', 'in')
    const app = await start(fixture, topology, () => undefined)
    try {
      await grow(fixture, 3, 'more')
      assert.is(
        await eventually(
          () => app.state,
          state => state === 'failed',
        ),
        'failed',
      )
      assert.match(String(app.failure), /partitions were added to an input.*more" had 2.*3/)
    } finally {
      await app.stop()
    }
  })

  test.run()
}
