import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory } from '../../../models/index.ts'
import type { FunctionDef, NodeDef } from '../../../models/tensorflow/graph/tf-schema.ts'
import type { SluiceError } from '../../../base/sluice-error.ts'
import { type Cell, batchOf, specsOf, valuesOf } from '../batches.ts'
import { constant, fn, graph, node, placeholder } from './graph-builder.ts'

const test = suite('tensorflow compiler')

interface Asked {
  readonly rows?: readonly (readonly Cell[])[]
  readonly output?: string
}

/** Every output's values for the first of some records. */
async function run(
  bytes: Uint8Array,
  {
    rows = [
      [1, 2],
      [3, 4],
      [5, -6],
    ],
    output,
  }: Asked = {},
): Promise<Record<string, unknown>> {
  const model = await defaultModelFactory().load({ bytes, format: 'TENSORFLOW', output })
  try {
    const scores = await model.score(batchOf(specsOf(['a', 'b', 'c', 'd'].slice(0, rows[0]?.length)), rows))
    return Object.fromEntries(scores.outputs.map(each => [each.name, valuesOf(each, 0)]))
  } finally {
    await model.dispose()
  }
}

async function refused(
  nodes: readonly NodeDef[],
  message: RegExp,
  { functions = [], output }: { functions?: FunctionDef[]; output?: string } = {},
): Promise<void> {
  const error = (await run(graph(nodes, functions), output === undefined ? {} : { output }).catch(
    (thrown: unknown) => thrown,
  )) as SluiceError
  assert.is(error.code, 'MODEL_LOAD_FAILED', String(error))
  assert.match(error.message, message)
  assert.ok(error.message.length < 600)
}

const x = placeholder('x', [-1, 2])
const weights = constant('w', [2, 2], [1, 0, 0, 2])

test('the results are the nodes that no node consumes, in the order of the graph, or the named node', async () => {
  const nodes = [
    x,
    weights,
    node('MatMul', 'm', ['x', 'w']),
    node('Neg', 'n', ['m']),
    node('Abs', 'p', ['m']),
    node('NoOp', 'init', ['^n']),
  ]
  assert.equal(await run(graph(nodes.filter(({ name }) => name !== 'init'))), { n: [-1, -4], p: [1, 4] })
  assert.equal(await run(graph(nodes), { output: 'm:0' }), { m: [1, 4] })
  assert.equal(await run(graph(nodes), { output: 'x' }), { 'x:0': [1, 2] })
  await refused(nodes, /no node z; its results are: p/, { output: 'z' })
  await refused([x], /has no result/)
})

test('nodes that no result needs are ignored', async () => {
  assert.equal(
    await run(
      graph([x, node('Neg', 'y', ['x', '^train']), node('TrainEverything', 'train', ['lost']), node('Assert', 'check', ['train'])]),
    ),
    { y: [-1, -2] },
  )
})

test('a placeholder without a shape is as wide as the matrix by which it is multiplied', async () => {
  const width = async (nodes: readonly NodeDef[]): Promise<number | undefined> => {
    const model = await defaultModelFactory().load({ bytes: graph(nodes), format: undefined, output: undefined })
    await model.dispose()
    return model.inputs[0]?.width
  }
  const bare = placeholder('x')
  const matrix = constant(
    'w',
    [3, 5],
    Array.from({ length: 15 }, () => 1),
  )
  assert.is(await width([bare, matrix, node('MatMul', 'y', ['x', 'w'])]), 3)
  assert.is(await width([bare, matrix, node('MatMul', 'y', ['x', 'w'], { transpose_b: { b: true } })]), 5)
  assert.is(
    await width([
      bare,
      matrix,
      node('Identity', 'r', ['w']),
      node('Sub', 's', ['x', 'c']),
      constant('c', [], [2]),
      node('MatMul', 'y', ['s:0', 'r']),
    ]),
    3,
  )
  assert.is(await width([bare, constant('c', [4], [1, 2, 3, 4]), node('Mul', 'y', ['x', 'c'])]), 4)
  assert.is(await width([placeholder('x', [-1, 7]), node('Neg', 'y', ['x'])]), 7)
  assert.is(await width([bare, node('Neg', 'y', ['x'])]), undefined)
})

test('single values are separate inputs', async () => {
  const bytes = graph([placeholder('a', [-1]), placeholder('b', []), node('Mul', 'y', ['a', 'b'])])
  assert.equal(
    await run(bytes, {
      rows: [
        [3, 5],
        [1, 1],
      ],
    }),
    { y: [15] },
  )
})

test('small integer types are fed as integers', async () => {
  const bytes = graph([placeholder('x', [-1, 2], 'uint8'), node('Cast', 'y', ['x'], { DstT: { type: 1 } })])
  assert.equal(await run(bytes, { rows: [[3, 255]] }), { y: [3, 255] })
})

