import * as assert from 'uvu/assert'
import { suite } from 'uvu'
import { type Model, type ModelFormat, ModelFactory, defaultModelFactory } from '../../models/index.ts'
import type { SluiceError } from '../../base/sluice-error.ts'
import { classifier } from './onnx-builder.ts'

const test = suite('model factory')
const onnx = classifier(['a', 'b', 'c'], false)
const supported = defaultModelFactory().formats.join(', ')
const pmml = Buffer.from('<?xml version="1.0"?><PMML version="4.3"/>')

async function refused(factory: ModelFactory, bytes: Uint8Array, format?: ModelFormat): Promise<string> {
  const error = (await factory.load({ bytes, format, output: undefined }).catch((thrown: unknown) => thrown)) as SluiceError
  assert.is(error.code, 'MODEL_UNKNOWN_FORMAT')
  return error.message
}

test('the format is recognized by the content, with and without a format in the descriptor', async () => {
  for (const format of ['ONNX', undefined] as const) {
    const model = await defaultModelFactory().load({ bytes: onnx, format, output: undefined })
    assert.is(model.format, 'ONNX')
    await model.dispose()
  }
  assert.is(defaultModelFactory().detect(onnx), 'ONNX')
  assert.is(defaultModelFactory().detect(pmml), 'PMML')
  assert.is(defaultModelFactory().detect(Buffer.from('http://host:8000/v2/models/wine')), 'SERVICE')
})

test('a descriptor that contradicts the content is refused with both formats', async () => {
  for (const format of ['PMML', 'TENSORFLOW', 'TENSORFLOWSAVED', 'SERVICE', 'own']) {
    assert.is(await refused(defaultModelFactory(), onnx, format), `the model's descriptor says ${format}, but its content is ONNX`)
  }
})

test('unrecognized content is refused with the supported formats', async () => {
  const unknown = [
    [],
    [0],
    [255, 255],
    [...Buffer.from('text')],
    [...Buffer.from('<?xml version="1.0"?><model/>')],
    [...Buffer.from('http://host/models/wine')],
    // An ONNX model without a graph.
    [0x08, 7, 0x42, 0],
  ]
  for (const bytes of unknown) {
    assert.is(defaultModelFactory().detect(Uint8Array.from(bytes)), undefined)
    assert.is(await refused(defaultModelFactory(), Uint8Array.from(bytes)), `the format of the model is not known; supported: ${supported}`)
  }
  assert.match(await refused(defaultModelFactory(), Buffer.from('text'), 'PMML'), /its descriptor says PMML\); supported: ONNX/)
  assert.match(await refused(new ModelFactory(), onnx), /supported: none/)
})

test('further formats can be registered', async () => {
  const own = { format: 'OWN' } as Model
  const factory = defaultModelFactory().register('OWN', { detect: bytes => bytes[0] === 0x4f, load: async () => own })
  assert.equal(factory.formats, [...defaultModelFactory().formats, 'OWN'])
  assert.is(await factory.load({ bytes: Buffer.from('Ours'), format: undefined, output: undefined }), own)
  assert.match(await refused(factory, Buffer.from('Ours'), 'ONNX'), /says ONNX, but its content is OWN/)
})

test.run()
