import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { guarantees } from '../../cli/config/settings.ts'
import { shiftedSum } from '../serving/serving-driver.ts'
import { deleteTopic, KafkaFixture } from './fixture.ts'
import { modelFor, readResults, ServingApp, wineFor } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']

const test = suite<{ fixture: KafkaFixture; dir: string }>('a models topic that is made anew')
test.before.each(async context => {
  context.fixture = new KafkaFixture(String(brokers))
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-replaced-models-'))
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

for (const guarantee of guarantees)
  test(`keeps the models that there are, and takes new ones from its first record on: ${guarantee}`, async ({ fixture, dir }) => {
    const apps: ServingApp[] = []
    const start = async (): Promise<ServingApp> => {
      const app = new ServingApp(fixture, dir, { streams: { guarantee } })
      apps.push(app)
      await app.start()
      return app
    }
    try {
      const one = await start()
      for (const version of [1, 2, 3]) {
        await fixture.produce('models', [modelFor('wine', { bytes: shiftedSum(100 * version) })])
        await one.serves('wine', version)
      }
      await fixture.produce('data', [wineFor('wine', 1)])
      assert.equal(
        (await readResults(fixture, 1)).map(({ score }) => score),
        [301],
      )
      await one.stop()
      await deleteTopic(fixture, 'models')
      await fixture.createTopics({ models: { compact: true, partitions: 1 } })
      const two = await start()
      await two.serves('wine', 3)
      await fixture.produce('data', [wineFor('wine', 2)])
      assert.equal(
        (await readResults(fixture, 2)).map(({ score }) => score),
        [301, 302],
      )
      // At offsets at which other models were.
      await fixture.produce('models', [modelFor('wine', { bytes: shiftedSum(400) })])
      await two.serves('wine', 4)
      await two.stop()
      const three = await start()
      await three.serves('wine', 4)
      await fixture.produce('models', [modelFor('wine', { bytes: shiftedSum(500) })])
      await three.serves('wine', 5)
      await fixture.produce('data', [wineFor('wine', 3)])
      assert.equal((await readResults(fixture, 3)).map(({ score, modelVersion }) => `${score} ${modelVersion}`).at(-1), '503 5')
    } finally {
      for (const app of apps) await app.stop()
    }
  })

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
