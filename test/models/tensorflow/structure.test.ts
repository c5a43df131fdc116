import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory } from '../../../models/index.ts'
import type { NodeDef } from '../../../models/tensorflow/graph/tf-schema.ts'
import { batchOf, specsOf, valuesOf } from '../batches.ts'
import { constant, graph, node, placeholder } from './graph-builder.ts'
import { archiveOf, signature } from './saved-model-builder.ts'

const test = suite('tensorflow structure')
const x = placeholder('x', [-1, 2])
const text = (value: string): { s: Uint8Array } => ({ s: Buffer.from(value) })
const texts = (...values: string[]): { list: { s: Uint8Array[] } } => ({ list: { s: values.map(value => Buffer.from(value)) } })

/** The last output's values for the record [1, 2]. */
async function score(bytes: Uint8Array): Promise<unknown> {
  const model = await defaultModelFactory().load({ bytes, format: undefined, output: undefined })
  try {
    const scores = await model.score(
      batchOf(specsOf(['a', 'b']), [
        [1, 2],
        [1, 2],
        [1, 0],
      ]),
    )
    return valuesOf(scores.outputs.at(-1), 0)
  } finally {
    await model.dispose()
  }
}

test('lists of tensors of recurrent layers are resolved at compile time', async () => {
  const int = (name: string, value: number): NodeDef => constant(name, [], [value], 'int32')
  const nodes = [
    x,
    constant('perm', [2], [1, 0], 'int32'),
    node('Transpose', 'columns', ['x', 'perm']),
    constant('any', [1], [-1], 'int32'),
    int('zero', 0),
    int('one', 1),
    int('two', 2),
    node('TensorListFromTensor', 'in', ['columns', 'any']),
    node('TensorListReserve', 'empty', ['any', 'two'], { element_dtype: { type: 1 } }),
    node('TensorListGetItem', 'first', ['in', 'zero', 'any']),
    node('TensorListGetItem', 'second', ['in', 'one', 'any']),
    node('TensorListSetItem', 'half', ['empty', 'zero', 'second']),
    node('TensorListSetItem', 'full', ['half', 'one', 'first']),
    node('TensorListPushBack', 'more', ['full', 'first']),
    node('TensorListStack', 'stacked', ['more', 'any']),
    node('Transpose', 'y', ['stacked', 'perm']),
  ]
  assert.equal(await score(graph(nodes)), [2, 1, 1])
  const unset = [...nodes.slice(0, -2), node('TensorListStack', 'y', ['half', 'any'])]
  const error = await score(graph(unset.filter(({ name }) => name !== 'more' && name !== 'full'))).catch((thrown: unknown) => thrown)
  assert.match(String(error), /TensorListStack \(node y\) stacks a list whose item 1 was never set/)
})

test('dropout that keeps all values, in a frozen graph', async () => {
  const nodes = [
    x,
    constant('one', [], [1]),
    node('PlaceholderWithDefault', 'keep', ['one'], { dtype: { type: 1 }, shape: { shape: { dim: [] } } }),
    node('Shape', 'shape', ['x']),
    node('RandomUniform', 'random', ['shape'], { T: { type: 3 }, dtype: { type: 1 } }),
    node('Add', 'sum', ['keep', 'random']),
    node('Floor', 'kept', ['sum']),
    node('RealDiv', 'scaled', ['x', 'keep']),
    node('Mul', 'y', ['scaled', 'kept']),
  ]
  assert.equal(await score(graph(nodes)), [1, 2])
  const whole = nodes.map(each => (each.name === 'random' ? node('RandomUniform', 'random', ['shape'], { dtype: { type: 3 } }) : each))
  assert.match(
    String(await score(graph(whole)).catch((thrown: unknown) => thrown)),
    /RandomUniform \(node random\) makes random numbers of the type int32/,
  )
})

test('integers and booleans as text, and the case of text', async () => {
  const int64 = { DstT: { type: 9 } }
  const cast = (name: string, type: number): NodeDef => node('Cast', name, ['x'], { SrcT: { type: 1 }, DstT: { type } })
  assert.equal(await score(graph([x, node('Cast', 'whole', ['x'], int64), node('AsString', 'y', ['whole'])])), ['1', '2'])
  assert.equal(await score(graph([x, cast('flag', 10), node('AsString', 'y', ['flag'])])), ['true', 'true'])
  const words = constant('words', [2], ['aB É', 'cd'], 'string')
  const choose = node('SelectV2', 'y', ['above', 'lower', 'upper'])
  const above = [constant('one', [], [1]), node('Greater', 'above', ['x', 'one'])]
  const cases = [node('StringLower', 'lower', ['words']), node('StringUpper', 'upper', ['words'])]
  assert.equal(await score(graph([x, words, ...above, ...cases, choose])), ['AB É', 'cd'])
  assert.match(
    String(await score(graph([x, node('AsString', 'y', ['x'])])).catch((thrown: unknown) => thrown)),
    /AsString \(node y\) makes text of fractions/,
  )
})

test('selection between values of types for which ONNX Runtime has no Where', async () => {
  const nodes = [
    x,
    constant('one', [], [1]),
    node('Greater', 'above', ['x', 'one']),
    node('Less', 'below', ['x', 'one']),
    node('LogicalNot', 'not', ['below']),
    node('SelectV2', 'y', ['above', 'below', 'not']),
  ]
  assert.equal(await score(graph(nodes)), [1, 0])
})

