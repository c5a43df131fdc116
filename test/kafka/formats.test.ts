import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rowEncoder } from '../../cli/commands/csv-records.ts'
import { readModelFile } from '../../cli/commands/model-file.ts'
import { run } from '../../cli/program.ts'
import { defaultModelFactory, ModelGuard } from '../../models/index.ts'
import { ColumnBatch } from '../../records/column-batch.ts'
import { openCsv } from '../../records/csv-rows.ts'
import { wineRecordReader } from '../../records/protobuf-record-reader.ts'
import { KafkaFixture } from './fixture.ts'
import { answered, readResults, ServingApp } from './serving-app.ts'

const models = fileURLToPath(new URL('../../../shared/models/', import.meta.url))
const brokers = process.env['KAFKA_BROKERS']

/** The models in order: each is of another format than the one before. */
const files = [
  'onnx_logreg.onnx',
  'winequalityDecisionTreeClassification.pmml',
  'optimized_WineQuality.pb',
  'winequalityLinearRegression.pmml',
  'WineQuality_saved_model',
  'pmml_gbm.pmml',
  'keras_mlp_saved_model',
  'winequalityRandonForrestClassification.pmml',
  'onnx_random_forest.onnx',
  'pmml_logreg_scaled.pmml',
] as const

interface Answers {
  readonly score: Float64Array
  readonly labels: readonly string[] | undefined
}

const test = suite<{ fixture: KafkaFixture; dir: string }>('models of all formats on Kafka')
test.before.each(async context => {
  context.fixture = new KafkaFixture(String(brokers))
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-formats-'))
  await context.fixture.createTopics({ models: { compact: true, partitions: 1 }, data: { partitions: 1 }, results: { partitions: 1 } })
})
test.after.each(async ({ fixture, dir }) => {
  await fixture.close()
  await rm(dir, { recursive: true })
})

const encoder = rowEncoder(
  { format: 'protobuf', schema: undefined, message: undefined, dataTypeField: 'dataType', features: undefined },
  'wine',
)

async function readWines(): Promise<readonly Uint8Array[]> {
  const { rows } = await openCsv(join(models, 'winequality_red.csv'), encoder.fields)
  const wines: Uint8Array[] = []
  for await (const row of rows) wines.push(encoder.encode(row))
  return wines
}

/** The results of the model for each wine, without Kafka. */
async function ask(file: string, wines: readonly Uint8Array[]): Promise<Answers> {
  const reader = wineRecordReader()
  const batch = new ColumnBatch(reader.specs, wines.length)
  for (const wine of wines) reader.read(wine, batch, batch.length++)
  const { bytes } = await readModelFile(join(models, file), { byLocation: false, byName: false })
  const model = await defaultModelFactory().load({ bytes: bytes as Uint8Array, format: undefined, output: undefined })
  const { score, labels } = await model.score(batch)
  const answers = { score: Float64Array.from(score), labels: labels && [...labels] }
  await model.dispose()
  return answers
}

test('model formats are replaced in mid-stream: every record has one result, in order, from the model that it names', async ({
  fixture,
  dir,
}) => {
  const wines = await readWines()
  const expected: Answers[] = []
  for (const file of files) expected.push(await ask(file, wines))
  const guard = new ModelGuard({ factory: defaultModelFactory() })
  const app = new ServingApp(fixture, dir, { serving: { guard, modelRoots: [models] }, streams: { maxBatch: 64 } })
  let sent = 0
  try {
    await app.start()
    const done = new AbortController()
    const load = async (): Promise<void> => {
      for (; !done.signal.aborted; sent += 100) {
        const next = Array.from({ length: 100 }, (_, at) => wines[(sent + at) % wines.length] as Uint8Array)
        await fixture.produce(
          'data',
          next.map(value => ({ key: Buffer.from('wine'), value })),
        )
      }
    }
    const swap = async (): Promise<void> => {
      try {
        for (const [at, file] of files.entries()) {
          const flags = ['--data-type', 'wine', '--brokers', fixture.brokers.join(), '--models-topic', fixture.topic('models'), '--json']
          // One of them is published by its location.
          assert.is(await run(['publish', join(models, file), ...flags, ...(file === 'pmml_gbm.pmml' ? ['--by-location'] : [])]), 0)
          await app.serves('wine', at + 1)
        }
      } finally {
        done.abort()
      }
    }
    await Promise.all([load(), swap()])
    await fixture.produce('data', [{ key: Buffer.from('wine'), value: wines[0] as Uint8Array }])
    const results = await readResults(fixture, sent + 1)
    assert.equal(
      results.map(answered),
      Array.from({ length: sent + 1 }, (_, offset) => `0/${offset}`),
    )
    const versions = results.map(({ modelVersion }) => modelVersion)
    assert.equal(
      versions,
      versions.toSorted((a, b) => a - b),
    )
    assert.is(versions.at(-1), files.length)
    assert.ok(new Set(versions).size > files.length / 2, `only versions ${[...new Set(versions)].join()} were used`)
    for (const { modelVersion, inputOffset, status, score, label } of results) {
      if (modelVersion === 0) {
        assert.is(status, 'NO_MODEL')
        continue
      }
      const row = inputOffset === sent ? 0 : inputOffset % wines.length
      const { score: scores, labels } = expected[modelVersion - 1] as Answers
      const close = Math.abs(score - (scores[row] as number)) <= 1e-6
      if (status !== 'OK' || !close || label !== (labels?.[row] ?? ''))
        assert.equal([status, score, label], ['OK', scores[row], labels?.[row] ?? ''], `${files[modelVersion - 1]}, row ${row}`)
    }
  } finally {
    await app.stop()
    guard.close()
  }
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else if (!existsSync(models)) console.log('skipped: the reference models are not there')
else test.run()
