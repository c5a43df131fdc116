import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory } from '../../../models/index.ts'
import { compileTensorflowFiles } from '../../../models/tensorflow/compile-tensorflow.ts'
import { sliceKey } from '../../../models/tensorflow/slice-key.ts'
import type { NodeDef } from '../../../models/tensorflow/graph/tf-schema.ts'
import type { SluiceError } from '../../../base/sluice-error.ts'
import { batchOf, specsOf, valuesOf } from '../batches.ts'
import { constant, fn, node, placeholder } from './graph-builder.ts'
import { type StoredVariable, type TestModel, archiveOf, filesOf, savedModelBytes, signature } from './saved-model-builder.ts'

const test = suite('tensorflow SavedModel')
const w: StoredVariable = { dims: [2, 3], values: [1, 2, 3, 4, 5, 6] }
const xw = [9, 12, 15]
const usual = { serving_default: signature({ x: ['x:0', [-1, 2]] }, { y: 'y:0' }) }

/** What the model's first output is for the record [1, 2]. */
async function score(bytes: Uint8Array, output?: string): Promise<readonly (number | string)[]> {
  const model = await defaultModelFactory().load({ bytes, format: 'TENSORFLOWSAVED', output })
  try {
    return valuesOf(
      (
        await model.score(
          batchOf(specsOf(['a', 'b']), [
            [1, 2],
            [1, 2],
            [0, 1],
          ]),
        )
      ).outputs[0],
      0,
    )
  } finally {
    await model.dispose()
  }
}

async function refused(model: TestModel, message: RegExp, variables: Readonly<Record<string, StoredVariable>> = {}): Promise<void> {
  const error = (await compileTensorflowFiles(filesOf(model, variables)).catch((thrown: unknown) => thrown)) as SluiceError
  assert.is(error.code, 'MODEL_LOAD_FAILED', String(error))
  assert.match(error.message, message)
}

/** A graph of TensorFlow 1: a variable is its value, and is restored by an assignment. */
function oldGraph(keys: readonly string[], parts = ['']): NodeDef[] {
  return [
    placeholder('x', [-1, 2]),
    node('VariableV2', 'w'),
    node('Identity', 'w/read', ['w']),
    node('MatMul', 'y', ['x', 'w/read']),
    constant('keys', [keys.length], keys, 'string'),
    constant('parts', [parts.length], parts, 'string'),
    constant('file', [], ['model'], 'string'),
    node('RestoreV2', 'restore', ['file', 'keys', 'parts']),
    node('Assign', 'assign', ['w', `restore:${keys.length - 1}`]),
    node('NoOp', 'restore_all', ['^assign']),
  ]
}

/** A graph of TensorFlow 2: functions that are given the variable, one that computes and one that restores. */
const newGraph: TestModel = {
  signatures: usual,
  nodes: [
    placeholder('x', [-1, 2]),
    node('VarHandleOp', 'kernel', [], { shared_name: { s: Buffer.from('kernel') } }),
    node('StatefulPartitionedCall', 'y', ['x', 'kernel', '^kernel'], { f: { func: { name: 'serve' } } }),
    constant('file', [], ['model'], 'string'),
    node('StatefulPartitionedCall', 'restore', ['file', 'kernel'], { f: { func: { name: 'restore' } } }),
  ],
  functions: [
    fn('serve', ['in', 'kernel'], [node('PartitionedCall', 'inner', ['in', 'kernel'], { f: { func: { name: 'inner' } } })], {
      out: 'inner:output:0',
    }),
    fn('inner', ['a', 'b'], [node('ReadVariableOp', 'read', ['b']), node('MatMul', 'product', ['a', 'read:value:0'])], {
      out: 'product:product:0',
    }),
    fn(
      'restore',
      ['prefix', 'target'],
      [
        constant('names', [2], ['other', 'variables/0'], 'string'),
        constant('parts', [2], ['', ''], 'string'),
        node('RestoreV2', 'restored', ['prefix', 'names:output:0', 'parts:output:0']),
        node('Identity', 'value', ['restored:tensors:1']),
        node('AssignVariableOp', 'assign', ['target', 'value:output:0']),
      ],
      {},
    ),
  ],
}

test('variables of TensorFlow 1 are found by the assignments that restore them', async () => {
  const model = { nodes: oldGraph(['z', 'other']), signatures: usual }
  assert.equal(await score(await archiveOf(model, { other: w, w: { dims: [2, 3], values: [0, 0, 0, 0, 0, 0] } })), xw)
})

