import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { guarantees } from '../../cli/config/settings.ts'
import type { ModelServingView, ModelUsageStore } from '../../stores/index.ts'
import type { StreamsOptions } from '../../topology/runtime/index.ts'
import type { WriterRecord } from '../../topology/runtime/topics/topic-writer.ts'
import { sha256Of, shiftedSum } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { answered, modelFor, type ReadResult, readResults, ServingApp, storeName, wineFor } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']
const broadcast = suite<{ fixture: KafkaFixture; dir: string }>('broadcast models on Kafka')

broadcast.before.each(async context => {
  context.fixture = new KafkaFixture(String(brokers))
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-broadcast-'))
})
broadcast.after.each(async ({ fixture, dir }) => {
  await fixture.close()
  await rm(dir, { recursive: true })
})

/** Wines of one frequent data type. Their keys are not the data type, and every third has no key. The alcohol identifies the wine. */
const wines = (count: number, from = 0): WriterRecord[] =>
  Array.from({ length: count }, (_, at) => {
    const record = wineFor('hot', from + at)
    // Records without a key are spread over the partitions.
    return at % 3 === 0 ? { ...record, key: null, partition: at % 4 } : { ...record, key: Buffer.from(`customer-${from + at}`) }
  })

async function running(
  { fixture, dir, streams = {} }: { fixture: KafkaFixture; dir: string; streams?: Partial<StreamsOptions> },
  use: (apps: readonly [ServingApp, ServingApp]) => Promise<void>,
): Promise<void> {
  const make = (port: number): ServingApp =>
    new ServingApp(fixture, join(dir, String(port)), {
      serving: { join: 'broadcast' },
      streams: { advertise: { host: '127.0.0.1', port }, ...streams },
    })
  const apps = [make(1), make(2)] as const
  let left: readonly number[]
  try {
    await Promise.all(apps.map(app => app.start()))
    await use(apps)
  } finally {
    left = await Promise.all(apps.map(app => app.stop()))
  }
  assert.equal(left, [0, 0], 'models that are still loaded')
}

/** Checks that each input has exactly one result. */
async function isAnswered(fixture: KafkaFixture, results: readonly ReadResult[]): Promise<void> {
  const inputs = (await fixture.readAll('data')).map(({ partition, offset }) => `${partition}/${offset}`)
  assert.equal(results.map(answered).sort(), inputs.sort())
}

/** The number of data tasks that an instance runs. */
async function dataTasks(app: ServingApp): Promise<number> {
  return (await app.streams.tasks()).filter(({ task, state }) => task.startsWith('1_') && state === 'running').length
}

const versionsOf = (results: readonly ReadResult[], partition: number): number[] =>
  results
    .filter(({ inputPartition }) => inputPartition === partition)
    .toSorted((a, b) => a.inputOffset - b.inputOffset)
    .map(({ modelVersion }) => modelVersion)

for (const guarantee of guarantees)
  broadcast(`${guarantee}: two instances score one data type's partitions with the same versions`, async ({ fixture, dir }) => {
    await fixture.createTopics({ models: { partitions: 1, compact: true }, data: { partitions: 4 }, results: { partitions: 3 } })
    await fixture.produce('data', wines(2000))
    await fixture.produce(
      'models',
      [1000, 2000].map(shift => modelFor('hot', { bytes: shiftedSum(shift) })),
    )
    await running({ fixture, dir, streams: { guarantee } }, async apps => {
      const before = await readResults(fixture, 2000)
      await isAnswered(fixture, before)
      assert.equal(new Set(before.map(({ status, modelVersion }) => `${status} ${modelVersion}`)), new Set(['OK 2']))
      const spread = await eventually(
        () => Promise.all(apps.map(dataTasks)),
        counts => counts.every(count => count > 0) && counts.reduce((a, b) => a + b) === 4,
      )
      assert.is(
        spread.reduce((a, b) => a + b),
        4,
      )
      assert.ok(
        spread.every(count => count > 0),
        `data tasks of the instances: ${spread.join()}`,
      )

      await fixture.produce('models', [modelFor('hot', { bytes: shiftedSum(3000) })])
      let sent = 2000
      // Goes on until every partition has seen the new version.
      const results = await eventually(
        async () => {
          await fixture.produce('data', wines(200, sent))
          sent += 200
          return readResults(fixture, sent)
        },
        found => [0, 1, 2, 3].every(partition => versionsOf(found, partition).at(-1) === 3),
      )
      await isAnswered(fixture, results)
      for (const partition of [0, 1, 2, 3]) {
        const versions = versionsOf(results, partition)
        assert.equal(
          versions,
          versions.toSorted((a, b) => a - b),
          `the versions in partition ${partition}`,
        )
        assert.is(versions.at(-1), 3)
      }
      const hashes = [2000, 3000].map(shift => sha256Of(shiftedSum(shift)))
      for (const { modelVersion, modelHash, status, score } of results) {
        assert.equal([status, modelHash], ['OK', hashes[modelVersion - 2]])
        assert.ok(score >= modelVersion * 1000 && score < modelVersion * 1000 + sent, `score ${score} of version ${modelVersion}`)
      }
      for (const app of apps) {
        const latest = (await app.streams.queryLatest(storeName)) as ModelServingView
        assert.is(latest.version, 3)
        assert.ok(latest.invocations > 0, 'an instance tells of its own use')
      }
    })
    const keys = await fixture.readAll('results')
    const inputKeys = (await fixture.readAll('data')).map(({ key }) => String(key))
    assert.equal(keys.map(({ key }) => String(key)).sort(), inputKeys.sort())
  })

