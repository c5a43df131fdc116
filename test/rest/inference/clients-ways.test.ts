import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { jsonRecordReader } from '../../../records/json-record-reader.ts'
import { node, onnx, value } from '../../models/onnx-builder.ts'
import { withServedModels } from './served-models.ts'
import { failed, features, wineRow, withWine } from './wine-requests.ts'

const test = suite('requests as clients of the open inference protocol write them')

test('statistics of unused versions are zeros', () =>
  withWine(async served => {
    const { model_stats } = (await served.get('/v2/models/wine/versions/1/stats')).json as { model_stats: readonly unknown[] }
    const none = { count: 0, ns: 0 }
    const parts = ['success', 'fail', 'queue', 'compute_input', 'compute_infer', 'compute_output', 'cache_hit', 'cache_miss']
    const inference_stats = Object.fromEntries(parts.map(part => [part, none]))
    const zeros = {
      name: 'wine',
      version: '1',
      last_inference: 0,
      inference_count: 0,
      execution_count: 0,
      inference_stats,
      batch_stats: [],
    }
    assert.equal(model_stats, [zeros])
    const both = { model_stats: [zeros, { ...zeros, version: '2' }] }
    for (const path of ['/v2/models/wine/stats', '/v2/models/stats']) assert.equal((await served.get(path)).json, both)
  }))

test('the configuration of a model, as Triton returns it', () =>
  withWine(async served => {
    const config = {
      name: 'wine',
      platform: 'onnxruntime_onnx',
      backend: 'onnxruntime',
      version_policy: { all: {} },
      max_batch_size: 4096,
      dynamic_batching: { preferred_batch_size: [], max_queue_delay_microseconds: 0 },
      parameters: {},
    }
    const input = [
      {
        name: 'features',
        data_type: 'TYPE_FP32',
        dims: [11],
        format: 'FORMAT_NONE',
        is_shape_tensor: false,
        allow_ragged_batch: false,
        optional: false,
      },
    ]
    const output = [
      { name: 'quality', data_type: 'TYPE_INT64', dims: [1], reshape: { shape: [] }, label_filename: '', is_shape_tensor: false },
      { name: 'probabilities', data_type: 'TYPE_FP32', dims: [6], label_filename: '', is_shape_tensor: false },
    ]
    assert.equal((await served.get('/v2/models/wine/config')).json, { ...config, input, output })
    const first = [{ name: 'quality', data_type: 'TYPE_FP32', dims: [1], label_filename: '', is_shape_tensor: false }]
    assert.equal((await served.get('/v2/models/wine/versions/1/config')).json, { ...config, input, output: first })
    failed(await served.get('/v2/models/beer/config'), 404, /beer/)
    failed(await served.get('/v2/models/wine/versions/9/config'), 404, /no version 9/)
  }))

test('the name of the server is a setting, because clients may require that of another server', async () => {
  const nameOf = async (served: Parameters<Parameters<typeof withServedModels>[0]>[0]): Promise<unknown> =>
    ((await served.get('/v2')).json as { name: unknown }).name
  await withServedModels(async served => assert.is(await nameOf(served), 'sluice'))
  await withServedModels(async served => assert.is(await nameOf(served), 'triton'), { serverName: 'triton' })
})

test('null is the same as an absent field', () =>
  withWine(async served => {
    const path = '/v2/models/wine/infer'
    const expected = (await served.post(path, JSON.stringify({ inputs: [features([wineRow])] }))).json
    const nothing = { binary_data_size: null, shared_memory_region: null }
    for (const request of [
      { id: null, parameters: null, inputs: [{ ...(features([wineRow]) as object), parameters: null }], outputs: null },
      { parameters: { binary_data_output: null }, inputs: [{ ...(features([wineRow]) as object), parameters: nothing }] },
      {
        inputs: [features([wineRow])],
        outputs: [
          { name: 'quality', parameters: null },
          { name: 'probabilities', parameters: { binary_data: null, classification: null, shared_memory_region: null } },
        ],
      },
    ]) {
      const answer = await served.post(path, JSON.stringify(request))
      assert.equal([answer.status, answer.json], [200, expected])
    }
    const data = Buffer.from(Float32Array.from(wineRow).buffer)
    const head = { name: 'features', datatype: 'FP32', shape: [1, 11], data: null, parameters: { binary_data_size: data.length } }
    const json = Buffer.from(JSON.stringify({ inputs: [head] }))
    const answer = await served.post(path, Buffer.concat([json, data]), { 'inference-header-content-length': String(json.length) })
    assert.equal([answer.status, answer.json], [200, expected])
  }))