test('functions are inlined, with results by name', async () => {
  const split = fn(
    'split',
    ['v'],
    [constant('axis', [], [1], 'int32'), node('Split', 's', ['axis:output:0', 'v'], { num_split: { i: 2 } })],
    { left: 's:output:0', right: 's:output:1' },
  )
  const top = fn('top', ['v'], [constant('k', [], [1], 'int32'), node('TopKV2', 't', ['v', 'k:output:0'])], { at: 't:indices:0' })
  const nodes = [
    x,
    node('PartitionedCall', 'halves', ['x'], { f: { func: { name: 'split' } } }),
    node('Sub', 'y', ['halves:1', 'halves']),
    node('StatefulPartitionedCall', 'z', ['x'], { f: { func: { name: 'top' } } }),
  ]
  assert.equal(await run(graph(nodes, [split, top])), { y: [1], z: [1] })
  await refused(nodes, /calls the function split, which it does not have/)
})

test('a known condition selects its branch; otherwise both branches are compiled', async () => {
  const branch = (name: string, op: string): FunctionDef => fn(name, ['v'], [node(op, 'r', ['v'])], { out: 'r:y:0' })
  const attributes = { then_branch: { func: { name: 'yes' } }, else_branch: { func: { name: 'no' } } }
  const functions = [branch('yes', 'Neg'), branch('no', 'Square')]
  const known = [x, constant('p', [], [0], 'bool'), node('If', 'y', ['p', 'x'], attributes)]
  assert.equal(await run(graph(known, [functions[1]!, fn('yes', ['v'], [node('Unheard', 'r', ['v'])], { out: 'r' })])), { y: [1, 4] })
  const limit = (value: number): NodeDef[] => [
    x,
    constant('all', [2], [0, 1], 'int32'),
    node('Max', 'largest', ['x', 'all']),
    constant('limit', [], [value]),
    node('Greater', 'p', ['largest', 'limit']),
    node('StatelessIf', 'y', ['p', 'x'], attributes),
  ]
  assert.equal(await run(graph(limit(1.5), functions)), { y: [-1, -2] })
  assert.equal(await run(graph(limit(3.5), functions)), { y: [1, 4] }, 'what another row has decides nothing')
  assert.equal(
    await run(graph(limit(4.5), functions), {
      rows: [
        [1, 2],
        [3, 4],
      ],
    }),
    { y: [1, 4] },
  )
})

test('the conditional of TensorFlow 1 is followed to its live branch', async () => {
  const cond = (flag: NodeDef): NodeDef[] => [
    x,
    flag,
    node('Switch', 's', ['x', 'flag']),
    node('Unheard', 'train', ['s']),
    node('Neg', 'serve', ['s:1']),
    node('Merge', 'm', ['train', 'serve']),
    node('Identity', 'y', ['m']),
  ]
  await refused(cond(constant('flag', [], [0], 'bool')), /Unheard \(node train\)/)
  assert.equal(await run(graph(cond(constant('flag', [], [1], 'bool')))), { y: [-1, -2] })
  await refused(cond(placeholder('flag', [], 'bool')), /Switch \(node s\) branches on a value that is not known/)
})

test('loops with a known number of rounds are unrolled', async () => {
  const attributes = { cond: { func: { name: 'more' } }, body: { func: { name: 'round' } } }
  const more = fn('more', ['i', 'v'], [constant('end', [], [4], 'int32'), node('Less', 'l', ['i', 'end:output:0'])], { go: 'l:z:0' })
  const round = fn(
    'round',
    ['i', 'v'],
    [constant('one', [], [1], 'int32'), node('AddV2', 'next', ['i', 'one:output:0']), node('AddV2', 'twice', ['v', 'v'])],
    {
      a: 'next:z:0',
      b: 'twice:z:0',
    },
  )
  const nodes = [
    x,
    constant('start', [], [0], 'int32'),
    node('While', 'loop', ['start', 'x'], attributes),
    node('Identity', 'y', ['loop:1']),
  ]
  assert.equal(await run(graph(nodes, [more, round])), { y: [16, 32] })
  const endless = fn('more', ['i', 'v'], [constant('yes', [], [1], 'bool')], { go: 'yes:output:0' })
  await refused(nodes, /While \(node loop\) is a loop of more than/, { functions: [endless, round] })
  const open = fn(
    'more',
    ['i', 'v'],
    [constant('all', [2], [0, 1], 'int32'), node('Max', 'm', ['v', 'all:output:0']), node('IsFinite', 'f', ['m:output:0'])],
    { go: 'f:y:0' },
  )
  await refused(nodes, /While \(node loop\).*depends on the records/, { functions: [open, round] })
})

test('an unknown op is refused with its name and the name of its node', async () => {
  await refused(
    [x, node('Unheard', 'here', ['x'])],
    /^the TensorFlow op Unheard \(node here\) is not supported: export a signature that starts after this op/,
  )
  for (const op of ['constructor', '__proto__', 'toString', ''])
    await refused([x, node(op, 'here', ['x'])], op === '' ? /no format|is not supported/ : /is not supported/)
})

