import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { InferenceSession } from 'onnxruntime-node'
import * as assert from 'uvu/assert'
import { suite } from 'uvu'
import type { Model, ModelSource } from '../../models/index.ts'
import { loadOnnxModel } from '../../models/onnx/load-onnx.ts'
import { type OnnxSession, openSession, publicSession } from '../../models/onnx/onnx-session.ts'
import type { SluiceError } from '../../base/sluice-error.ts'
import { type Cell, batchOf, specsOf, valuesOf } from './batches.ts'
import { modelSuite } from './model-suite.ts'
import { attribute, classifier, floats, int64s, node, onnx, value } from './onnx-builder.ts'

const test = suite('onnx model')
const xy = specsOf(['x0', 'x1'])

function source(bytes: Uint8Array, output?: string): ModelSource {
  return { bytes, format: 'ONNX', output }
}

async function using(bytes: Uint8Array, run: (model: Model) => Promise<void>, output?: string): Promise<void> {
  const model = await loadOnnxModel(source(bytes, output))
  try {
    await run(model)
  } finally {
    await model.dispose()
  }
}

async function refused(bytes: Uint8Array, message: RegExp, output?: string): Promise<void> {
  const error = (await loadOnnxModel(source(bytes, output)).catch((thrown: unknown) => thrown)) as SluiceError
  assert.is(error.code, 'MODEL_LOAD_FAILED')
  assert.match(error.message, message)
  assert.not.match(error.message, /\n/)
}

const softmax = (values: number[]): number[] => {
  const powers = values.map(Math.exp)
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map(power => power / total)
}

const sum = onnx({
  nodes: [node('ReduceSum', ['x', 'axes'], ['y'])],
  inputs: [value('x', 'float', ['N', 2])],
  outputs: [value('y', 'float', ['N', 1])],
  tensors: [int64s('axes', [1], [1])],
})

test('the value of a regression is the score, also NaN', () =>
  using(sum, async model => {
    assert.equal(model.inputs, [{ name: 'x', type: 'float32', width: 2, required: true }])
    const scores = await model.score(
      batchOf(xy, [
        [1, 2],
        [3, undefined],
        [5, 6],
      ]),
    )
    assert.equal([...scores.score], [3, NaN, 11])
    assert.is(scores.labels, undefined)
    assert.is(scores.noResult, undefined)
    assert.equal(
      scores.outputs.map(({ name, kind, width }) => ({ name, kind, width })),
      [{ name: 'y', kind: 'number', width: 1 }],
    )
  }))

test('the class of a classifier is label and score; a class that is no number has its probability as score', async () => {
  for (const zipMap of [false, true]) {
    await using(classifier([3n, 4n, 12n], zipMap), async model => {
      const scores = await model.score(
        batchOf(xy, [
          [2, 0],
          [0, 2],
          [-3, -3],
        ]),
      )
      assert.equal(scores.labels, ['3', '4', '12'])
      assert.equal([...scores.score], [3, 4, 12])
      const expected = softmax([2, 0, -2])
      const given = valuesOf(scores.outputs[1], 0) as number[]
      for (const [at, probability] of expected.entries()) assert.ok(Math.abs((given[at] as number) - probability) < 1e-6)
      assert.equal(model.outputs[1]?.classes, zipMap ? ['3', '4', '12'] : undefined)
    })
    await using(classifier(['bad', 'fair', 'good'], zipMap), async model => {
      const scores = await model.score(
        batchOf(xy, [
          [2, 0],
          [0, 2],
          [-3, -3],
        ]),
      )
      assert.equal(scores.labels, ['bad', 'fair', 'good'])
      assert.ok(Math.abs((scores.score[0] as number) - (softmax([2, 0, -2])[0] as number)) < 1e-6)
      assert.equal(valuesOf(scores.outputs[0], 1), ['fair'])
    })
  }
})

test('ONNX Runtime cannot return the output of a ZipMap, so the node is replaced', async () => {
  const raw = await openSession(classifier([3n, 4n, 12n], true))
  assert.equal(
    raw.outputs.map(output => output.type),
    ['int64', undefined],
  )
  await raw.release()
})