test('fused ops are split', async () => {
  const nodes = [x, constant('w', [2, 2], [1, 0, 0, -1]), constant('b', [2], [10, 1])]
  const product = (...ops: string[]): NodeDef =>
    node('_FusedMatMul', 'y', ['x', 'w', 'b'], { num_args: { i: 1 }, fused_ops: texts(...ops) })
  assert.equal(await score(graph([...nodes, product('BiasAdd')])), [11, -1])
  assert.equal(await score(graph([...nodes, product('BiasAdd', 'Relu')])), [11, 0])
  const error = await score(graph([...nodes, product('BiasAdd', 'Unheard')])).catch((thrown: unknown) => thrown)
  assert.match(String(error), /_FusedMatMul \(node y\) is fused with Unheard/)
  const image = [
    ...nodes,
    constant('size', [4], [-1, 2, 1, 1], 'int32'),
    node('Reshape', 'i', ['x', 'size']),
    constant('k', [2, 1, 1, 2], [1, 2, 3, -4]),
  ]
  const attributes = {
    num_args: { i: 1 },
    fused_ops: texts('BiasAdd', 'Relu'),
    strides: { list: { i: [1, 1, 1, 1] } },
    padding: text('VALID'),
  }
  assert.equal(await score(graph([...image, node('_FusedConv2D', 'y', ['i', 'k', 'b'], attributes)])), [17, 0])
})

test('copies, defaults and lists of copies pass their inputs on', async () => {
  const nodes = [
    x,
    constant('two', [], [2]),
    node('PlaceholderWithDefault', 'factor', ['two']),
    node('IdentityN', 'both', ['x', 'factor']),
    node('StopGradient', 'a', ['both']),
    node('Snapshot', 'b', ['both:1']),
    node('Mul', 'y', ['a', 'b']),
  ]
  assert.equal(await score(graph(nodes)), [2, 4])
})

test('of the bits of numbers, the sign is supported', async () => {
  const nodes = (bits: number): NodeDef[] => [
    x,
    constant('signs', [2], [-0, 3]),
    node('Mul', 'm', ['signs', 'x']),
    node('Bitcast', 'b', ['m'], { type: { type: 3 } }),
    constant('mask', [], [bits], 'int32'),
    node('BitwiseAnd', 'y', ['b', 'mask']),
  ]
  assert.equal(await score(graph(nodes(-(2 ** 31)))), [-(2 ** 31), 0])
  const error = await score(graph(nodes(1))).catch((thrown: unknown) => thrown)
  assert.match(String(error), /BitwiseAnd \(node y\) reads bits of a number other/)
  const other = await score(graph([...nodes(1).slice(0, 4), node('Abs', 'y', ['b'])])).catch((thrown: unknown) => thrown)
  assert.match(String(other), /Abs \(node y\).*only the compiler holds/)
})

test('rows of a variable are gathered', async () => {
  const nodes = [
    x,
    node('Cast', 'index', ['x'], { DstT: { type: 3 } }),
    node('VarHandleOp', 'table'),
    node('ResourceGather', 'rows', ['table', 'index']),
    node('ResourceGatherNd', 'cells', ['table', 'index']),
    constant('axis', [], [1], 'int32'),
    node('Sum', 'sums', ['rows', 'axis']),
  ]
  const table = { dims: [3, 3], values: [0, 1, 2, 10, 11, 12, 20, 21, 22] }
  const bytes = (tensor: string): Promise<Uint8Array> =>
    archiveOf({ nodes, signatures: { serving_default: signature({ x: ['x:0', [-1, 2]] }, { y: tensor }) } }, { table })
  assert.equal(await score(await bytes('sums:0')), [30, 32, 34])
  assert.equal(await score(await bytes('cells:0')), [12])
})

test('a static table of numbers is looked up', async () => {
  const nodes = [
    x,
    node('Cast', 'keys', ['x'], { DstT: { type: 9 } }),
    node('HashTableV2', 'table'),
    constant('known', [2], [2, 7], 'int64'),
    constant('values', [2], [0.5, 0.25]),
    node('LookupTableImportV2', 'fill', ['table', 'known', 'values']),
    constant('default', [], [-1]),
    node('LookupTableFindV2', 'y', ['table', 'keys', 'default']),
  ]
  const signatures = { serving_default: signature({ x: ['x:0', [-1, 2]] }, { y: 'y:0' }) }
  assert.equal(await score(await archiveOf({ nodes, signatures })), [-1, 0.5])
  const limits = (start: number): NodeDef[] => [start, start + 2, 1].map((value, at) => constant(`limit${at}`, [], [value], 'int32'))
  const numbered = [
    ...limits(5),
    node('Range', 'range', ['limit0', 'limit1', 'limit2'], { Tidx: { type: 3 } }),
    node('Cast', 'values', ['range'], { SrcT: { type: 3 }, DstT: { type: 9 } }),
    constant('default', [], [-1], 'int64'),
  ]
  const others = nodes.filter(({ name }) => name !== 'values' && name !== 'default')
  assert.equal(await score(await archiveOf({ nodes: [...others, ...numbered], signatures })), [-1, 5])
})

test.run()