test('cycles, missing nodes and unknown outputs are refused', async () => {
  await refused([x, node('Add', 'a', ['x', 'b']), node('Neg', 'b', ['a']), node('Neg', 'y', ['b'])], /is part of a cycle/)
  await refused([x, node('Neg', 'a', ['a']), node('Neg', 'y', ['a'])], /is part of a cycle/)
  await refused([x, node('Add', 'y', ['x', 'lost'])], /refers to node lost/)
  await refused([x, node('Neg', 'a', ['x:3']), node('Neg', 'y', ['a'])], /output 3 of node x/)
  await refused([x, node('Add', 'y', ['x'])], /Add \(node y\) has 1 inputs/)
})

test('functions that are recursive or grow without limit are refused', async () => {
  const call = (name: string, to: string, from: string): NodeDef => node('PartitionedCall', name, [from], { f: { func: { name: to } } })
  const nodes = [x, call('y', 'f0', 'x')]
  await refused(nodes, /more than 64 levels deep/, { functions: [fn('f0', ['v'], [call('r', 'f0', 'v')], { out: 'r:output:0' })] })
  const functions = Array.from({ length: 40 }, (_, at) =>
    fn(`f${at}`, ['v'], [call('r', `f${at + 1}`, 'v'), call('s', `f${at + 1}`, 'r:output:0')], { out: 's:output:0' }),
  )
  await refused(nodes, /more than \d+ nodes/, { functions: [...functions, fn('f40', ['v'], [node('Neg', 'r', ['v'])], { out: 'r:y:0' })] })
})

test('constants with fewer values than their shape are refused', async () => {
  const huge = (dims: number[], extra: object): NodeDef =>
    node('Const', 'c', [], {
      dtype: { type: 1 },
      value: { tensor: { dtype: 1, tensor_shape: { dim: dims.map(size => ({ size })) }, ...extra } },
    })
  const y = node('Add', 'y', ['x', 'c'])
  await refused([x, y, huge([1e6, 1e6], { float_val: [1] })], /Const \(node c\) holds a constant of the shape \[1000000, 1000000\]/)
  await refused([x, y, huge([2e9], { float_val: [1] })], /Const \(node c\).*2000000000 values/)
  await refused([x, y, huge([3], { tensor_content: new Uint8Array(8) })], /needs 12 bytes and has 8/)
  await refused([x, y, huge([1], { float_val: [1, 2] })], /of 1 values that has 2/)
  await refused([x, y, huge([-4], {})], /a dimension of -4/)
  await refused([x, y, node('Const', 'c', [], { value: { tensor: { dtype: 8 } } })], /TensorFlow’s type 8/)
  await refused([x, y, node('Const', 'c')], /Const \(node c\) has no value/)
  const range = [
    constant('from', [], [0], 'int32'),
    constant('to', [], [2e9], 'int32'),
    constant('by', [], [1], 'int32'),
    node('Range', 'c', ['from', 'to', 'by']),
  ]
  await refused([x, y, ...range], /Range \(node c\) makes a range of/)
})

test('a truncated graph is refused', async () => {
  const bytes = graph([x, weights, node('MatMul', 'y', ['x', 'w'])])
  // The last two bytes are the empty library.
  for (let end = bytes.length - 3; end > bytes.length - 30; end--) {
    const error = (await run(bytes.subarray(0, end)).catch((thrown: unknown) => thrown)) as SluiceError
    assert.ok(error.code === 'MODEL_LOAD_FAILED' || error.code === 'MODEL_UNKNOWN_FORMAT', String(error))
  }
})

test('a graph may be deeper than the stack', async () => {
  const chain = Array.from({ length: 20_000 }, (_, at) => node('Identity', `n${at + 1}`, [`n${at}`]))
  assert.equal(await run(graph([x, node('Neg', 'n0', ['x']), ...chain])), { n20000: [-1, -2] })
})

test('a batch normalization in training mode, which is the default, is refused', async () => {
  const values = ['s', 'o', 'm', 'v'].map((name, at) => constant(name, [1], [at + 1]))
  const image = [x, constant('size', [4], [-1, 2, 1, 1], 'int32'), node('Reshape', 'i', ['x', 'size']), ...values]
  const norm = (attr: NodeDef['attr']): NodeDef => node('FusedBatchNormV3', 'y', ['i', 's', 'o', 'm', 'v'], attr ?? {})
  await refused([...image, norm({})], /normalizes over the batch/)
  const [near] = (await run(graph([...image, norm({ is_training: { b: false } })])))['y'] as number[]
  assert.ok(Math.abs((near as number) - ((1 - 3) / Math.sqrt(4.0001) + 2)) < 1e-6)
})

test('a convolution may omit attributes that have their defaults', async () => {
  const nodes = [
    x,
    constant('size', [4], [-1, 2, 1, 1], 'int32'),
    node('Reshape', 'i', ['x', 'size']),
    constant('k', [2, 1, 1, 1], [1, 10]),
  ]
  const conv = node('Conv2D', 'c', ['i', 'k'], { strides: { list: { i: [1, 1, 1, 1] } }, padding: { s: Buffer.from('VALID') } })
  assert.equal(await run(graph([...nodes, conv, node('Squeeze', 'y', ['c'], { squeeze_dims: { list: { i: [2, 3] } } })])), { y: [21] })
})

test.run()
