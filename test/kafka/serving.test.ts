import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { guarantees } from '../../cli/config/settings.ts'
import { defaultModelFactory, ModelFactory } from '../../models/index.ts'
import { modelStateStore, type ManagedStore } from '../../stores/index.ts'
import type { RestoreProgress } from '../../topology/runtime/index.ts'
import { floats, int64s, node, onnx, value } from '../models/onnx-builder.ts'
import { sha256Of, shiftedSum } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { answered, modelFor, type ReadResult, readResults, ServingApp, storeDirectory, storeName, wineFor } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']
const serving = suite<{ fixture: KafkaFixture; dir: string }>('model serving on Kafka')
const types = Array.from({ length: 12 }, (_, at) => `type-${at}`)
const changelog = `${storeName}-changelog`

serving.before.each(async context => {
  context.fixture = new KafkaFixture(String(brokers))
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-serving-'))
  await context.fixture.createTopics({ models: { compact: true }, data: {}, results: {} })
})
serving.after.each(async ({ fixture, dir }) => {
  await fixture.close()
  await rm(dir, { recursive: true })
})

/** Runs the work with an application, which is always stopped; no model may stay loaded. */
async function running(app: ServingApp, use: (app: ServingApp) => Promise<void>): Promise<void> {
  let left: number
  try {
    await app.start()
    await use(app)
  } finally {
    left = await app.stop()
  }
  assert.is(left, 0, 'models that are still loaded')
}

/** Wines of all types in turn. The alcohol identifies the wine. */
const wines = (count: number, from = 0): ReturnType<typeof wineFor>[] =>
  Array.from({ length: count }, (_, at) => wineFor(types[(from + at) % types.length] as string, from + at))

/** Checks that every input has one result, in its partition and in order. */
function isAnswerOf(results: readonly ReadResult[], inputs: readonly { partition: number; offset: number }[]): void {
  assert.equal(
    results.map(answered),
    inputs.map(({ partition, offset }) => `${partition}/${offset}`),
  )
  assert.ok(results.every(({ partition, inputPartition }) => partition === inputPartition))
}

serving('models and data from before the start: models are read first, and every record gets a score', async ({ fixture, dir }) => {
  await fixture.produce('data', wines(2000))
  await fixture.produce(
    'models',
    types.flatMap(type => [1000, 2000].map(shift => modelFor(type, { bytes: shiftedSum(shift) }))),
  )
  await running(new ServingApp(fixture, dir), async () => {
    const results = await readResults(fixture, 2000)
    isAnswerOf(results, await fixture.readAll('data'))
    assert.equal(new Set(results.map(({ status, modelVersion }) => `${status} ${modelVersion}`)), new Set(['OK 2']))
    assert.equal(
      results.map(({ score }) => score).sort((a, b) => a - b),
      Array.from({ length: 2000 }, (_, at) => 2000 + at),
    )
  })
})