test('a vector of numbers: the index of the largest is the class, of equals the first; classes of a ZipMap by name', async () => {
  const identity = onnx({
    nodes: [node('Identity', ['x'], ['y'])],
    inputs: [value('x', 'float', ['N', 3])],
    outputs: [value('y', 'float', ['N', 3])],
  })
  await using(identity, async model => {
    const rows = [
      [1, 5, 5],
      [-3, -4, -5],
      [NaN, 2, 1],
      [NaN, NaN, NaN],
      [-Infinity, -Infinity, -Infinity],
    ]
    const scores = await model.score(batchOf(specsOf(['a', 'b', 'c']), rows))
    assert.equal([...scores.score], [1, 0, 1, NaN, 0])
    assert.equal(scores.labels, ['1', '0', '1', '', '0'])
    assert.equal([...(scores.noResult ?? [])], [0, 0, 0, 1, 0])
  })
  await using(
    classifier([3n, 4n, 12n], true),
    async model => {
      const scores = await model.score(
        batchOf(xy, [
          [0, 2],
          [-3, -3],
        ]),
      )
      assert.equal([...scores.score], [4, 12])
      assert.equal(scores.labels, ['4', '12'])
    },
    'probabilities',
  )
})

test('of several outputs the named one is the score, otherwise the first', async () => {
  const two = onnx({
    nodes: [node('ReduceSum', ['x', 'axes'], ['total']), node('ReduceMax', ['x'], ['top'], [attribute('axes', [1n])])],
    inputs: [value('x', 'float', ['N', 2])],
    outputs: [value('total', 'float', ['N', 1]), value('top', 'float', ['N', 1])],
    tensors: [int64s('axes', [1], [1])],
  })
  const rows = [
    [1, 2],
    [4, 3],
  ]
  await using(two, async model => assert.equal([...(await model.score(batchOf(xy, rows))).score], [3, 7]))
  await using(two, async model => assert.equal([...(await model.score(batchOf(xy, rows))).score], [2, 4]), 'top')
  await refused(two, /no output bottom; it has: total, top/, 'bottom')
})

test('scalar inputs of every type are found by name; a value that the type cannot express gives no result', async () => {
  const cast = (name: string): ReturnType<typeof node> => node('Cast', [name], [`${name}_f`], [attribute('to', 1n)])
  const names = ['count', 'small', 'flag', 'exact', 'level']
  const typed = onnx({
    nodes: [
      node(
        'LabelEncoder',
        ['colour'],
        ['colour_f'],
        [attribute('keys_strings', ['red', 'white']), attribute('values_floats', [100, 200]), { name: 'default_float', type: 1, f: 0 }],
      ),
      ...names.slice(0, 4).map(cast),
      node('Sum', ['level', ...names.slice(0, 4).map(name => `${name}_f`), 'colour_f'], ['y']),
    ],
    inputs: [
      value('count', 'int64', ['N', 1]),
      value('small', 'int32', ['N', 1]),
      value('flag', 'bool', ['N', 1]),
      value('exact', 'double', ['N', 1]),
      value('level', 'float', ['N', 1]),
      value('colour', 'string', ['N', 1]),
    ],
    outputs: [value('y', 'float', ['N', 1])],
  })
  const specs = specsOf(['Colour', 'FLAG', 'exact', 'le vel', 'small', '_count'], ['Colour'])
  await using(typed, async model => {
    assert.equal(
      model.inputs.map(input => input.type),
      ['int64', 'int32', 'bool', 'float64', 'float32', 'string'],
    )
    const rows: Cell[][] = [
      ['red', 1, 0.5, 0.25, 7, 2000],
      ['white', 0, 0, 0, -1, -5],
      ['red', 1, 0.5, 0.25, 7.5, 2000],
      ['red', 2, 0.5, 0.25, 7, 2000],
      ['red', 1, 0.5, 0.25, 7, undefined],
      [undefined, 1, 0.5, 0.25, 7, 1],
      ['red', 1, undefined, 0.25, 7, 1],
    ]
    const scores = await model.score(batchOf(specs, rows))
    assert.equal([...scores.score], [2108.75, 194, NaN, NaN, NaN, NaN, NaN])
    assert.equal([...(scores.noResult ?? [])], [0, 0, 1, 1, 1, 1, 0])
    assert.equal([...(await model.score(batchOf(specs, rows.slice(0, 2)))).score], [2108.75, 194])
  })
})

