import { defaultModelFactory } from '../../../models/index.ts'
import { specsOf } from '../batches.ts'
import { modelSuite } from '../model-suite.ts'
import { constant, graph, node, placeholder } from './graph-builder.ts'
import { archiveOf, signature } from './saved-model-builder.ts'

const weights = [0.5, -1, 2, 0.25, 1, -0.75]
const rows = [
  [1, 2],
  [-3, 0.5],
  [0, 0],
  [100, -20],
]

const frozen = graph([
  placeholder('x', [-1, 2]),
  constant('w', [2, 3], weights),
  node('MatMul', 'm', ['x', 'w']),
  node('Softmax', 'y', ['m']),
])

const archive = await archiveOf(
  {
    nodes: [
      placeholder('size', [-1]),
      placeholder('age', [-1]),
      node('Pack', 'x', ['size', 'age'], { axis: { i: 1 } }),
      node('VarHandleOp', 'w'),
      node('ReadVariableOp', 'read', ['w']),
      node('MatMul', 'm', ['x', 'read']),
      node('Sum', 'y', ['m', 'axis']),
      constant('axis', [], [1], 'int32'),
    ],
    signatures: { serving_default: signature({ size: ['size:0', [-1]], age: ['age:0', [-1]] }, { y: 'y:0' }) },
  },
  { w: { dims: [2, 3], values: weights } },
)

const load = (bytes: Uint8Array) => () => defaultModelFactory().load({ bytes, format: undefined, output: undefined })

modelSuite('a frozen TensorFlow graph', { load: load(frozen), specs: specsOf(['a', 'b']), rows, tolerance: 0, byName: false })
modelSuite('a TensorFlow SavedModel', { load: load(archive), specs: specsOf(['size', 'age']), rows, tolerance: 0, byName: true })
