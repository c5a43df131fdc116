import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory, ModelGuard } from '../../../models/index.ts'
import type { ColumnSpec } from '../../../records/column-batch.ts'
import { jsonRecordReader } from '../../../records/json-record-reader.ts'
import { floats, int64s, node, onnx, value } from '../../models/onnx-builder.ts'
import { graph, node as tensorflowNode, placeholder } from '../../models/tensorflow/graph-builder.ts'
import { binaryRequest, type BinaryAnswer, readBinaryAnswer, type WireTensor } from './binary-tensors.ts'
import { type Answer, type ServedModels, withServedModels } from './served-models.ts'

const factory = defaultModelFactory()
/** Every model is in a process of its own. */
const apart = new ModelGuard({ factory, light: { bytes: 0, constructMs: 0, runMs: 0 } })
const test = suite('shapes over the open inference protocol')

type Options = NonNullable<Parameters<typeof withServedModels>[1]>

/** Serves the model as "m", with the given numbers of number and text fields in the records. */
function withModel(
  bytes: Uint8Array,
  use: (served: ServedModels) => Promise<void>,
  options: Options & { fields?: ColumnSpec[] } = {},
): Promise<void> {
  const { fields: specs = fields('x', 2), serving, ...others } = options
  return withServedModels(
    async served => {
      await served.serving.publish({ name: 'm', dataType: 'm', bytes })
      assert.equal(served.serving.deadLetters(), [])
      await use(served)
    },
    { ...others, serving: { reader: jsonRecordReader({ specs }), ...serving } },
  )
}

function fields(name: string, width: number, kind: ColumnSpec['kind'] = 'number'): ColumnSpec[] {
  return Array.from({ length: width }, (_, at) => ({ name: `${name}[${at}]`, kind }))
}

async function inferred(served: ServedModels, inputs: readonly WireTensor[]): Promise<readonly WireTensor[]> {
  const answer = await served.post('/v2/models/m/infer', JSON.stringify({ inputs }))
  assert.is(answer.status, 200, answer.bytes.toString())
  return (answer.json as BinaryAnswer).outputs
}

async function inferredBinary(served: ServedModels, inputs: readonly WireTensor[]): Promise<readonly WireTensor[]> {
  const { body, headers } = binaryRequest(inputs)
  const answer = await served.post('/v2/models/m/infer', body, headers)
  assert.is(answer.status, 200, answer.bytes.toString())
  return readBinaryAnswer(answer).outputs
}

function refused(answer: Answer, message: RegExp): void {
  assert.is(answer.status, 400, answer.bytes.toString())
  assert.match(String((answer.json as { error: unknown }).error), message)
}

/** A tensor whose values differ from those of any other seed. */
function tensor(name: string, shape: readonly number[], seed: number, datatype = 'FP32'): WireTensor {
  const count = shape.reduce((product, dim) => product * dim, 1)
  const data = Array.from({ length: count }, (_, at) => (datatype === 'BYTES' ? `t${seed}.${at}` : seed * 100 + at))
  return { name, datatype, shape, data }
}

/** The same numbers of rows with widths that shrink and grow. */
const shapes: readonly (readonly number[])[] = [
  [1, 5],
  [1, 2],
  [1, 5],
  [3, 4],
  [3, 1],
  [3, 4],
  [2, 3],
  [4, 3],
  [4, 2],
  [1, 1],
  [1, 5],
]

/** What is sent comes back, with the shape that it was sent with: alone, in binary, and among others. */
async function echoes(served: ServedModels, requestOf: (shape: readonly number[], seed: number) => readonly WireTensor[]): Promise<void> {
  const check = (outputs: readonly WireTensor[], at: number): void => {
    const sent = requestOf(shapes[at] as number[], at + 1)
    for (const [place, { datatype, shape, data }] of sent.entries()) {
      const given = outputs[place]
      assert.equal([given?.datatype, given?.shape, given?.data], [datatype, shape, data], `request ${at}`)
    }
  }
  for (const [at, shape] of shapes.entries()) check(await inferred(served, requestOf(shape, at + 1)), at)
  for (const [at, shape] of shapes.entries()) check(await inferredBinary(served, requestOf(shape, at + 1)), at)
  const together = await Promise.all(shapes.map((shape, at) => inferred(served, requestOf(shape, at + 1))))
  for (const [at, outputs] of together.entries()) check(outputs, at)
}