for (const guarantee of guarantees)
  serving(
    `models that change under load, ${guarantee}: no version goes back, each record is answered once, in order`,
    async ({ fixture, dir }) => {
      const lastVersion = 5
      const publish = (version: number): Promise<void> =>
        fixture.produce(
          'models',
          types.map(type => modelFor(type, { name: `v${version}`, bytes: shiftedSum(version / 8) })),
        )
      await running(new ServingApp(fixture, dir, { streams: { maxBatch: 64, guarantee } }), async app => {
        let sent = 0
        const publishing = new AbortController()
        const load = async (): Promise<void> => {
          for (; !publishing.signal.aborted; sent += 200) await fixture.produce('data', wines(200, sent))
        }
        const models = async (): Promise<void> => {
          try {
            for (let version = 1; version <= lastVersion; version++) {
              await publish(version)
              await Promise.all(types.map(type => app.serves(type, version)))
            }
          } finally {
            publishing.abort()
          }
        }
        await Promise.all([load(), models()])
        await fixture.produce('data', wines(200, sent))
        sent += 200
        const results = await readResults(fixture, sent)
        isAnswerOf(results, await fixture.readAll('data'))
        for (const type of types) {
          const versions = results.filter(({ dataType }) => dataType === type).map(({ modelVersion }) => modelVersion)
          assert.equal(
            versions,
            versions.toSorted((a, b) => a - b),
            `the versions of ${type}`,
          )
          assert.is(versions.at(-1), lastVersion)
        }
        const used = new Set(results.map(({ modelVersion }) => modelVersion))
        assert.ok(used.size > 2, `only versions ${[...used].join()} were used: the load was too light for this test`)
        const hashes = Array.from({ length: lastVersion }, (_, at) => sha256Of(shiftedSum((at + 1) / 8)))
        for (const { modelVersion, modelName, modelHash, status, score } of results) {
          if (modelVersion === 0) assert.is(status, 'NO_MODEL')
          else
            assert.equal([status, modelName, modelHash, score % 1], ['OK', `v${modelVersion}`, hashes[modelVersion - 1], modelVersion / 8])
        }
      })
    },
  )

/** A model of about 3 MB: the sum of the features and of 750,000 numbers whose sum is 0. */
function largeModel(): Uint8Array {
  return onnx({
    nodes: [
      node('ReduceSum', ['x', 'axes'], ['sum']),
      node('ReduceSum', ['weights', 'weightAxes'], ['nothing']),
      node('Add', ['sum', 'nothing'], ['y']),
    ],
    inputs: [value('x', 'float', ['N', 11])],
    outputs: [value('y', 'float', ['N', 1])],
    tensors: [
      int64s('axes', [1], [1]),
      int64s('weightAxes', [1], [1]),
      floats(
        'weights',
        [1, 750_000],
        Array.from({ length: 750_000 }, (_, at) => (at % 2 === 0 ? 1 + (at % 1000) : -1 - ((at - 1) % 1000))),
      ),
    ],
  })
}

serving('a model larger than a record is stored in chunks, and is restored from the changelog alone', async ({ fixture, dir }) => {
  const bytes = largeModel()
  const chunks = Math.ceil(bytes.length / (512 * 1024))
  assert.ok(chunks > 5)
  const path = join(dir, 'large.onnx')
  await writeFile(path, bytes)
  const state = join(dir, 'state')
  await fixture.produce('models', [modelFor('wine', { location: path, name: 'large' })])
  await fixture.produce('data', [wineFor('wine', 7)])
  const told: RestoreProgress[] = []
  await running(new ServingApp(fixture, state, { serving: { modelRoots: [dir] } }), async () => {
    const [result] = await readResults(fixture, 1)
    assert.equal([result?.status, result?.score, result?.modelVersion, result?.modelHash], ['OK', 7, 1, sha256Of(bytes)])
  })
  const blobs = (await fixture.readSettled(changelog)).filter(({ key }) => String(key).startsWith(`blob/${sha256Of(bytes)}/`))
  assert.is(blobs.length, chunks)
  assert.equal(Buffer.concat(blobs.map(blob => blob.value as Buffer)), Buffer.from(bytes))
  await rm(path)
  await rm(join(state, fixture.id, 'tasks'), { recursive: true })
  const listener = { onRestore: (progress: RestoreProgress) => told.push(progress) }
  await running(new ServingApp(fixture, state, { serving: { modelRoots: [dir] }, streams: { listener } }), async app => {
    await fixture.produce('data', [wineFor('wine', 8)])
    const last = (await readResults(fixture, 2)).at(-1)
    assert.equal([last?.status, last?.score, last?.modelVersion, last?.modelHash], ['OK', 8, 1, sha256Of(bytes)])
    assert.ok(app.streams.counters().restoredRecords > chunks)
    assert.is(
      told.filter(({ done }) => done).reduce((sum, { records }) => sum + records, 0),
      app.streams.counters().restoredRecords,
    )
    assert.is(app.streams.counters().deadLetters, 0)
  })
})