broadcast(
  'how a model has served is the same wherever it is asked, of all instances together, and stays over a restart',
  async ({ fixture, dir }) => {
    await fixture.createTopics({ models: { partitions: 2, compact: true }, data: { partitions: 4 }, results: { partitions: 3 } })
    const world = { fixture, dir }
    const told = (apps: readonly ServingApp[], count: number): Promise<number | undefined> =>
      eventually(
        async () => {
          const views = await Promise.all(apps.map(app => app.model('hot')))
          return views.find(view => view !== undefined)?.invocations
        },
        invocations => invocations === count,
      )
    await running(world, async apps => {
      await fixture.produce('models', [modelFor('hot', { bytes: shiftedSum(1000) })])
      await eventually(
        () => Promise.all(apps.map(app => app.model('hot'))),
        views => views.some(view => view?.version === 1),
      )
      await eventually(
        () => Promise.all(apps.map(dataTasks)),
        counts => counts.every(count => count > 0),
      )
      await fixture.produce('data', wines(400))
      const results = await readResults(fixture, 400)
      const scored = results.filter(({ status }) => status === 'OK').length
      assert.ok(scored > 0)
      assert.is(await told(apps, scored), scored)
      const globalStore = await apps[0].streams.openGlobalStore(`${storeName}-usage`, () => undefined)
      await globalStore.caughtUp()
      assert.is((globalStore.store as ModelUsageStore).usageOf('hot', 1)?.invocations, scored)
      await globalStore.close()
    })
    const scored = (await readResults(fixture, 400)).filter(({ status }) => status === 'OK').length
    await running(world, async apps => assert.is(await told(apps, scored), scored))
  },
)

broadcast('records without any model get a NO_MODEL result at once', async ({ fixture, dir }) => {
  await fixture.createTopics({ models: { partitions: 2, compact: true }, data: { partitions: 3 }, results: { partitions: 3 } })
  await fixture.produce(
    'data',
    wines(90).map(record => ({ ...record, partition: 2 })),
  )
  await running({ fixture, dir }, async () => {
    const results = await readResults(fixture, 90)
    await isAnswered(fixture, results)
    assert.ok(results.every(({ status }) => status === 'NO_MODEL'))
  })
})

broadcast('model bytes shared by two data types are kept until neither uses them', async ({ fixture, dir }) => {
  await fixture.createTopics({ models: { partitions: 4, compact: true }, data: { partitions: 1 }, results: { partitions: 1 } })
  // In whichever order the partitions are restored, in one of the two pairs the deletion of the bytes comes last.
  const shared = { bytes: shiftedSum(7) }
  const other = { bytes: shiftedSum(8) }
  await fixture.produce('models', [
    { ...modelFor('a', shared), partition: 1 },
    { ...modelFor('b', shared), partition: 0 },
    { ...modelFor('c', other), partition: 0 },
    { ...modelFor('d', other), partition: 1 },
  ])
  await running({ fixture, dir }, async apps => {
    const found = await eventually(
      () => Promise.all(apps.map(app => app.streams.queryLatest(storeName, 'd'))),
      models => models.some(model => model !== undefined),
    )
    assert.ok(found.some(model => (model as ModelServingView | undefined)?.version === 1))
    // More versions than are kept: the bytes of the first version are deleted from the changelog partition of one data type, not of the other.
    const more = Array.from({ length: 40 }, (_, at) => ({
      ...modelFor(at % 2 === 0 ? 'a' : 'c', { bytes: shiftedSum(100 + at) }),
      partition: at % 2 === 0 ? 1 : 0,
    }))
    await fixture.produce('models', more)
    const ask = async (): Promise<ReadResult[]> => {
      await fixture.produce('data', [wineFor('a', 1)])
      return readResults(fixture, 1)
    }
    await eventually(ask, results => results.at(-1)?.modelVersion === 21)
    await eventually(
      () => Promise.all(apps.map(app => app.streams.queryLatest(storeName, 'c') as Promise<ModelServingView | undefined>)),
      models => models.some(model => model?.version === 21),
    )
  })
  // No model is loaded any more, so the bytes have to be read.
  await running({ fixture, dir }, async () => {
    const { length } = await fixture.readAll('data')
    await fixture.produce('data', [wineFor('b', 1), wineFor('d', 1)])
    const last = (await readResults(fixture, length + 2)).slice(-2)
    assert.equal(
      last.map(({ dataType, status, modelVersion, score }) => [dataType, status, modelVersion, score]),
      [
        ['b', 'OK', 1, 8],
        ['d', 'OK', 1, 9],
      ],
    )
  })
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else broadcast.run()
