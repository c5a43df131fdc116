import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { guarantees } from '../../cli/config/settings.ts'
import type { SluiceError } from '../../base/index.ts'
import type { ModelStoreKind } from '../../serving/index.ts'
import { shiftedSum } from '../serving/serving-driver.ts'
import { deleteTopic, eventually, KafkaFixture } from './fixture.ts'
import { modelFor, readResults, ServingApp, wineFor } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']
const kinds: readonly ModelStoreKind[] = ['model', 'key-value', 'memory']

const test = suite<{ fixture: KafkaFixture; dir: string }>('stores of models')
test.before.each(async context => {
  context.fixture = new KafkaFixture(String(brokers))
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-model-stores-'))
  await context.fixture.createTopics({
    models: { compact: true, partitions: 1 },
    data: { partitions: 1 },
    results: { partitions: 1 },
  })
})
test.after.each(async ({ fixture, dir }) => {
  await fixture.close()
  await rm(dir, { recursive: true })
})

for (const store of kinds)
  for (const guarantee of guarantees)
    test(`${store}, ${guarantee}: the next instance scores by the same models, and refuses none a second time`, async ({
      fixture,
      dir,
    }) => {
      const apps: ServingApp[] = []
      const start = async (name: string): Promise<ServingApp> => {
        const app = new ServingApp(fixture, join(dir, name), { serving: { store }, streams: { guarantee } })
        apps.push(app)
        await app.start()
        return app
      }
      try {
        const one = await start('one')
        await fixture.produce('models', [
          modelFor('red', { bytes: shiftedSum(100) }),
          modelFor('white', { bytes: shiftedSum(200) }),
          modelFor('red', { bytes: shiftedSum(300) }),
          modelFor('red', { bytes: Buffer.from('no model') }),
        ])
        await one.serves('red', 2)
        await one.serves('white', 1)
        await fixture.produce('data', [wineFor('red', 1)])
        await readResults(fixture, 1)
        await fixture.readAtLeast('dead-letters', 1)
        await one.stop()
        // On the same disk, then on an empty one.
        for (const [at, name] of ['one', 'two'].entries()) {
          const next = await start(name)
          await fixture.produce('data', [wineFor('red', 2 + at), wineFor('white', 1)])
          await readResults(fixture, 3 + 2 * at)
          await next.stop()
        }
        assert.equal(
          (await readResults(fixture, 5)).map(({ modelVersion, score }) => `${modelVersion} ${score}`),
          ['2 301', '2 302', '1 201', '2 303', '1 201'],
        )
        assert.is((await fixture.readAll('dead-letters')).length, 1)
        const last = await start('two')
        await fixture.produce('models', [modelFor('red', { bytes: shiftedSum(400) })])
        await last.serves('red', 3)
        await last.stop()
      } finally {
        for (const app of apps) await app.stop()
      }
    })

test('rows of the custom store end an application that is started with key-value, and say what to do', async ({ fixture, dir }) => {
  const one = new ServingApp(fixture, dir, { serving: { store: 'model' } })
  await one.start()
  await fixture.produce('models', [modelFor('red', { bytes: shiftedSum(100) })])
  await one.serves('red', 1)
  await one.stop()
  const two = new ServingApp(fixture, dir, { serving: { store: 'key-value' } })
  await two.streams.start()
  try {
    await eventually(
      () => two.streams.state,
      state => state === 'failed',
    )
    assert.is((two.streams.failure as SluiceError | undefined)?.code, 'CONFIG_INVALID')
    assert.match(String(two.streams.failure), 'set "store" back to what it was')
  } finally {
    await two.stop()
  }
  const three = new ServingApp(fixture, dir, { serving: { store: 'model' } })
  await three.start()
  await three.serves('red', 1)
  await three.stop()
})

for (const store of ['key-value', 'memory'] as const)
  test(`${store}: tasks that move between instances have their models, and a moved model is not moved again`, async ({ fixture, dir }) => {
    const partitions = 4
    await deleteTopic(fixture, 'models')
    await deleteTopic(fixture, 'data')
    await fixture.createTopics({ models: { compact: true, partitions }, data: { partitions } })
    const types = Array.from({ length: 8 }, (_, at) => `type-${at}`)
    const apps: ServingApp[] = []
    const start = async (name: string): Promise<ServingApp> => {
      const app = new ServingApp(fixture, join(dir, name), { serving: { store }, streams: { commitIntervalMs: 50 } })
      apps.push(app)
      await app.start()
      return app
    }
    let sent = 0
    const answered = async (alcohol: number): Promise<void> => {
      await fixture.produce(
        'data',
        types.map(type => wineFor(type, alcohol)),
      )
      sent += types.length
      const results = (await readResults(fixture, sent)).filter(({ score }) => score % 100 === alcohol)
      assert.equal(
        results.map(({ dataType, modelVersion, score }) => `${dataType} ${modelVersion} ${score}`).toSorted(),
        types.map((type, at) => `${type} 1 ${100 * (at + 1) + alcohol}`),
      )
    }
    try {
      const one = await start('one')
      // All on one partition, which is the wrong one for most of them.
      await fixture.produce(
        'models',
        types.map((type, at) => ({ ...modelFor(type, { bytes: shiftedSum(100 * (at + 1)) }), partition: 0 })),
      )
      for (const type of types) await one.serves(type, 1)
      const models = (await fixture.readAll('models')).length
      await answered(1)
      const two = await start('two')
      await answered(2)
      await one.stop()
      await answered(3)
      const three = await start('three')
      await answered(4)
      await two.stop()
      await three.stop()
      assert.is((await fixture.readAll('models')).length, models)
      assert.equal(await fixture.readAll('dead-letters'), [])
    } finally {
      for (const app of apps) await app.stop()
    }
  })

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
