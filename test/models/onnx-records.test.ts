import { InferenceSession, Tensor } from 'onnxruntime-node'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory, type Model } from '../../models/index.ts'
import { batchOf, specsOf, valuesOf } from './batches.ts'
import { attribute, floats, int64s, node, onnx, type TestGraph, value } from './onnx-builder.ts'

const test = suite('the dimension of records in a batch')

const rows = Array.from({ length: 40 }, (_, row) => Array.from({ length: 4 }, (__, at) => Math.fround(Math.sin(row * 5.3 + at * 1.9) * 2)))
const fields = specsOf(['a', 'b', 'c', 'd'])

/** `x` where the sum of all is above 4, else `-x`: an If, whose branches the builder cannot make. */
const branches = Buffer.from(
  'CAk67AEKIgoBeBIBcyIJUmVkdWNlU3VtKg8KCGtlZXBkaW1zGACgAQIKEgoBcwoBaBIBYyIHR3JlYXRlcgptCgFjEgF5IgJJZiotCgtlbHNlX2JyYW5jaDIbCgsKAXgSAWUiA05lZxIBZWIJ' +
    'CgFlEgQKAggBoAEFKjIKC3RoZW5fYnJhbmNoMiAKEAoBeBIBdCIISWRlbnRpdHkSAXRiCQoBdBIECgIIAaABBRIKbWl4X0lmX2ZhcioLEAFCAWhKBAAAgEBaFAoBeBIPCg0IARIJCgMSAU4KAggE' +
    'YhQKAXkSDwoNCAESCQoDEgFOCgIIBEIECgAQEUIOCgphaS5vbm54Lm1sEANCEQoNY29tLm1pY3Jvc29mdBAB',
  'base64',
)

interface Case {
  readonly name: string
  readonly model: Uint8Array
  /** The shape of one record's tensor; by default [1, 4]. */
  readonly dims?: readonly number[]
  /** Why it is scored one by one; undefined: it is not. */
  readonly oneByOne?: RegExp
}

function flat(nodes: TestGraph['nodes'], tensors: TestGraph['tensors'] = []): Uint8Array {
  return onnx({ nodes, inputs: [value('x', 'float', ['N', 4])], outputs: [value('y', 'float')], tensors })
}

function steps(shape: readonly (number | string)[], nodes: TestGraph['nodes'], tensors: TestGraph['tensors'] = []): Uint8Array {
  return onnx({ nodes, inputs: [value('x', 'float', shape)], outputs: [value('y', 'float')], tensors })
}

const weights = (count: number): number[] => Array.from({ length: count }, (_, at) => Math.sin(at + 1) / 2)
const recurrent = (operator: string, gates: number): [TestGraph['nodes'], TestGraph['tensors']] => [
  [node(operator, ['x', 'w', 'r'], ['all', 'y'], [attribute('hidden_size', 3n)])],
  [floats('w', [1, gates * 3, 2], weights(gates * 6)), floats('r', [1, gates * 3, 3], weights(gates * 9))],
]
const minus = (operator: string, attributes = [attribute('axes', [0n])]): Uint8Array =>
  flat([node(operator, ['x'], ['m'], attributes), node('Sub', ['x', 'm'], ['y'])])
const subtract = node('Sub', ['x', 'm'], ['y'])

const cases: readonly Case[] = [
  ...['ReduceMean', 'ReduceMax', 'ReduceL2', 'ReduceLogSumExp'].map((operator): Case => ({
    name: `${operator} over the records`,
    model: minus(operator),
    oneByOne: new RegExp(`^${operator} puts the records together`),
  })),
  { name: 'a maximum of all', model: minus('ReduceMax', [attribute('keepdims', 0n)]), oneByOne: /^ReduceMax merges all records/ },
  {
    name: 'softmax over the records',
    model: flat([node('Softmax', ['x'], ['y'], [attribute('axis', -2n)])]),
    oneByOne: /^Softmax works along/,
  },
  {
    name: 'cumulative sums over the records',
    model: flat([node('CumSum', ['x', 'axis'], ['y'])], [int64s('axis', [], [0])]),
    oneByOne: /^CumSum adds up the records before/,
  },
  { name: 'a condition on a sum', model: branches, oneByOne: /^ReduceSum merges all records/ },
  {
    name: 'batch norm in training',
    model: onnx({
      nodes: [node('BatchNormalization', ['x', 's', 'z', 'z', 's'], ['y', 'mean', 'variance'], [attribute('training_mode', 1n)])],
      inputs: [value('x', 'float', ['N', 4])],
      outputs: [value('y', 'float')],
      tensors: [floats('s', [4], [1, 1, 1, 1]), floats('z', [4], [0, 0, 0, 0])],
      opset: 15,
    }),
    oneByOne: /^BatchNormalization is in training mode/,
  },
  {
    name: 'records against each other',
    model: flat([
      node('Transpose', ['x'], ['t']),
      node('MatMul', ['x', 't'], ['g']),
      node('Softmax', ['g'], ['s']),
      node('MatMul', ['s', 'x'], ['y']),
    ]),
    oneByOne: /^MatMul multiplies records by each other/,
  },
  {
    name: 'the first record taken from each',
    model: flat([node('Gather', ['x', 'i'], ['m']), subtract], [int64s('i', [], [0])]),
    oneByOne: /^Gather takes some of the records/,
  },
  {
    name: 'what no operator tells: only the trial does',
    model: flat(
      [node('Reshape', ['x', 'one'], ['f']), node('Softmax', ['f'], ['s']), node('Reshape', ['s', 'back'], ['y'])],
      [int64s('one', [2], [1, -1]), int64s('back', [2], [-1, 4])],
    ),
    oneByOne: /^a record has another result beside others than alone/,
  },
  {
    name: 'einsum over the records',
    model: flat([node('Einsum', ['x'], ['m'], [attribute('equation', 'ij->j')]), subtract]),
    oneByOne: /^a record has/,
  },
  { name: 'softmax over the fields', model: flat([node('Softmax', ['x'], ['y'])]) },
  { name: 'a mean of the fields', model: minus('ReduceMean', [attribute('axes', [-1n])]) },
  ...[
    ['LSTM', 4],
    ['GRU', 3],
    ['RNN', 1],
  ].flatMap(([operator, gates]): Case[] => {
    const [nodes, tensors] = recurrent(operator as string, gates as number)
    return [
      { name: `time-major ${operator}, two steps`, model: steps([2, 'N', 2], nodes, tensors), dims: [2, 1, 2] },
      { name: `time-major ${operator}, any number of steps`, model: steps(['a', 'b', 2], nodes, tensors), dims: [2, 1, 2] },
    ]
  }),
  {
    name: 'time-major, by the growth of the output',
    model: steps(['a', 'b', 2], [node('ReduceMean', ['x'], ['y'], [attribute('axes', [0n])])]),
    dims: [2, 1, 2],
  },
  { name: 'features first', model: steps([4, 'N'], [node('MatMul', ['w', 'x'], ['y'])], [floats('w', [3, 4], weights(12))]), dims: [4, 1] },
  {
    name: 'the dimension that is called batch',
    model: steps(['time', 'batch', 2], [node('Softmax', ['x'], ['y'], [attribute('axis', 0n)])]),
    dims: [2, 1, 2],
  },
  {
    name: 'batch first, any number of steps',
    model: steps(
      ['a', 'b', 2],
      [
        node('Transpose', ['x'], ['t'], [attribute('perm', [0n, 2n, 1n])]),
        node('MatMul', ['x', 't'], ['g']),
        node('Softmax', ['g'], ['s']),
        node('MatMul', ['s', 'x'], ['y']),
      ],
    ),
    dims: [1, 2, 2],
  },
]

