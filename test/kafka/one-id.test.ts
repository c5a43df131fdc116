import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SluiceError } from '../../base/sluice-error.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { createTopology } from './counting-topology.ts'
import { briefFetches, eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

interface World {
  fixture: KafkaFixture
  /** Closed after the test, also if it fails. */
  apps: SluiceStreams[]
}

function run(brokers: string): void {
  const test = suite<World>('applications with the same id')
  test.before.each(async context => {
    Object.assign(context, { fixture: new KafkaFixture(brokers), apps: [] })
    await context.fixture.createTopics({ words: {}, out: {}, others: {}, 'others-out': {} })
  })
  test.after.each(async ({ fixture, apps }) => {
    await Promise.all(apps.map(app => app.stop()))
    await fixture.close()
  })

  const application = ({ fixture, apps }: World, input: string, threads = 0): SluiceStreams => {
    const names = { input: fixture.topic(input), output: fixture.topic(input === 'words' ? 'out' : 'others-out') }
    const module = { module: new URL('counting-topology.ts', import.meta.url), options: names }
    const app = new SluiceStreams(threads === 0 ? createTopology(names) : module, {
      applicationId: fixture.id,
      brokers: fixture.brokers,
      threads,
    })
    apps.push(app)
    return app
  }

  test('a second application is refused, and the first continues with all its partitions', async world => {
    const { fixture } = world
    const first = application(world, 'words')
    await first.start()
    await running(first)
    await refused(application(world, 'others'), world)
    await fixture.produce('words', words(100))
    assert.is((await fixture.readAtLeast('out', 100)).length, 100)
    assert.is(first.state, 'running')
    assert.is((await first.tasks()).length, 4)
  })

  for (const threads of [0, 2]) {
    test(`of two that start at the same time one runs and one is refused: threads ${threads}`, async world => {
      const { fixture } = world
      const apps = [application(world, 'words', threads), application(world, 'others', threads)]
      const started = await Promise.allSettled(apps.map(app => app.start()))
      const states = await eventually(
        () => apps.map(({ state }) => state),
        all => all.includes('failed') && all.includes('running'),
      )
      assert.equal(states.toSorted(), ['failed', 'running'])
      const failed = started[states.indexOf('failed')] as PromiseSettledResult<void>
      assert.is(failed.status, 'rejected')
      if (failed.status === 'rejected') isRefusal(failed.reason as SluiceError, fixture)
      const [input, output] = states[0] === 'running' ? ['words', 'out'] : ['others', 'others-out']
      await fixture.produce(input, words(100))
      assert.is((await fixture.readAtLeast(output, 100)).length, 100)
    })
  }

  test('a group of plain consumers is reported as such', async world => {
    const { fixture } = world
    const consumer = fixture.kafka.consumer({ groupId: fixture.id, ...briefFetches })
    await consumer.connect()
    await consumer.subscribe({ topics: [fixture.topic('words')] })
    await consumer.run({ eachMessage: () => Promise.resolve() })
    try {
      const error = await application(world, 'words')
        .start()
        .then(
          () => undefined,
          (reason: unknown) => reason as SluiceError,
        )
      assert.is(error?.code, 'CONFIG_INVALID')
      assert.match(error?.message ?? '', fixture.id)
      assert.match(error?.message ?? '', 'not Sluice instances')
    } finally {
      await consumer.disconnect()
    }
  })

  test.run()
}

async function refused(app: SluiceStreams, { fixture }: World): Promise<void> {
  const error = await app.start().then(
    () => undefined,
    (reason: unknown) => reason as SluiceError,
  )
  isRefusal(error, fixture)
  assert.is(app.state, 'failed')
}

/** The message names the id and the inputs of both. */
function isRefusal(error: SluiceError | undefined, fixture: KafkaFixture): void {
  assert.is(error?.code, 'CONFIG_INVALID', String(error))
  for (const name of [fixture.id, fixture.topic('words'), fixture.topic('others')]) assert.match(error?.message ?? '', name)
}

const words = (count: number) => Array.from({ length: count }, (_, at) => ({ key: Buffer.from(`k${at}`), value: Buffer.from('x') }))

async function running(app: SluiceStreams): Promise<void> {
  await eventually(
    () => app.state,
    state => state === 'running',
  )
  assert.is(app.state, 'running')
}