test('variables of TensorFlow 2 are found by the function that restores them', async () => {
  assert.equal(await score(await archiveOf(newGraph, { 'variables/0': w, other: { dims: [1], values: [7] } })), xw)
})

test('variables that nothing restores are found by their name', async () => {
  const nodes = newGraph.nodes.filter(({ name }) => name !== 'restore')
  assert.equal(await score(await archiveOf({ ...newGraph, nodes }, { kernel: w })), xw)
  await refused({ ...newGraph, nodes }, /ReadVariableOp \(node read\).*kernel, which has no value/, { other: w })
})

test('variables may be in several files', async () => {
  const other = { dims: [1], values: [7] }
  assert.equal(await score(await archiveOf(newGraph, { 'variables/0': { ...w, shard: 2 }, other, more: { ...other, shard: 1 } })), xw)
})

test('variables that were saved in slices are joined, and may be restored in other slices', async () => {
  const slices = [{ extent: [{ start: 0, length: 1 }, {}] }, { extent: [{ start: 1, length: 1 }, {}] }]
  const stored = {
    w: { dims: [2, 3], values: [], slices },
    [sliceKey('w', slices[0]!)]: { dims: [1, 3], values: [1, 2, 3] },
    [sliceKey('w', slices[1]!)]: { dims: [1, 3], values: [4, 5, 6] },
  }
  assert.equal(await score(await archiveOf({ nodes: oldGraph(['w']), signatures: usual }, stored)), xw)
  const part = { nodes: oldGraph(['w'], ['2 3 0,2:1,2']), signatures: usual }
  assert.equal(await score(await archiveOf(part, { w })), [12, 15])
  assert.equal(await score(await archiveOf(part, stored)), [12, 15])
  await refused(part, /variable w lacks one of its parts/, { w: stored['w'] })
})

// Keys as TensorFlow wrote them for the parts of partitioned variables.
test('keys of slices are encoded as in TensorFlow', () => {
  const is = (name: string, extent: object[], hex: string): void =>
    assert.is(Buffer.from(sliceKey(name, { extent }), 'latin1').toString('hex'), hex.replaceAll(' ', ''))
  is('b', [{ start: 2, length: 2 }], '00 62 0001 0101 8282')
  is('w', [{ start: 2, length: 1 }, {}], '00 77 0001 0102 8281 807f')
  is('a\0', [], '00 61 00ff 0001 00')
  is(
    'x',
    [
      { start: 63, length: 64 },
      { start: 8191, length: 8192 },
      { start: 70_000, length: 1 },
    ],
    '00 78 0001 0103 bfc040 dfffe02000 e1117081',
  )
})

test('the default signature is taken; without it, several signatures are refused', async () => {
  const nodes = [placeholder('x', [-1, 2]), node('Neg', 'a', ['x']), node('Square', 'b', ['x'])]
  const to = (tensor: string): ReturnType<typeof signature> => signature({ x: ['x:0', [-1, 2]] }, { out: tensor })
  const first = async (signatures: TestModel['signatures']): Promise<unknown> =>
    score(await archiveOf({ nodes, signatures: signatures ?? {} }))
  assert.equal(await first({ other: to('a:0'), serving_default: to('b:0') }), [1, 4])
  assert.equal(await first({ other: to('a:0'), predict: to('b:0') }), [1, 4])
  assert.equal(await first({ only: to('a:0'), __saved_model_init_op: signature({}, { x: 'NoOp' }) }), [-1, -2])
  await refused({ nodes, signatures: { one: to('a:0'), two: to('b:0') } }, /serving_default.*it has: one, two/)
  await refused({ nodes }, /it has: none/)
})

test('an output is named by the signature or by its tensor', async () => {
  const nodes = [
    placeholder('x', [-1, 2]),
    node('Neg', 'a', ['x']),
    node('Split', 'b', ['axis', 'x'], { num_split: { i: 2 } }),
    constant('axis', [], [1], 'int32'),
  ]
  const signatures = { serving_default: signature({ x: ['x:0', [-1, 2]] }, { output_10: 'b:1', output_2: 'a:0', x: 'x:0' }) }
  const bytes = await archiveOf({ nodes, signatures })
  assert.equal(await score(bytes), [-1, -2])
  assert.equal(await score(bytes, 'output_10'), [2])
  assert.equal(await score(bytes, 'b:1'), [2])
  assert.equal(await score(bytes, 'a'), [-1, -2])
  assert.equal(await score(bytes, 'x'), [1, 2])
  const error = (await compileTensorflowFiles(filesOf({ nodes, signatures }), 'z').catch((thrown: unknown) => thrown)) as SluiceError
  assert.match(error.message, /no output z; it has: output_2, output_10, x/)
})