serving(
  'a restart continues with the same version, and reads neither the model record nor the changelog again',
  async ({ fixture, dir }) => {
    await fixture.produce(
      'models',
      [1, 2].map(shift => modelFor('wine', { bytes: shiftedSum(shift) })),
    )
    await fixture.produce('data', [wineFor('wine', 10)])
    await running(new ServingApp(fixture, dir), async () => void (await readResults(fixture, 1)))
    let loads = 0
    const onnxFormat = defaultModelFactory()
    const factory = new ModelFactory().register('ONNX', {
      detect: bytes => onnxFormat.detect(bytes) === 'ONNX',
      load: source => {
        loads++
        return onnxFormat.load(source)
      },
    })
    await running(new ServingApp(fixture, dir, { serving: { factory } }), async app => {
      await app.serves('wine', 2)
      assert.is(loads, 0, 'a model is loaded when it is needed')
      await fixture.produce('data', [wineFor('wine', 20)])
      const results = await readResults(fixture, 2)
      assert.equal(
        results.map(({ modelVersion, score }) => [modelVersion, score]),
        [
          [2, 12],
          [2, 22],
        ],
      )
      const { recordsIn, restoredRecords } = app.streams.counters()
      assert.equal([recordsIn, restoredRecords, loads], [1, 0, 1])
      await fixture.produce('models', [modelFor('wine', { bytes: shiftedSum(3) })])
      await app.serves('wine', 3)
    })
  },
)

/** All answers of a store, key by key. */
async function contentOf({ store }: ManagedStore): Promise<Map<string, unknown>> {
  const content = new Map<string, unknown>()
  for await (const { key, value } of store.queryAll()) content.set(key, value)
  return content
}

serving('after a stop the stores on disk equal the changelog and the answers of queries', async ({ fixture, dir }) => {
  const answers = new Map<string, unknown>()
  await running(new ServingApp(fixture, dir), async app => {
    for (const shift of [1, 2, 3]) {
      await fixture.produce(
        'models',
        types.map(type => modelFor(type, { bytes: shiftedSum(shift) })),
      )
      await Promise.all(types.map(type => app.serves(type, shift)))
      await fixture.produce('data', wines(600))
      await readResults(fixture, 600 * shift)
    }
    // The commit of the last results has the statistics.
    const used = await eventually(
      async () => (await Promise.all(types.map(async type => (await app.model(type))?.invocations ?? 0))).reduce((sum, each) => sum + each),
      sum => sum === 600,
    )
    assert.is(used, 600)
    for (const type of types) answers.set(type, await app.model(type))
  })
  const records = await fixture.readSettled(changelog)
  const found = new Map<string, unknown>()
  for (const partition of [0, 1, 2, 3]) {
    const onDisk = await modelStateStore().open(storeDirectory(dir, fixture.id, `0_${partition}`))
    const ofLog = await modelStateStore().open(undefined)
    const rows = records.filter(record => record.partition === partition)
    const last = new Map(rows.map(({ key, value: content }) => [String(key), { key: key as Buffer, value: content }]))
    const changelogOffset = (rows.at(-1)?.offset ?? -1) + 1
    await ofLog.restore([...last.values()], { changelogOffset })
    const content = await contentOf(onDisk)
    assert.equal(content, await contentOf(ofLog), `partition ${partition}`)
    for (const [type, model] of content) {
      found.set(type, model)
      const { hash } = model as { hash: string }
      assert.is(sha256Of(onDisk.store.bytesOf(hash) ?? new Uint8Array()), hash)
    }
    await onDisk.close()
    await ofLog.close()
  }
  assert.equal([...found.keys()].sort(), types.toSorted())
  assert.equal(found, answers)
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else serving.run()
