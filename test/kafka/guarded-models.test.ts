import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory, ModelCache, ModelGuard } from '../../models/index.ts'
import { modelPieces, type ServingOptions } from '../../serving/index.ts'
import { partitionForKey } from '../../topology/runtime/topics/default-partitioner.ts'
import { endlessOnnx, hangingOnnx, trappingOnnx, trigger } from '../models/hostile-onnx.ts'
import { largeOnnx } from '../models/guard/large-onnx.ts'
import { modelRecord, sha256Of, shiftedSum } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { modelFor, readResults, ServingApp, wineFor } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']

interface Context {
  fixture: KafkaFixture
  dir: string
  guard: ModelGuard
}

const guarded = suite<Context>('guarded models on Kafka')

guarded.before.each(async context => {
  context.fixture = new KafkaFixture(String(brokers))
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-guarded-'))
  context.guard = new ModelGuard({ factory: defaultModelFactory(), timeoutMs: 8000 })
  const partitions = 2
  await context.fixture.createTopics({ models: { compact: true, partitions }, data: { partitions }, results: { partitions } })
})
guarded.after.each(async ({ fixture, dir, guard }) => {
  guard.close()
  await fixture.close()
  await rm(dir, { recursive: true })
})

async function running(
  { fixture, dir, guard }: Context,
  use: (app: ServingApp) => Promise<void>,
  serving: Partial<ServingOptions> = {},
): Promise<void> {
  const app = new ServingApp(fixture, join(dir, 'state'), { serving: { guard, ...serving } })
  try {
    await app.start()
    await use(app)
  } finally {
    await app.stop()
  }
}

const wines = (count: number, from = 0): ReturnType<typeof wineFor>[] =>
  Array.from({ length: count }, (_, at) => wineFor('wine', from + at))

guarded('records wait for the first model; while a hostile model is tried the old one scores, and the refusal follows', context =>
  running(context, async () => {
    const { fixture } = context
    await fixture.produce('models', [modelFor('wine', { bytes: shiftedSum(1) })])
    await fixture.produce('data', wines(10))
    const first = await readResults(fixture, 10)
    assert.equal(new Set(first.map(({ status, modelVersion }) => `${status} ${modelVersion}`)), new Set(['OK 1']))
    await fixture.produce('models', [modelFor('wine', { bytes: endlessOnnx() }), modelFor('wine', { bytes: shiftedSum(2) })])
    let sent = 10
    while ((await fixture.readAll('dead-letters')).length === 0) {
      await fixture.produce('data', wines(5, sent))
      sent += 5
      const results = await readResults(fixture, sent)
      assert.is(results.length, sent)
    }
    assert.ok(sent >= 30, `only ${sent - 10} records were answered while the model was tried`)
    await eventually(
      () => fixture.produce('data', wines(1)).then(() => readResults(fixture, sent++)),
      results => results.some(({ modelVersion }) => modelVersion === 2),
    )
    const results = await readResults(fixture, sent)
    const versions = results.map(({ modelVersion }) => modelVersion)
    assert.equal([...new Set(versions)], [1, 2], 'the model behind the hostile one serves, and no version goes back')
  }),
)

guarded('records that kill or hang their model fail, and the records of other data types are answered', async context => {
  const { fixture } = context
  const guard = new ModelGuard({ factory: defaultModelFactory(), scoreDeadlineMs: 2000, quarantineAfter: 2 })
  try {
    await running(
      context,
      async () => {
        const hostile = { trapping: trappingOnnx(), hanging: hangingOnnx() }
        await fixture.produce('models', [
          modelFor('good', { bytes: shiftedSum(1) }),
          ...Object.entries(hostile).map(([type, bytes]) => modelFor(type, { bytes })),
        ])
        const rounds = Array.from({ length: 4 }, (_, round) => round)
        for (const round of rounds) {
          const evil = Object.keys(hostile).flatMap(type => [wineFor(type, round), wineFor(type, trigger)])
          const good = Array.from({ length: 10 }, (_, at) => wineFor('good', round * 10 + at))
          await fixture.produce('data', [...evil, ...good])
          await readResults(fixture, 14 * (round + 1))
        }
        const results = await readResults(fixture, 14 * rounds.length)
        const of = (type: string): string[] => results.filter(({ dataType }) => dataType === type).map(({ status }) => status)
        assert.equal(
          of('good'),
          Array.from({ length: 40 }, () => 'OK'),
        )
        // After two such records the model is quarantined.
        for (const type of Object.keys(hostile))
          assert.equal(of(type), ['OK', 'FAILED', 'OK', 'FAILED', 'FAILED', 'FAILED', 'FAILED', 'FAILED'])
      },
      { guard },
    )
  } finally {
    guard.close()
  }
})

guarded('a large model in pieces serves, and is restored from the changelog alone after a restart', async context => {
  const { fixture, dir } = context
  const bytes = largeOnnx(9)
  const records = modelPieces(modelRecord({ name: 'pieces', dataType: 'wine', bytes }))
  const partition = partitionForKey(Buffer.from('wine'), 2)
  await fixture.produce(
    'models',
    records.map(record => ({ ...record, partition })),
  )
  const answered = async (count: number): Promise<void> => {
    await fixture.produce('data', wines(5))
    for (const { status, modelName, modelHash, modelVersion } of await readResults(fixture, count))
      assert.equal([status, modelName, modelHash, modelVersion], ['OK', 'pieces', sha256Of(bytes), 1])
  }
  await running(context, () => answered(5))
  await rm(join(dir, 'state'), { recursive: true })
  await running(context, () => answered(10))
})

guarded('a model by location: a restart finds it in the cache when the location is gone', async context => {
  const { fixture, dir } = context
  const location = join(dir, 'large.onnx')
  // More than the store accepts: a model by location, of 64 MB, is not in memory and not in the changelog.
  await writeFile(location, largeOnnx(68))
  const options = {
    modelRoots: [dir],
    maxModelBytes: 2 ** 30,
    modelCache: new ModelCache({ directory: join(dir, 'cache'), maxBytes: 2 ** 30 }),
  }
  await fixture.produce('models', [modelFor('wine', { location })])
  const answered = async (count: number): Promise<void> => {
    await fixture.produce('data', wines(5))
    const results = await readResults(fixture, count)
    assert.equal(new Set(results.map(({ status, modelVersion }) => `${status} ${modelVersion}`)), new Set(['OK 1']))
  }
  await running(
    context,
    async app => {
      await app.serves('wine', 1)
      await answered(5)
    },
    options,
  )
  await rm(location)
  await running(context, () => answered(10), options)
  const changelog = await fixture.readAll('ModelStateStore-changelog')
  assert.ok(changelog.every(({ value }) => (value?.length ?? 0) < 1000))
})

guarded.run()
