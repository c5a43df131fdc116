import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory } from '../../../models/index.ts'
import { isOnnx } from '../../../models/onnx/proto/model-proto.ts'
import { compileTensorflow } from '../../../models/tensorflow/compile-tensorflow.ts'
import { isFrozenGraph, isSavedModel } from '../../../models/tensorflow/detect-tensorflow.ts'
import { SluiceError } from '../../../base/sluice-error.ts'
import { classifier } from '../onnx-builder.ts'
import { constant, graph, node, placeholder } from './graph-builder.ts'
import { archiveOf, savedModelBytes, signature } from './saved-model-builder.ts'

const test = suite('tensorflow detection')

const nodes = [placeholder('x', [-1, 2]), constant('w', [2, 2], [1, 2, 3, 4]), node('MatMul', 'y', ['x', 'w'])]
const model = { nodes, signatures: { serving_default: signature({ x: ['x:0', [-1, 2]] }, { y: 'y:0' }) } }
const frozen = graph(nodes)
const saved = savedModelBytes(model)
const archive = await archiveOf(model)
const onnx = classifier([1n, 2n, 3n], false)
const pmml = Buffer.from('<?xml version="1.0"?><PMML version="4.4"/>')

test('each format is distinguished from the others', () => {
  const kinds = (bytes: Uint8Array): boolean[] => [isFrozenGraph(bytes), isSavedModel(bytes), isOnnx(bytes)]
  assert.equal(kinds(frozen), [true, false, false])
  assert.equal(kinds(saved), [false, true, false])
  assert.equal(kinds(archive), [false, true, false])
  assert.equal(kinds(onnx), [false, false, true])
  for (const bytes of [pmml, new Uint8Array(0), Buffer.from('{}'), Buffer.alloc(5000)]) assert.equal(kinds(bytes), [false, false, false])
})

test('no bytes are of two formats, and detection never throws', () => {
  const changed = fc
    .tuple(fc.constantFrom(frozen, saved, onnx, pmml), fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 }), fc.nat(400))
    .map(([bytes, changes, end]) => {
      const copy = Uint8Array.from(bytes)
      for (const [at, value] of changes) copy[at % copy.length] = value
      return copy.subarray(0, copy.length - (end % copy.length))
    })
  fc.assert(
    fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 300 })), bytes => {
      const found = [isFrozenGraph(bytes), isSavedModel(bytes), isOnnx(bytes)].filter(Boolean)
      assert.ok(found.length <= 1)
    }),
    { numRuns: 3000 },
  )
})

test('a damaged model is compiled, or refused with a reason', async () => {
  const changed = fc.tuple(
    fc.constantFrom(frozen, saved, archive),
    fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { minLength: 1, maxLength: 3 }),
  )
  await fc.assert(
    fc.asyncProperty(changed, async ([bytes, changes]) => {
      const copy = Uint8Array.from(bytes)
      for (const [at, value] of changes) copy[at % copy.length] = value
      const outcome = await compileTensorflow(copy).catch((error: unknown) => error)
      if (outcome instanceof Error)
        assert.ok(outcome instanceof SluiceError && /^MODEL_(LOAD_FAILED|TOO_LARGE)$/.test(outcome.code), String(outcome.stack))
    }),
    { numRuns: 1500 },
  )
})

test('the default factory has both formats', () => {
  const factory = defaultModelFactory()
  assert.equal(
    [frozen, saved, archive, onnx].map(bytes => factory.detect(bytes)),
    ['TENSORFLOW', 'TENSORFLOWSAVED', 'TENSORFLOWSAVED', 'ONNX'],
  )
})

test.run()