function echo(type: 'float' | 'string' | 'int64', names: readonly string[] = ['x']): Uint8Array {
  return onnx({
    nodes: names.map(name => node('Identity', [name], [`${name}_out`])),
    inputs: names.map(name => value(name, type, ['N', 'W'])),
    outputs: names.map(name => value(`${name}_out`, type, ['N', 'W'])),
  })
}

const kinds: Readonly<Record<string, () => Promise<void>>> = {
  numbers: () => withModel(echo('float'), served => echoes(served, (shape, seed) => [tensor('x', shape, seed)])),
  'whole numbers of 64 bits': () =>
    withModel(echo('int64'), served => echoes(served, (shape, seed) => [tensor('x', shape, seed, 'INT64')])),
  text: () =>
    withModel(echo('string'), served => echoes(served, (shape, seed) => [tensor('x', shape, seed, 'BYTES')]), {
      fields: fields('x', 2, 'text'),
    }),
  'several inputs, in another order': () =>
    withModel(
      echo('float', ['a', 'b', 'c']),
      served =>
        echoes(served, (shape, seed) => [
          tensor('a', shape, seed),
          tensor('b', [shape[0] as number, 2 * (shape[1] as number)], seed + 50),
          tensor('c', [shape[0] as number, 6 - (shape[1] as number)], seed + 90),
        ]),
      { fields: ['a', 'b', 'c'].flatMap(name => fields(name, 2)) },
    ),
  'a model in a process of its own': () =>
    withModel(echo('float'), served => echoes(served, (shape, seed) => [tensor('x', shape, seed)]), { serving: { guard: apart, factory } }),
  'one row a run': () =>
    withModel(
      onnx({ nodes: [node('Identity', ['x'], ['y'])], inputs: [value('x', 'float', [1, 'W'])], outputs: [value('y', 'float', [1, 'W'])] }),
      served => echoes(served, (shape, seed) => [tensor('x', shape, seed)]),
    ),
  'more rows than a run takes': () =>
    withModel(echo('float'), served => echoes(served, (shape, seed) => [tensor('x', shape, seed)]), { maxBatch: 2 }),
  'a TensorFlow graph': () =>
    withModel(graph([placeholder('x', [-1, -1]), tensorflowNode('Identity', 'y', ['x'])]), served =>
      echoes(served, (shape, seed) => [tensor('x', shape, seed)]),
    ),
  'a model that declares no shapes': () =>
    withModel(onnx({ nodes: [node('Identity', ['x'], ['y'])], inputs: [value('x', 'float')], outputs: [value('y', 'float')] }), served =>
      echoes(served, (shape, seed) => [tensor('x', shape, seed)]),
    ),
}
for (const [name, run] of Object.entries(kinds)) test(`widths that shrink and grow: ${name}`, run)

test('each request may have other sizes for two open dimensions', () =>
  withModel(
    onnx({
      nodes: [node('Identity', ['x'], ['y'])],
      inputs: [value('x', 'float', ['N', 1, 'H', 'W'])],
      outputs: [value('y', 'float', ['N', 1, 'H', 'W'])],
    }),
    async served => {
      for (const [at, shape] of [
        [1, 1, 2, 3],
        [1, 1, 3, 2],
        [1, 1, 6, 1],
        [2, 1, 1, 3],
        [1, 1, 2, 3],
      ].entries()) {
        const sent = tensor('x', shape, at)
        assert.equal((await inferred(served, [sent]))[0], { ...sent, name: 'y' })
      }
    },
  ))