test('unknown query parameters are ignored', () =>
  withWine(async served => {
    const request = JSON.stringify({ inputs: [features([wineRow])] })
    const expected = (await served.post('/v2/models/wine/infer', request)).json
    for (const query of ['?x=1', '?test_1=1&test_2=2', '?a=1&a=2', '?', '?__proto__=1&constructor'])
      assert.equal((await served.post(`/v2/models/wine/infer${query}`, request)).json, expected, query)
    const paths = ['', '/health/live', '/health/ready', '/models/wine', '/models/wine/ready', '/models/wine/stats', '/models/wine/config']
    for (const path of [...paths, '/models/stats', '/models/wine/versions/1'])
      assert.is((await served.get(`/v2${path}?test_1=1&test_1=2&_=3`)).status, 200, path)
    assert.is((await served.post('/v2/repository/index?x=1', '')).status, 200)
  }))

test('JSON with a byte order mark is accepted; text that is not UTF-8 and endless numbers are client errors', () =>
  withWine(async served => {
    const path = '/v2/models/wine/infer'
    const request = JSON.stringify({ inputs: [features([wineRow])] })
    const expected = (await served.post(path, request)).json
    assert.equal((await served.post(path, `\ufeff${request}`)).json, expected)
    const data = Buffer.from(Float32Array.from(wineRow).buffer)
    const head = { name: 'features', datatype: 'FP32', shape: [1, 11], parameters: { binary_data_size: data.length } }
    const json = Buffer.from(`\ufeff${JSON.stringify({ inputs: [head] })}`)
    const marked = await served.post(path, Buffer.concat([json, data]), { 'inference-header-content-length': String(json.length) })
    assert.equal(marked.json, expected)
    failed(await served.post(path, Buffer.from(request.replace('features', 'f\u00ff'), 'latin1')), 400, /not valid UTF-8/)
    const endless = request.replace('[8.557', `[${'9'.repeat(9_000_000)}`)
    failed(await served.post(path, endless), 400, /has 9000000 characters/)
    failed(await served.post(path, request.replace('[8.557', `[1${'0'.repeat(500)}`)), 400, /not a valid FP32/)
    assert.equal(served.logged, [])
  }))

test('shared memory and other missing features are refused with a message, whatever the request', () =>
  withWine(async served => {
    for (const kind of ['systemsharedmemory', 'cudasharedmemory']) {
      const refused = /^shared memory is not supported: send the tensors in the request$/
      for (const region of ['', '/region/a']) {
        failed(await served.get(`/v2/${kind}${region}/status`), 400, refused)
        failed(await served.post(`/v2/${kind}${region}/unregister`, ''), 400, refused)
      }
      failed(await served.post(`/v2/${kind}/region/a/register`, '{"key":"/a","offset":0,"byte_size":64}'), 400, refused)
    }
    failed(await served.get('/v2/models/nothing'), 404, /^Request for unknown model: there is no model for data type "nothing"$/)
  }))

test('a text with a zero byte, at which ONNX Runtime would cut it, is refused', () =>
  withServedModels(
    async served => {
      const bytes = onnx({
        nodes: [node('Identity', ['x'], ['y'])],
        inputs: [value('x', 'string', ['N', 2])],
        outputs: [value('y', 'string', ['N', 2])],
      })
      await served.serving.publish({ name: 'texts', dataType: 'texts', bytes })
      const inputs = [{ name: 'x', datatype: 'BYTES', shape: [2, 2], data: ['he\0llo', 'a', 'b', 'c'] }]
      const { outputs } = (await served.post('/v2/models/texts/infer', JSON.stringify({ inputs }))).json as { outputs: { data: unknown }[] }
      assert.equal(outputs[0]?.data, [null, null, 'b', 'c'])
      const binary = { inputs, parameters: { binary_data_output: true } }
      failed(await served.post('/v2/models/texts/infer', JSON.stringify(binary)), 400, /row 0 has no result .*zero byte/)
    },
    { serving: { reader: jsonRecordReader({ specs: ['x_0', 'x_1'].map(name => ({ name, kind: 'text' })) }) } },
  ))

test.run()