/** What ONNX Runtime gives for each row alone. */
async function alone({ model, dims = [1, 4] }: Case): Promise<number[][]> {
  const session = await InferenceSession.create(model, { logSeverityLevel: 4 })
  const given: number[][] = []
  for (const row of rows) {
    const { y } = await session.run({ x: new Tensor('float32', Float32Array.from(row), dims) }, ['y'])
    given.push([...((y as Tensor).data as Float32Array)])
  }
  await session.release()
  return given
}

async function scored(model: Model, from: number, to: number): Promise<number[][]> {
  const { outputs } = await model.score(batchOf(fields, rows.slice(from, to)))
  return Array.from({ length: to - from }, (_, row) => valuesOf(outputs[0], row) as number[])
}

for (const each of cases) {
  test(each.name, async () => {
    const expected = await alone(each)
    for (const sizes of [[40], [1, 2, 3, 34], [7, 33]]) {
      const model = await defaultModelFactory().load({ bytes: each.model, format: undefined, output: undefined })
      let from = 0
      for (const size of sizes) {
        const given = await scored(model, from, from + size)
        for (const [at, values] of given.entries()) {
          const wanted = expected[from + at] as number[]
          assert.is(values.length, wanted.length)
          values.forEach((number, place) =>
            assert.ok(Math.abs(number - (wanted[place] as number)) < 1e-5, `row ${from + at}: ${values.join()}, not ${wanted.join()}`),
          )
        }
        from += size
      }
      if (each.oneByOne === undefined) assert.is(model.oneByOne, undefined)
      else assert.match(model.oneByOne ?? '', each.oneByOne)
      await model.dispose()
    }
  })
}

test('a model is refused if the dimension of records cannot be found', async () => {
  const softmax = steps(['a', 'b', 2], [node('Softmax', ['x'], ['y'], [attribute('axis', 0n)])])
  const error = await defaultModelFactory()
    .load({ bytes: softmax, format: undefined, output: undefined })
    .catch((thrown: unknown) => thrown)
  assert.match(String(error), /cannot determine which dimension .* counts the records: x \[\?, \?, 2\]\. It may be time-major/)
})

for (const name of ['constructor', 'toString', '__proto__'])
  test(`names that every object has: ${name}`, async () => {
    const shapes = [value(name, 'float', ['N', 1]), value('x', 'float', ['N', 1])]
    const asInput = onnx({ nodes: [node('Add', [name, 'x'], ['y'])], inputs: shapes, outputs: [value('y', 'float', ['N', 1])] })
    const asOutput = onnx({ nodes: [node('Neg', ['x'], [name])], inputs: shapes.slice(1), outputs: shapes.slice(0, 1) })
    for (const [bytes, wanted] of [
      [asInput, [11, 22, 33]],
      [asOutput, [-10, -20, -30]],
    ] as const) {
      const model = await defaultModelFactory().load({ bytes, format: undefined, output: undefined })
      assert.equal([model.inputs[0]?.width, model.outputs[0]?.width, model.oneByOne], [1, 1, undefined])
      const scores = await model.score(
        batchOf(specsOf([name, 'x']), [
          [1, 10],
          [2, 20],
          [3, 30],
        ]),
      )
      assert.equal([...scores.score.subarray(0, 3)], wanted)
      await model.dispose()
    }
  })

test.run()
