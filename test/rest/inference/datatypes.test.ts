import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { jsonRecordReader } from '../../../records/json-record-reader.ts'
import { parseTolerant } from '../../../rest/inference/tolerant-json.ts'
import type { elementType } from '../../../models/onnx/proto/onnx-schema.ts'
import { attribute, node, onnx, value } from '../../models/onnx-builder.ts'
import { graph, node as tensorflowNode, placeholder } from '../../models/tensorflow/graph-builder.ts'
import { binaryRequest, type BinaryAnswer, exactJson, readBinaryAnswer, type WireTensor } from './binary-tensors.ts'
import { type Answer, type ServedModels, withServedModels } from './served-models.ts'

const test = suite('datatypes over the open inference protocol')

/** ONNX's types, what the protocol calls them, and values that only they hold, from the least to the most. */
const types: readonly (readonly [onnx: keyof typeof elementType, datatype: string, values: readonly unknown[]])[] = [
  ['bool', 'BOOL', [true, false, true, true]],
  ['int8', 'INT8', [-128, 127, 0, 5]],
  ['int16', 'INT16', [-32768, 32767, 0, 5]],
  ['int32', 'INT32', [-2147483648, 2147483647, 0, 5]],
  ['int64', 'INT64', [-9223372036854775808n, 9223372036854775807n, 0, 9007199254740993n]],
  ['uint8', 'UINT8', [0, 255, 1, 5]],
  ['uint16', 'UINT16', [0, 65535, 1, 5]],
  ['uint32', 'UINT32', [0, 4294967295, 1, 5]],
  ['uint64', 'UINT64', [0, 18446744073709551615n, 9007199254740993n, 5]],
  ['float16', 'FP16', [0.5, -15.75, 0, 8]],
  ['float', 'FP32', [0.10000000149011612, -3.4028234663852886e38, 0, 8]],
  ['double', 'FP64', [0.1, -1.7976931348623157e308, 0, 8]],
  ['string', 'BYTES', ['', 'ü', '"NaN"', '123']],
]

function echo(type: keyof typeof elementType): Uint8Array {
  return onnx({ nodes: [node('Identity', ['x'], ['y'])], inputs: [value('x', type, ['N', 2])], outputs: [value('y', type, ['N', 2])] })
}

function withEcho(bytes: Uint8Array, datatype: string, use: (served: ServedModels) => Promise<void>): Promise<void> {
  const kind = datatype === 'BYTES' ? 'text' : 'number'
  const reader = jsonRecordReader({ specs: ['x[0]', 'x[1]'].map(name => ({ name, kind })) })
  return withServedModels(
    async served => {
      await served.serving.publish({ name: 'echo', dataType: 'echo', bytes })
      assert.equal(served.serving.deadLetters(), [])
      await use(served)
    },
    { serving: { reader } },
  )
}

function ask(served: ServedModels, x: Omit<WireTensor, 'name' | 'shape'>): Promise<Answer> {
  return served.post('/v2/models/echo/infer', exactJson({ inputs: [{ name: 'x', shape: [2, 2], ...x }] }))
}

for (const [type, datatype, data] of types) {
  test(`${datatype} is described, accepted and returned as itself, in JSON and in binary`, () =>
    withEcho(echo(type), datatype, async served => {
      const { inputs, outputs } = (await served.get('/v2/models/echo')).json as { inputs: unknown; outputs: unknown }
      assert.equal([inputs, outputs], [[{ name: 'x', datatype, shape: [-1, 2] }], [{ name: 'y', datatype, shape: [-1, 2] }]])
      const expected = [{ name: 'y', datatype, shape: [2, 2], data }]
      const answer = await ask(served, { datatype, data })
      assert.is(answer.status, 200, answer.bytes.toString())
      assert.equal((parseTolerant(answer.bytes.toString()) as BinaryAnswer).outputs, expected)
      const { body, headers } = binaryRequest([{ name: 'x', datatype, shape: [2, 2], data }])
      assert.equal(readBinaryAnswer(await served.post('/v2/models/echo/infer', body, headers)).outputs, expected)
    }))
}

/** Numbers that a type does not hold, as another type that does. */
const beyond: readonly (readonly [onnx: keyof typeof elementType, datatype: string, value: unknown])[] = [
  ['int8', 'INT32', 128],
  ['int8', 'INT64', -129],
  ['uint8', 'INT16', -1],
  ['uint8', 'UINT16', 256],
  ['int16', 'UINT16', 32768],
  ['uint16', 'INT32', -1],
  ['int32', 'UINT32', 2147483648],
  ['uint32', 'INT64', 4294967296],
  ['int64', 'UINT64', 9223372036854775808n],
  ['uint64', 'INT64', -1],
  ['uint64', 'INT64', -9223372036854775808n],
  ['float16', 'FP32', 65520],
  ['float16', 'INT32', -70000],
  ['float', 'FP64', 3.5e38],
  ['float', 'FP32', 1e39],
  ['double', 'FP64', 10n ** 320n],
]
test('a number outside the type of the model is refused, not converted', async () => {
  for (const [type, datatype, wrong] of beyond) {
    await withEcho(echo(type), datatype, async served => {
      const answer = await ask(served, { datatype, data: [1, 2, 3, wrong] })
      assert.is(answer.status, 400, `${type}, ${datatype}, ${String(wrong)}: ${answer.bytes.toString()}`)
      assert.match(String((answer.json as { error: unknown }).error), /^input x contains .*, which is (out of range|not a valid)/)
      const { outputs } = parseTolerant((await ask(served, { datatype, data: [1, 2, 3, 4] })).bytes.toString()) as BinaryAnswer
      assert.equal(outputs[0]?.data, [1, 2, 3, 4])
    })
  }
})