test('the right number of values in another shape is refused with both shapes', () =>
  withModel(
    onnx({
      nodes: [node('ReduceSum', ['x', 'axes'], ['y'])],
      inputs: [value('x', 'float', ['N', 1, 4, 4])],
      outputs: [value('y', 'float', ['N', 1, 1, 1])],
      tensors: [int64s('axes', [3], [1, 2, 3])],
    }),
    async served => {
      const ask = (shape: readonly number[]): Promise<Answer> =>
        served.post('/v2/models/m/infer', JSON.stringify({ inputs: [tensor('x', shape, 1)] }))
      const [sum] = await inferred(served, [tensor('x', [1, 1, 4, 4], 1)])
      assert.equal([sum?.shape, sum?.data], [[1, 1, 1, 1], [1720]])
      for (const shape of [
        [1, 4, 4, 1],
        [1, 4, 1, 4],
        [1, 16],
        [16],
        [1, 1, 16],
        [1, 1, 1, 4, 4],
        [1, 2, 2, 4],
        [4, 1, 2, 2],
        [16, 1],
        [2, 1, 4, 2],
      ]) {
        const told = `input x has the shape \\[${shape.join(', ')}\\]; the model needs \\[N, 1, 4, 4\\]`
        refused(await ask(shape), new RegExp(told))
      }
      const { inputs } = (await served.get('/v2/models/m')).json as { inputs: unknown }
      assert.equal(inputs, [{ name: 'x', datatype: 'FP32', shape: [-1, 1, 4, 4] }])
    },
    { fields: fields('x', 16) },
  ))

test('one value per row is accepted with or without a dimension for it; the answer has the dimensions of the model', async () => {
  for (const own of [['N'], ['N', 1]]) {
    const bytes = onnx({
      nodes: [node('Identity', ['a'], ['y'])],
      inputs: [value('a', 'float', own)],
      outputs: [value('y', 'float', own)],
    })
    await withModel(
      bytes,
      async served => {
        for (const shape of [[2], [2, 1]]) {
          const [output] = await inferred(served, [tensor('a', shape, 3)])
          assert.equal([output?.shape, output?.data], [own.length === 1 ? [2] : [2, 1], [300, 301]])
        }
        refused(
          await served.post('/v2/models/m/infer', JSON.stringify({ inputs: [tensor('a', [1, 2], 1)] })),
          /the model needs \[N\] or \[N, 1\]/,
        )
        refused(
          await served.post('/v2/models/m/infer', JSON.stringify({ inputs: [tensor('a', [2, 1, 1], 1)] })),
          /the model needs \[N\] or \[N, 1\]/,
        )
      },
      { fields: [{ name: 'a', kind: 'number' }] },
    )
  }
})

const linear = onnx({
  nodes: [node('MatMul', ['x', 'w'], ['y'])],
  inputs: [value('x', 'float', ['N', 'W'])],
  outputs: [value('y', 'float', ['N', 1])],
  tensors: [floats('w', [2, 1], [1, 10])],
})

test('a width that the model refuses when it runs is the error of that client only', async () => {
  for (const serving of [{}, { guard: apart, factory }]) {
    await withModel(
      linear,
      async served => {
        const ask = (shape: readonly number[]): Promise<Answer> =>
          served.post('/v2/models/m/infer', JSON.stringify({ inputs: [tensor('x', shape, 1)] }))
        const [wrong, right, narrow] = await Promise.all([ask([1, 3]), ask([2, 2]), ask([2, 1])])
        refused(wrong, /the model cannot be run on x \[N, 3\]: .*MatMul/)
        refused(narrow, /x \[N, 1\]/)
        assert.equal((right.json as BinaryAnswer).outputs[0]?.data, [1110, 1132])
        const open = /input x has the shape \[1, 2, 1\]; the model needs \[N, n\]/
        refused(await ask([1, 2, 1]), open)
        assert.equal(served.logged, [])
      },
      { serving },
    )
  }
})