test('integers are returned as exact numbers', async () => {
  const identity = onnx({
    nodes: [node('Identity', ['x'], ['y'])],
    inputs: [value('x', 'int64', ['N'])],
    outputs: [value('y', 'int64', ['N'])],
  })
  await using(identity, async model => {
    const numbers = [0, -1, 2 ** 40 + 1, -(2 ** 52) - 1, Number.MAX_SAFE_INTEGER, -4294967296]
    const scores = await model.score(
      batchOf(
        specsOf(['x']),
        numbers.map(number => [number]),
      ),
    )
    assert.equal([...scores.score], numbers)
    assert.equal(scores.labels, numbers.map(String))
  })
})

test('a model with a fixed number of records per run: missing records are padded, and their results dropped', async () => {
  for (const size of [1, 4]) {
    const fixed = onnx({
      nodes: [node('ReduceSum', ['x', 'axes'], ['y'])],
      inputs: [value('x', 'float', [size, 2])],
      outputs: [value('y', 'float', [size, 1])],
      tensors: [int64s('axes', [1], [1])],
    })
    await using(fixed, async model => {
      for (const count of [0, 1, 3, 4, 5, 9]) {
        const rows = Array.from({ length: count }, (_, row) => [row, 100])
        const scores = await model.score(batchOf(xy, rows))
        assert.equal(
          [...scores.score],
          rows.map(([a = 0, b = 0]) => a + b),
        )
        assert.is(scores.outputs[0]?.values.length, count)
      }
    })
  }
})

test('a graph for single records (without a dimension of records, or with one that it changes) gets them one by one', async () => {
  const single = onnx({
    nodes: [node('ReduceSum', ['x', 'axes'], ['y'], [attribute('keepdims', 0n)])],
    inputs: [value('x', 'float', [2])],
    outputs: [value('y', 'float', [])],
    tensors: [int64s('axes', [1], [0])],
  })
  const overAll = onnx({
    nodes: [node('ReduceSum', ['x'], ['y'], [attribute('keepdims', 0n)])],
    inputs: [value('x', 'float', ['N', 2])],
    outputs: [value('y', 'float')],
  })
  for (const bytes of [single, overAll]) {
    await using(bytes, async model => {
      for (const rows of [
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        [[7, 8]],
      ]) {
        assert.equal(
          [...(await model.score(batchOf(xy, rows))).score],
          rows.map(([a = 0, b = 0]) => a + b),
        )
      }
    })
  }
})

test('a vector takes all number columns in order, without texts; a wrong count is reported with both numbers', async () => {
  const specs = specsOf(['x0', 'name', 'x1'], ['name'])
  await using(sum, async model => {
    assert.equal([...(await model.score(batchOf(specs, [[1, 'a', 2]]))).score], [3])
    const score = async (): Promise<unknown> => model.score(batchOf(specsOf(['a', 'b', 'c']), [[1, 2, 3]]))
    assert.match(
      ((await score().catch((error: unknown) => error)) as Error).message,
      /takes 2 number fields, the record has 3; the records have: a, b, c/,
    )
  })
})

test('an error of ONNX Runtime is reported in one line; the model can be used after a failed run', async () => {
  await refused(Buffer.from('no model at all'), /ONNX Runtime cannot load the model: /)
  await refused(
    onnx({ nodes: [node('Nonsense', ['x'], ['y'])], inputs: [value('x', 'float', ['N', 2])], outputs: [value('y', 'float', ['N', 2])] }),
    /Nonsense/,
  )
  const outside = { ...floats('w', [2], []), data_location: 1 }
  const elsewhere = onnx({
    nodes: [node('Add', ['x', 'w'], ['y'])],
    inputs: [value('x', 'float', ['N', 2])],
    outputs: [value('y', 'float', ['N', 2])],
    tensors: [outside],
  })
  await refused(Buffer.concat([elsewhere, Buffer.from([0x12, 8, ...Buffer.from('location')])]), /weights of w in another file/)
  const pick = onnx({
    nodes: [node('Gather', ['table', 'x'], ['y'])],
    inputs: [value('x', 'int64', ['N'])],
    outputs: [value('y', 'float', ['N'])],
    tensors: [floats('table', [3], [10, 20, 30])],
  })
  await using(pick, async model => {
    const score = async (index: number): Promise<number[]> => [...(await model.score(batchOf(specsOf(['x']), [[index]]))).score]
    assert.equal(await score(1), [20])
    const error = (await score(7).catch((thrown: unknown) => thrown)) as SluiceError
    assert.is(error.code, 'MODEL_FAILED')
    assert.match(error.message, /^ONNX Runtime cannot run the model: .*indices/)
    assert.equal(await score(2), [30])
  })
})