test('numbers of another type are accepted if the conversion is exact', async () => {
  const cases: readonly (readonly [keyof typeof elementType, string, unknown])[] = [
    ['uint64', 'INT64', 9223372036854775807n],
    ['int64', 'UINT64', 9223372036854775807n],
    ['uint8', 'INT64', 255],
    ['float', 'INT64', 16777216],
    ['double', 'FP16', 0.5],
    ['float16', 'FP64', 65504],
    ['float16', 'FP32', -0.25],
  ]
  for (const [type, datatype, each] of cases) {
    await withEcho(echo(type), datatype, async served => {
      const answer = await ask(served, { datatype, data: [1, each, 0, 2] })
      assert.equal((parseTolerant(answer.bytes.toString()) as BinaryAnswer).outputs[0]?.data, [1, each, 0, 2], `${type}, ${datatype}`)
    })
  }
})

test('one request with numbers beyond 2^53 and others without, in one run', () =>
  withEcho(echo('uint64'), 'UINT64', async served => {
    const requests = [
      [1, 2, 3, 4],
      [5, 18446744073709551615n, 6, 9223372036854775808n],
      [7, 8, 9007199254740993n, 9],
    ]
    const answers = await Promise.all(requests.map(data => ask(served, { datatype: 'UINT64', data })))
    assert.equal(
      answers.map(({ bytes }) => (parseTolerant(bytes.toString()) as BinaryAnswer).outputs[0]?.data),
      requests,
    )
  }))

test('types of a TensorFlow graph are described as they are', async () => {
  for (const [type, datatype] of [
    ['uint8', 'UINT8'],
    ['int32', 'INT32'],
    ['bool', 'BOOL'],
    ['float64', 'FP64'],
  ] as const) {
    await withEcho(graph([placeholder('x', [-1, 2], type), tensorflowNode('Identity', 'y', ['x'])]), datatype, async served => {
      const data = type === 'bool' ? [true, false, false, true] : [1, 2, 3, 4]
      const answer = await ask(served, { datatype, data })
      assert.equal((answer.json as BinaryAnswer).outputs, [{ name: 'y', datatype, shape: [2, 2], data }])
      const { inputs } = (await served.get('/v2/models/echo')).json as { inputs: readonly WireTensor[] }
      assert.is(inputs[0]?.datatype, datatype)
    })
  }
})

test('integers written with a fraction or an exponent are accepted beside integers that a double cannot hold', () =>
  withEcho(echo('int64'), 'INT64', async served => {
    const data = '[1e18, 9007199254740993, 9007199254740994.0, -2e18]'
    const answer = await served.post('/v2/models/echo/infer', `{"inputs":[{"name":"x","datatype":"INT64","shape":[2,2],"data":${data}}]}`)
    assert.match(answer.bytes.toString(), /"data":\[1000000000000000000,9007199254740993,9007199254740994,-2000000000000000000\]/)
  }))

test('outputs are returned even if the first has no class', async () => {
  const model = onnx({
    nodes: [
      node('Sub', ['x', 'x'], ['zero']),
      node('Div', ['zero', 'zero'], ['shares']),
      node('Identity', ['x'], ['same']),
      node('Cast', ['x'], ['whole'], [attribute('to', 7n)]),
    ],
    inputs: [value('x', 'float', ['N', 2])],
    outputs: [value('shares', 'float', ['N', 2]), value('same', 'float', ['N', 2]), value('whole', 'int64', ['N', 2])],
  })
  await withEcho(model, 'FP32', async served => {
    const x = { name: 'x', datatype: 'FP32', shape: [2, 2], data: [1, 2, 3, 4] }
    const answer = await ask(served, x)
    const told = (answer.json as BinaryAnswer).outputs.map(({ data }) => data)
    assert.equal(told, [[null, null, null, null], x.data, x.data])
    const { body, headers } = binaryRequest([x])
    const { outputs } = readBinaryAnswer(await served.post('/v2/models/echo/infer', body, headers))
    assert.equal(
      outputs.slice(1).map(({ data }) => data),
      [x.data, x.data],
    )
  })
})

test('text that UTF-8 cannot express is refused, because the model would get another text', () =>
  withEcho(echo('string'), 'BYTES', async served => {
    const answer = await ask(served, { datatype: 'BYTES', data: ['a', 'b\ud800', 'c', '😀'] })
    assert.is(answer.status, 400, answer.bytes.toString())
    assert.match((answer.json as { error: string }).error, /input x contains half of a surrogate pair/)
  }))

test.run()
