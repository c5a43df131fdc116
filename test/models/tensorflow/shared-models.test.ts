import { existsSync, readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Model, defaultModelFactory } from '../../../models/index.ts'
import { directoryFiles, packFiles } from '../../../models/files/model-files.ts'
import { batchOf, specsOf, valuesOf } from '../batches.ts'
import { modelSuite } from '../model-suite.ts'

const shared = new URL('../../../../shared/models/', import.meta.url)
const features = ['fixed_acidity', 'volatile_acidity', 'citric_acid', 'residual_sugar', 'chlorides', 'free_sulfur_dioxide']
const specs = specsOf([...features, 'total_sulfur_dioxide', 'density', 'pH', 'sulphates', 'alcohol'])

interface Reference {
  readonly name: string
  readonly format: string
  readonly input: string
  readonly output: string
}

const references: readonly Reference[] = [
  { name: 'optimized_WineQuality.pb', format: 'TENSORFLOW', input: 'dense_1_input', output: 'dense_3/Sigmoid' },
  { name: 'WineQuality_saved_model', format: 'TENSORFLOWSAVED', input: 'inputs', output: 'outputs' },
  { name: 'keras_mlp_saved_model', format: 'TENSORFLOWSAVED', input: 'features', output: 'output_0' },
]

async function bytesOf(name: string): Promise<Uint8Array> {
  const url = new URL(name, shared)
  return name.endsWith('.pb') ? readFileSync(url) : packFiles(await directoryFiles(url.pathname))
}

async function load(name: string): Promise<Model> {
  return defaultModelFactory().load({ bytes: await bytesOf(name), format: undefined, output: undefined })
}

function numbersIn(name: string, separator: string): number[][] {
  return readFileSync(new URL(name, shared), 'utf8')
    .trim()
    .split('\n')
    .map(line => line.split(separator).map(Number))
}

if (existsSync(shared)) {
  const rows = numbersIn('winequality_red.csv', ';').map(row => row.slice(0, 11))
  const factory = defaultModelFactory()
  const compiled = await Promise.all(
    references.map(async ({ name, format }) =>
      factory.loader(format)?.compile?.({ bytes: await bytesOf(name), format: undefined, output: undefined }),
    ),
  )
  const test = suite('tensorflow reference models')
  for (const { name, format, input, output } of references) {
    test(`${name} gives what TensorFlow gives on every record`, async () => {
      const expected = numbersIn(`${name.replace('.pb', '')}.expected.csv`, ',').slice(1)
      const model = await load(name)
      const scores = await model.score(batchOf(specs, rows))
      assert.is(model.format, format)
      assert.equal(model.inputs, [{ name: input, type: 'float32', width: 11, required: true }])
      assert.equal(
        scores.outputs.map(each => each.name),
        [output],
      )
      assert.is(scores.noResult, undefined)
      assert.is(expected.length, rows.length)
      let worst = 0
      for (const [row, [, largest, ...values]] of expected.entries()) {
        assert.is(scores.labels?.[row], String(largest))
        assert.is(scores.score[row], largest)
        const actual = valuesOf(scores.outputs[0], row) as number[]
        assert.is(actual.length, values.length)
        worst = Math.max(worst, ...values.map((value, at) => Math.abs(value - (actual[at] as number))))
      }
      assert.ok(worst <= 2e-6, `off by ${worst}`)
      await model.dispose()
    })
  }
  test.run()
  for (const [at, { name, format }] of references.entries()) {
    const construct = async (): Promise<Model> => (await factory.loader(format)?.construct?.(structuredClone(compiled[at]))) as Model
    modelSuite(name, { load: construct, specs, rows: rows.slice(0, 7), tolerance: 0, byName: false })
  }
} else {
  console.log('SKIP the reference models are not there')
}