test('a vocabulary is read from its file or from the graph', async () => {
  const model: TestModel = {
    nodes: [
      placeholder('x', [-1], 'string'),
      node('HashTableV2', 'table'),
      constant('default', [], [-1], 'int64'),
      node('LookupTableFindV2', 'y', ['table', 'x', 'default']),
      constant('path', [], [''], 'string'),
      node('InitializeTableFromTextFileV2', 'init', ['table', 'path'], { key_index: { i: -2 }, value_index: { i: -1 } }),
    ],
    assets: [{ node: 'path', filename: 'words.txt' }],
    signatures: {
      serving_default: {
        inputs: { x: { name: 'x:0', dtype: 7, tensor_shape: { dim: [{ size: -1 }] } } },
        outputs: { y: { name: 'y:0', dtype: 9 } },
      },
    },
    files: { 'assets/words.txt': Buffer.from('red\ngreen\r\nblue\n') },
  }
  const look = async (given: TestModel): Promise<unknown> => {
    const loaded = await defaultModelFactory().load({ bytes: await archiveOf(given), format: undefined, output: undefined })
    const scores = await loaded.score(batchOf(specsOf(['word'], ['word']), [['green'], ['blue'], ['pink']]))
    await loaded.dispose()
    return scores.labels
  }
  assert.equal(await look(model), ['1', '2', '-1'])
  const nodes = model.nodes.flatMap(each =>
    each.name === 'init'
      ? [
          constant('keys', [2], ['blue', 'green'], 'string'),
          constant('values', [2], [5, 6], 'int64'),
          node('LookupTableImportV2', 'init', ['table', 'keys', 'values']),
        ]
      : [each],
  )
  assert.equal(await look({ ...model, nodes }), ['6', '5', '-1'])
  await refused({ ...model, files: {} }, /LookupTableFindV2 \(node y\).*not in the model/)
})

test('a SavedModel without variables may be its file alone', async () => {
  const nodes = [placeholder('x', [-1, 2]), node('Neg', 'y', ['x'])]
  assert.equal(await score(savedModelBytes({ nodes, signatures: usual })), [-1, -2])
})

test('the index of the variables may be compressed', async () => {
  const plain = await score(await archiveOf(newGraph, { 'variables/0': w }))
  assert.equal(await score(await archiveOf({ ...newGraph, compressed: true }, { 'variables/0': w })), plain)
})

for (const compressed of [false, true]) {
  test(`damaged variables are refused${compressed ? ', compressed ones too' : ''}`, () => damaged(compressed))
}

async function damaged(compressed: boolean): Promise<void> {
  const files = filesOf({ ...newGraph, compressed }, { 'variables/0': w })
  const broken = async (name: string, change: (bytes: Uint8Array) => Uint8Array): Promise<SluiceError> => {
    const read = async (each: string): Promise<Uint8Array> => (each === name ? change(await files.read(each)) : files.read(each))
    return (await compileTensorflowFiles({ names: files.names, read }).catch((thrown: unknown) => thrown)) as SluiceError
  }
  const index = 'variables/variables.index'
  assert.match((await broken(index, bytes => bytes.subarray(0, 60))).message, /cannot be read: it is not a table/)
  assert.match((await broken(index, () => new Uint8Array(0))).message, /cannot be read: it is not a table/)
  assert.match((await broken('variables/variables.data-00000-of-00001', bytes => bytes.subarray(4))).message, /beyond the end of its file/)
  assert.match((await broken('saved_model.pb', bytes => bytes.subarray(0, -7))).message, /SavedModel cannot be read/)
  for (let at = 0; at < 120; at += 3) {
    const error = await broken(index, bytes => bytes.with(at, (bytes[at] as number) ^ 0xff))
    if (error instanceof Error) assert.is(error.code, 'MODEL_LOAD_FAILED', String(error))
  }
}

test.run()