test('outputs have their own dimensions, more or fewer than the inputs', () =>
  withModel(
    onnx({
      nodes: [node('Reshape', ['x', 'to'], ['cube']), node('ReduceSum', ['x', 'one'], ['sum'], [])],
      inputs: [value('x', 'float', ['N', 8])],
      outputs: [value('cube', 'float', ['N', 2, 2, 2]), value('sum', 'float', ['N', 1])],
      tensors: [int64s('to', [4], [0, 2, 2, 2]), int64s('one', [1], [1])],
    }),
    async served => {
      for (const rows of [1, 2, 3]) {
        const sent = tensor('x', [rows, 8], rows)
        const [cube, sum] = await inferred(served, [sent])
        assert.equal([cube?.shape, cube?.data, sum?.shape], [[rows, 2, 2, 2], sent.data, [rows, 1]])
      }
      const { outputs } = (await served.get('/v2/models/m')).json as { outputs: { shape: unknown }[] }
      assert.equal(
        outputs.map(({ shape }) => shape),
        [
          [-1, 2, 2, 2],
          [-1, 1],
        ],
      )
      const empty = await inferred(served, [tensor('x', [0, 8], 1)])
      assert.equal(
        empty.map(({ shape, data }) => [shape, data]),
        [
          [[0, 2, 2, 2], []],
          [[0, 1], []],
        ],
      )
    },
    { fields: fields('x', 8) },
  ))

test('nested data must have the declared shape', () =>
  withModel(echo('float'), async served => {
    const ask = (shape: readonly number[], data: readonly unknown[]): Promise<Answer> =>
      served.post('/v2/models/m/infer', JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape, data }] }))
    refused(
      await ask(
        [3, 2],
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ),
      /has the shape \[2, 3\]; the declared shape is \[3, 2\]/,
    )
    refused(await ask([2, 2], [[1, 2, 3], [4]]), /lists of different lengths/)
    refused(await ask([1, 2], [[1], 2]), /lists of different lengths/)
    refused(await ask([2, 1], [1, [2]]), /contains \[2\]/)
    for (const data of [
      [
        [1, 2],
        [3, 4],
      ],
      [1, 2, 3, 4],
      [
        [[1], [2]],
        [[3], [4]],
      ],
    ])
      assert.equal(((await ask([2, 2], data)).json as BinaryAnswer).outputs[0]?.data, [1, 2, 3, 4])
  }))

test('a row with too many values is refused, and missing rows cost nothing', () =>
  withModel(echo('float'), async served => {
    const ask = (shape: readonly number[], data: readonly unknown[] = []): Promise<Answer> =>
      served.post('/v2/models/m/infer', JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape, data }] }))
    for (const shape of [
      [0, 3],
      [0, 10_000_000],
      [0, Number.MAX_SAFE_INTEGER],
    ]) {
      const { status, json } = await ask(shape)
      assert.equal([status, (json as BinaryAnswer).outputs[0]?.data], [200, []], String(shape))
    }
    const wide = Buffer.alloc(4 * (2 ** 20 + 1))
    const head = { name: 'x', datatype: 'FP32', shape: [1, wide.length / 4], parameters: { binary_data_size: wide.length } }
    const json = Buffer.from(JSON.stringify({ inputs: [head] }))
    const headers = { 'inference-header-content-length': String(json.length) }
    refused(
      await served.post('/v2/models/m/infer', Buffer.concat([json, wide]), headers),
      /a row of the inputs has 1048577 values; the maximum is 1048576/,
    )
    refused(await ask([2 ** 24 + 1, 1]), /at most 16777216 values/)
    assert.equal((await inferred(served, [tensor('x', [1, 2], 1)]))[0]?.data, [100, 101])
    assert.equal(served.logged, [])
  }))

test.after(() => apart.close())
test.run()