test('the public interface of ONNX Runtime gives the same results as the direct one', async () => {
  const bytes = classifier(['bad', 'fair', 'good'], false)
  const rows = [
    [2, 0],
    [0, 2],
    [-3, -3],
  ]
  const direct = await loadOnnxModel(source(bytes))
  const open = async (given: Uint8Array): Promise<OnnxSession> =>
    publicSession(await InferenceSession.create(given, { logSeverityLevel: 4 }))
  const behind = await loadOnnxModel(source(bytes), open)
  const one = direct.score(batchOf(xy, rows))
  const other = behind.score(batchOf(xy, rows))
  assert.not.instance(one, Promise)
  assert.instance(other, Promise)
  const disposing = behind.dispose()
  assert.equal(await other, await one)
  await disposing
  await direct.dispose()
})

const wine = [
  [7.4, 0.7, 0, 1.9, 0.076, 11, 34, 0.9978, 3.51, 0.56, 9.4],
  [7.8, 0.88, 0, 2.6, 0.098, 25, 67, 0.9968, 3.2, 0.68, 9.8],
  [11.2, 0.28, 0.56, 1.9, 0.075, 17, 60, 0.998, 3.16, 0.58, 12.8],
  [7.3, 0.65, 0, 1.2, 0.065, 15, 21, 0.9946, 3.39, 0.47, 10],
  [6.7, 0.58, 0.08, 1.8, 0.097, 15, 65, 0.9959, 3.28, 0.54, 9.2],
]
const fields = [
  'fixed_acidity',
  'volatile_acidity',
  'citric_acid',
  'residual_sugar',
  'chlorides',
  'free_sulfur_dioxide',
  'total_sulfur_dioxide',
  'density',
  'pH',
  'sulphates',
  'alcohol',
]
const root = fileURLToPath(new URL('../..', import.meta.url))
const example = (name: string): Uint8Array => readFileSync(`${root}/examples/wine/${name}`)

const reference = `${root}/../shared/models`
for (const name of ['onnx_logreg', 'onnx_random_forest']) {
  test(`reference model ${name}: each label, probabilities within 2e-6`, async () => {
    if (!existsSync(reference)) return console.log(`skipped: no reference models beside the project`)
    const numbers = (path: string, separator: string): number[][] =>
      readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .map(line => line.split(separator).map(Number))
    const rows = numbers(`${reference}/winequality_red.csv`, ';')
    const expected = numbers(`${reference}/${name}.expected.csv`, ',').slice(1)
    assert.is(rows.length, 1599)
    assert.is(expected.length, 1599)
    await using(readFileSync(`${reference}/${name}.onnx`), async model => {
      for (const size of [1599, 1, 100]) {
        for (let from = 0; from < rows.length; from += size) {
          const scores = await model.score(batchOf(specsOf(fields), rows.slice(from, from + size)))
          for (let row = 0; row < scores.length; row++) {
            const [, label, ...probabilities] = expected[from + row] as number[]
            assert.is(scores.score[row], label)
            assert.is(scores.labels?.[row], String(label))
            const given = valuesOf(scores.outputs[1], row) as number[]
            for (const [at, probability] of probabilities.entries())
              assert.ok(Math.abs((given[at] as number) - probability) <= 2e-6, `row ${from + row}`)
          }
        }
      }
    })
  })
}

test.run()

const specs = specsOf(fields)
modelSuite('ONNX classifier', {
  load: () => loadOnnxModel(source(example('wine-mlp.onnx'))),
  specs,
  rows: wine,
  tolerance: 1e-6,
  byName: false,
})
modelSuite('ONNX regression', {
  load: () => loadOnnxModel(source(example('wine-linear.onnx'))),
  specs,
  rows: wine,
  tolerance: 1e-6,
  byName: false,
})
const named = onnx({
  nodes: [node('Sum', ['x0', 'x1'], ['y'])],
  inputs: [value('x0', 'float', ['N', 1]), value('x1', 'float', ['N', 1])],
  outputs: [value('y', 'float', ['N', 1])],
})
modelSuite('ONNX with named inputs', {
  load: () => loadOnnxModel(source(named)),
  specs: xy,
  rows: [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
  tolerance: 0,
  byName: true,
})
