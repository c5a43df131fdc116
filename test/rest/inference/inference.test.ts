import { deflateSync, gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory } from '../../../models/index.ts'
import { ColumnBatch, type ColumnSpec } from '../../../records/column-batch.ts'
import { jsonRecordReader } from '../../../records/json-record-reader.ts'
import { node, onnx, value } from '../../models/onnx-builder.ts'
import { sha256Of } from '../../serving/serving-driver.ts'
import { type Answer, type ServedModels, wineModel, withServedModels } from './served-models.ts'
import { failed, features, wineRow, withWine } from './wine-requests.ts'

const test = suite('open inference protocol')

interface Tensor {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly number[]
  readonly data?: readonly unknown[]
  readonly parameters?: { readonly binary_data_size: number }
}

interface Inferred {
  readonly model_name: string
  readonly model_version: string
  readonly id?: string
  readonly parameters: { readonly sha256: string }
  readonly outputs: readonly Tensor[]
}

async function infer(served: ServedModels, model: string, request: unknown): Promise<Inferred> {
  const answer = await served.post(`/v2/models/${model}/infer`, JSON.stringify(request))
  assert.is(answer.status, 200, answer.bytes.toString())
  return answer.json as Inferred
}

test('server, health and metadata', () =>
  withWine(async served => {
    const server = await served.get('/v2')
    assert.is(server.headers['content-type'], 'application/json')
    assert.is((server.json as { name: unknown }).name, 'sluice')
    assert.ok((server.json as { extensions: string[] }).extensions.includes('binary_tensor_data'))
    assert.equal((await served.get('/v2/health/live')).json, { live: true })
    assert.equal((await served.get('/v2/health/ready')).json, { ready: true })
    for (const path of ['/v2/models/wine/ready', '/v2/models/wine/versions/1/ready'])
      assert.equal((await served.get(path)).json, { name: 'wine', ready: true })
    const sha256 = sha256Of(wineModel('wine-mlp'))
    assert.equal((await served.get('/v2/models/wine')).json, {
      name: 'wine',
      versions: ['1', '2'],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 11] }],
      outputs: [
        { name: 'quality', datatype: 'INT64', shape: [-1] },
        { name: 'probabilities', datatype: 'FP32', shape: [-1, 6] },
      ],
      parameters: { name: 'mlp', version: '2', sha256 },
    })
    const first = (await served.get('/v2/models/wine/versions/1')).json as { outputs: unknown }
    assert.equal(first.outputs, [{ name: 'quality', datatype: 'FP32', shape: [-1, 1] }])
  }))

test('the results are those of the model, with its version and hash', () =>
  withWine(async served => {
    const rows = [wineRow, wineRow.map(number => number * 1.5), wineRow.map(number => number / 3)]
    const { model_name, model_version, id, parameters, outputs } = await infer(served, 'wine', { id: 'a/1', inputs: [features(rows)] })
    assert.equal([model_name, model_version, id, parameters.sha256], ['wine', '2', 'a/1', sha256Of(wineModel('wine-mlp'))])
    const model = await defaultModelFactory().load({ bytes: wineModel('wine-mlp'), format: undefined, output: undefined })
    const batch = new ColumnBatch(
      wineRow.map((_, at): ColumnSpec => ({ name: `f${at}`, kind: 'number' })),
      3,
    )
    rows.forEach((row, at) => row.forEach((cell, column) => batch.setNumber(column, at, cell)))
    batch.length = 3
    const scores = await model.score(batch)
    const expected = scores.outputs.map(({ values }) => Array.from(values as ArrayLike<number>))
    await model.dispose()
    assert.equal(
      outputs.map(({ data }) => data),
      expected,
    )
    assert.equal(
      outputs.map(({ name, datatype, shape }) => [name, datatype, shape]),
      [
        ['quality', 'INT64', [3]],
        ['probabilities', 'FP32', [3, 6]],
      ],
    )
  }))

test('nested data, no content type, gzip, deflate and other number types give the same answer', () =>
  withWine(async served => {
    const path = '/v2/models/wine/infer'
    const plain = JSON.stringify({ inputs: [features([wineRow])] })
    const expected = (await served.post(path, plain)).json
    const nested = JSON.stringify({ inputs: [{ name: 'features', datatype: 'FP64', shape: [1, 11], data: [wineRow] }] })
    assert.equal((await served.post(path, nested, { 'content-type': 'application/json; charset=utf-8' })).json, expected)
    assert.equal((await served.post(path, gzipSync(plain), { 'content-encoding': 'gzip' })).json, expected)
    assert.equal((await served.post(path, deflateSync(plain), { 'content-encoding': 'deflate' })).json, expected)
    for (const encoding of ['gzip', 'deflate']) {
      const answer = await served.post(path, plain, { 'accept-encoding': `br, ${encoding}` })
      assert.equal([answer.headers['content-encoding'], answer.json], [encoding, expected])
    }
    assert.is((await served.post(path, plain, { 'accept-encoding': 'gzip;q=0' })).headers['content-encoding'], undefined)
  }))

test('versions and aliases', () =>
  withWine(async served => {
    const request = JSON.stringify({ inputs: [features([wineRow])] })
    const versionOf = async (path: string): Promise<unknown> =>
      ((await served.post(`/v2/models/${path}/infer`, request)).json as Inferred).model_version
    const names = ['1', '2', 'latest', 'current', 'champion']
    assert.equal(await Promise.all(['wine', ...names.map(name => `wine/versions/${name}`)].map(versionOf)), ['2', '1', '2', '2', '2', '2'])
    for (const role of ['challenger', 'shadow']) {
      const none = new RegExp(`^data type "wine" has no ${role}$`)
      failed(await served.post(`/v2/models/wine/versions/${role}/infer`, request), 404, none)
      for (const end of ['', '/ready', '/stats']) failed(await served.get(`/v2/models/wine/versions/${role}${end}`), 404, none)
    }
    assert.equal((await served.get('/v2/models/wine/versions/champion/ready')).json, { name: 'wine', ready: true })
    const { parameters } = (await served.get('/v2/models/wine/versions/champion')).json as { parameters: { version: string } }
    assert.is(parameters.version, '2')
    const { model_stats } = (await served.get('/v2/models/wine/versions/champion/stats')).json as { model_stats: { version: string }[] }
    assert.equal(
      model_stats.map(({ version }) => version),
      ['2'],
    )
    failed(await served.post('/v2/models/wine/versions/3/infer', request), 404, /no version 3; kept versions: 1, 2/)
    failed(
      await served.get('/v2/models/wine/versions/newest'),
      404,
      /no version "newest"; a version is named by: a number, latest, current, champion, challenger, shadow/,
    )
  }))

const compressed = { identity: (bytes: Buffer): Buffer => bytes, gzip: gzipSync, deflate: deflateSync } as const

test('binary tensors in both directions; requested outputs in the requested order', () =>
  withWine(async served => {
    const rows = [wineRow, wineRow.map(number => number * 2)]
    const data = Buffer.from(Float32Array.from(rows.flat()).buffer)
    const head = (outputs?: unknown, parameters?: unknown): Buffer =>
      Buffer.from(
        JSON.stringify({
          inputs: [{ name: 'features', datatype: 'FP32', shape: [2, 11], parameters: { binary_data_size: data.length } }],
          outputs,
          parameters,
        }),
      )
    const ask = (json: Buffer, encoding: keyof typeof compressed = 'identity'): Promise<Answer> => {
      const headers = { 'inference-header-content-length': String(json.length), 'content-encoding': encoding, 'accept-encoding': encoding }
      return served.post('/v2/models/wine/infer', compressed[encoding](Buffer.concat([json, data])), headers)
    }
    const [quality, probabilities] = (await infer(served, 'wine', { inputs: [features(rows)] })).outputs
    const asJson = (await ask(head())).json as Inferred
    assert.equal(asJson.outputs, [quality, probabilities])
    // The header counts the JSON before it is compressed, both ways.
    for (const encoding of ['gzip', 'deflate'] as const) {
      assert.equal(((await ask(head(), encoding)).json as Inferred).outputs, asJson.outputs)
      const answer = await ask(head(undefined, { binary_data_output: true }), encoding)
      assert.is(answer.headers['content-encoding'], encoding)
      assert.is(answer.bytes.length - Number(answer.headers['inference-header-content-length']), 64)
    }
    for (const json of [
      head([
        { name: 'probabilities', parameters: { binary_data: true } },
        { name: 'quality', parameters: { binary_data: true } },
      ]),
      head([{ name: 'probabilities' }, { name: 'quality' }], { binary_data_output: true }),
    ]) {
      const answer = await ask(json)
      const jsonLength = Number(answer.headers['inference-header-content-length'])
      assert.equal([answer.status, answer.headers['content-type']], [200, 'application/octet-stream'])
      const { outputs } = JSON.parse(answer.bytes.toString('utf8', 0, jsonLength)) as Inferred
      assert.equal(outputs, [
        { name: 'probabilities', datatype: 'FP32', shape: [2, 6], parameters: { binary_data_size: 48 } },
        { name: 'quality', datatype: 'INT64', shape: [2], parameters: { binary_data_size: 16 } },
      ])
      const binary = answer.bytes.subarray(jsonLength)
      assert.is(binary.length, 64)
      assert.equal(
        Array.from({ length: 12 }, (_, at) => binary.readFloatLE(at * 4)),
        probabilities?.data,
      )
      assert.equal([Number(binary.readBigInt64LE(48)), Number(binary.readBigInt64LE(56))], quality?.data)
    }
    const mixed = await ask(
      head([{ name: 'quality', parameters: { binary_data: false } }, { name: 'probabilities' }], { binary_data_output: true }),
    )
    const { outputs } = JSON.parse(mixed.bytes.toString('utf8', 0, Number(mixed.headers['inference-header-content-length']))) as Inferred
    assert.equal([outputs[0]?.data, outputs[1]?.parameters], [quality?.data, { binary_data_size: 48 }])
  }))

/** An input of each type, given back as it came. */
const echoTypes = { half: 'float', single: 'float', double: 'double', int: 'int32', long: 'int64', flag: 'bool', text: 'string' } as const
const echoNames = Object.keys(echoTypes) as (keyof typeof echoTypes)[]
const echo = onnx({
  nodes: echoNames.map(name => node('Identity', [name], [`${name}_out`])),
  inputs: echoNames.map(name => value(name, echoTypes[name], ['N', 1])),
  outputs: echoNames.map(name => value(`${name}_out`, echoTypes[name], ['N', 1])),
})

async function withEcho(use: (served: ServedModels) => Promise<void>): Promise<void> {
  const specs = echoNames.map((name): ColumnSpec => ({ name, kind: name === 'text' ? 'text' : 'number' }))
  await withServedModels(
    async served => {
      await served.serving.publish({ name: 'echo', dataType: 'echo', bytes: echo })
      await use(served)
    },
    { serving: { reader: jsonRecordReader({ specs }) } },
  )
}

const echoed = {
  half: { datatype: 'FP16', values: [1.5, -0.25] },
  single: { datatype: 'FP32', values: [0.5, -3] },
  double: { datatype: 'FP64', values: [0.1, 1e300] },
  int: { datatype: 'INT16', values: [-7, 12] },
  long: { datatype: 'INT64', values: ['9007199254740993', '-9223372036854775808'] },
  flag: { datatype: 'BOOL', values: [true, false] },
  text: { datatype: 'BYTES', values: ['"NaN", ü\n', ''] },
} as const

test('values of each type are exact in both directions, also integers beyond 2^53', () =>
  withEcho(async served => {
    const inputs = echoNames.map(name => {
      const { datatype, values } = echoed[name]
      const data = name === 'long' ? values.join(',') : values.map(each => JSON.stringify(each)).join(',')
      return `{"name":"${name}","datatype":"${datatype}","shape":[2],"data":[${data}]}`
    })
    const answer = await served.post('/v2/models/echo/infer', `{"inputs":[${inputs.join(',')}]}`)
    assert.is(answer.status, 200, answer.bytes.toString())
    const { outputs } = answer.json as Inferred
    for (const [at, name] of echoNames.entries()) if (name !== 'long') assert.equal(outputs[at]?.data, [...echoed[name].values], name)
    assert.match(answer.bytes.toString(), '"data":[9007199254740993,-9223372036854775808]')
    assert.equal(
      outputs.map(({ datatype }) => datatype),
      ['FP32', 'FP32', 'FP64', 'INT32', 'INT64', 'BOOL', 'BYTES'],
    )
  }))

test('each type in binary', () =>
  withEcho(async served => {
    const text = (given: string): Buffer => {
      const length = Buffer.alloc(4)
      length.writeUInt32LE(Buffer.byteLength(given))
      return Buffer.concat([length, Buffer.from(given)])
    }
    const binary: Record<keyof typeof echoTypes, Buffer> = {
      half: Buffer.from(Uint16Array.of(0x3e00, 0xb400).buffer),
      single: Buffer.from(Float32Array.of(...echoed.single.values).buffer),
      double: Buffer.from(Float64Array.of(...echoed.double.values).buffer),
      int: Buffer.from(Int16Array.of(...echoed.int.values).buffer),
      long: Buffer.from(BigInt64Array.from(echoed.long.values.map(BigInt)).buffer),
      flag: Buffer.of(1, 0),
      text: Buffer.concat(echoed.text.values.map(text)),
    }
    const inputs = echoNames.map(name => ({
      name,
      datatype: echoed[name].datatype,
      shape: [2, 1],
      parameters: { binary_data_size: binary[name].length },
    }))
    const json = Buffer.from(JSON.stringify({ inputs, parameters: { binary_data_output: true } }))
    const body = Buffer.concat([json, ...echoNames.map(name => binary[name])])
    const answer = await served.post('/v2/models/echo/infer', body, { 'inference-header-content-length': String(json.length) })
    assert.is(answer.status, 200, answer.bytes.toString())
    const sent = answer.bytes.subarray(Number(answer.headers['inference-header-content-length']))
    const halves = Buffer.from(Float32Array.of(...echoed.half.values).buffer)
    const ints = Buffer.from(Int32Array.of(...echoed.int.values).buffer)
    assert.ok(sent.equals(Buffer.concat([halves, binary.single, binary.double, ints, binary.long, binary.flag, binary.text])))
  }))

test('the result of a row with a missing value is null; other rows have results', () =>
  withEcho(async served => {
    const inputs = echoNames.map(name => {
      const values = name === 'long' ? [5, 6] : echoed[name].values
      return { name, datatype: echoed[name].datatype, shape: [2], data: name === 'long' ? [null, 6] : [...values] }
    })
    const { outputs } = await infer(served, 'echo', { inputs, outputs: [{ name: 'long_out' }, { name: 'text_out' }] })
    assert.equal(
      outputs.map(({ data }) => data),
      [
        [null, 6],
        [null, ''],
      ],
    )
    const binary = { inputs, outputs: [{ name: 'long_out', parameters: { binary_data: true } }] }
    failed(await served.post('/v2/models/echo/infer', JSON.stringify(binary)), 400, /row 0 has no result .*, and INT64 has no value/)
  }))

test('NaN is accepted bare or as null, and returned as null; so are infinities, except in binary data', () =>
  withServedModels(async served => {
    const sum = onnx({
      nodes: [node('Identity', ['x'], ['y'])],
      inputs: [value('x', 'float', ['N', 11])],
      outputs: [value('y', 'float', ['N', 11])],
    })
    await served.serving.publish({ name: 'same', dataType: 'same', bytes: sum })
    const ask = async (data: string): Promise<unknown> => {
      const answer = await served.post(
        '/v2/models/same/infer',
        `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,11],"data":[${data}]}]}`,
      )
      assert.is(answer.status, 200, answer.bytes.toString())
      return (answer.json as Inferred).outputs[0]?.data
    }
    assert.equal(await ask('NaN,null,Infinity,-Infinity,1,2,3,4,5,6,7'), [null, null, null, null, 1, 2, 3, 4, 5, 6, 7])
    const json = '{"inputs":[{"name":"x","datatype":"FP32","shape":[1,11],"data":[NaN,Infinity,-Infinity,1,2,3,4,5,6,7,8]}],'
    const answer = await served.post('/v2/models/same/infer', `${json}"parameters":{"binary_data_output":true}}`)
    const binary = answer.bytes.subarray(Number(answer.headers['inference-header-content-length']))
    assert.ok(binary.equals(Buffer.from(Float32Array.of(NaN, Infinity, -Infinity, 1, 2, 3, 4, 5, 6, 7, 8).buffer)))
  }))

const bad: readonly (readonly [what: string, request: unknown, message: RegExp])[] = [
  ['no inputs', {}, /no inputs/],
  [
    'another width',
    { inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 10], data: wineRow.slice(1) }] },
    /shape \[1, 10\]; the model needs \[N, 11\]/,
  ],
  ['another rank', { inputs: [{ name: 'features', datatype: 'FP32', shape: [11], data: wineRow }] }, /shape \[11\]/],
  [
    'too little data',
    { inputs: [{ name: 'features', datatype: 'FP32', shape: [2, 11], data: wineRow }] },
    /11 values; its shape \[2, 11\] requires 22/,
  ],
  ['a datatype that there is not', { inputs: [features([wineRow], 'FLOAT')] }, /"FLOAT"; supported: BOOL/],
  ['text for numbers', { inputs: [features([wineRow.map(String)], 'BYTES')] }, /BYTES; the model needs FP32/],
  ['booleans for numbers', { inputs: [features([wineRow.map(() => true)], 'BOOL')] }, /BOOL; the model needs FP32/],
  ['text among numbers', { inputs: [features([['1', ...wineRow.slice(1)]])] }, /contains "1", which is not a valid FP32/],
  ['a number out of its type', { inputs: [features([wineRow.map(() => 300)], 'UINT8')] }, /contains 300, which is not a valid UINT8/],
  [
    'an unknown input',
    { inputs: [features([wineRow]), { name: 'x', datatype: 'FP32', shape: [1], data: [1] }] },
    /no input x; it has: features/,
  ],
  ['an input twice', { inputs: [features([wineRow]), features([wineRow])] }, /given twice/],
  ['a missing input', { inputs: [{ name: 'x', datatype: 'FP32', shape: [1], data: [1] }] }, /features is missing/],
  ['an unknown output', { inputs: [features([wineRow])], outputs: [{ name: 'score' }] }, /no output score; it has: quality, probabilities/],
  [
    'shared memory',
    { inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 11], parameters: { shared_memory_region: 'a' } }] },
    /shared memory/,
  ],
  [
    'binary data without the header',
    { inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 11], parameters: { binary_data_size: 4 } }] },
    /header/,
  ],
]

test('requests that do not fit the model are refused with the reason', () =>
  withWine(async served => {
    for (const [, request, message] of bad) failed(await served.post('/v2/models/wine/infer', JSON.stringify(request)), 400, message)
    failed(await served.post('/v2/models/wine/infer', '{"inputs":'), 400, /not JSON/)
    failed(
      await served.post('/v2/models/wine/infer', '{}', { 'inference-header-content-length': '9' }),
      400,
      /is 9; it must be .* the 2 of the body/,
    )
    failed(await served.post('/v2/models/wine/infer', '{}', { 'content-encoding': 'gzip' }), 400, /decompressed/)
    failed(await served.post('/v2/models/wine/infer', ''), 400, /needs a body/)
    failed(
      await served.post('/v2/models/beer/infer', JSON.stringify({ inputs: [features([wineRow])] })),
      404,
      /no model for data type "beer"/,
    )
    failed(await served.get('/v2/models/beer'), 404, /"beer"/)
    failed(await served.get('/v2/models/a%2Fb/ready'), 400, /has no "\/"/)
    failed(await served.get('/v2/models/stats/ready'), 400, /path of the protocol/)
    failed(await served.get('/v2/nothing'), 404, /no route for/)
    failed(await served.get('/v2/models/wine/infer'), 405, /POST/)
  }))

test('the header may give the length of a body that is only JSON', () =>
  withWine(async served => {
    const body = JSON.stringify({ inputs: [features([wineRow])] })
    const sent = { 'inference-header-content-length': String(body.length), 'content-type': 'application/octet-stream' }
    assert.is((await served.post('/v2/models/wine/infer', body, sent)).status, 200)
  }))

test('all errors have the same form', () =>
  withWine(async served => {
    const request = JSON.stringify({ inputs: [features([wineRow])] })
    const path = '/v2/models/wine/infer'
    failed(await served.post(path, request, { 'content-encoding': 'br' }), 415, /Content-Encoding br/)
    failed(await served.post(path, request, { host: 'evil.example' }), 421, /evil\.example/)
    failed(await served.post(path, request, { origin: 'http://evil.example' }), 403, /evil\.example/)
    failed(await served.post('/v2/models/wine%ff/infer', request), 400, /not URL-encoded/)
    failed(await served.ask('GET', '/v2/models/wine', { body: 'x', headers: { 'content-length': '1' } }), 413, /no request body/)
    failed(await served.ask('PUT', path), 405, /POST/)
  }))

test('an instance that is not running is live but not ready', () =>
  withWine(async served => {
    const [streams] = served.group.members
    assert.ok(streams)
    streams.state = 'restoring'
    const ready = await served.get('/v2/health/ready')
    assert.equal([ready.status, ready.headers['content-type'], ready.json], [503, 'application/json', { ready: false }])
    assert.equal((await served.get('/v2/health/live')).json, { live: true })
  }))

test('zero rows have zero results', () =>
  withWine(async served => {
    const { outputs } = await infer(served, 'wine', { inputs: [{ name: 'features', datatype: 'FP32', shape: [0, 11], data: [] }] })
    assert.equal(
      outputs.map(({ shape, data }) => [shape, data]),
      [
        [[0], []],
        [[0, 6], []],
      ],
    )
  }))

test('the repository is listed; loading and unloading is refused, because the topic decides', () =>
  withWine(async served => {
    for (const body of ['', '{}', '{"ready":true}']) {
      assert.equal((await served.post('/v2/repository/index', body)).json, [
        { name: 'wine', version: '1', state: 'READY', reason: 'kept: another version serves' },
        { name: 'wine', version: '2', state: 'READY', reason: '' },
      ])
    }
    for (const verb of ['load', 'unload'])
      for (const body of ['', '{"parameters":{"unload_dependents":true}}'])
        failed(
          await served.post(`/v2/repository/models/wine/${verb}`, body),
          400,
          /^load and unload are not supported: publish models to the models topic$/,
        )
  }))

test('statistics count requests, rows and runs', () =>
  withWine(async served => {
    for (const rows of [1, 3]) await infer(served, 'wine', { inputs: [features(Array.from({ length: rows }, () => wineRow))] })
    await served.post('/v2/models/wine/versions/2/infer', '{}')
    await infer(served, 'wine/versions/1', { inputs: [features([wineRow])] })
    interface Stats {
      readonly model_stats: readonly {
        readonly version: string
        readonly inference_count: number
        readonly execution_count: number
        readonly inference_stats: Readonly<Record<string, { readonly count: number; readonly ns: number }>>
      }[]
    }
    const figures = async (path: string): Promise<unknown> =>
      ((await served.get(path)).json as Stats).model_stats.map(
        ({ version, inference_count, execution_count, inference_stats: { success, fail, queue } }) => [
          version,
          inference_count,
          execution_count,
          success?.count,
          fail?.count,
          queue?.count,
        ],
      )
    const both = [
      ['1', 1, 1, 1, 0, 1],
      ['2', 4, 2, 2, 1, 2],
    ]
    assert.equal(await figures('/v2/models/stats'), both)
    assert.equal(await figures('/v2/models/wine/stats'), both)
    assert.equal(await figures('/v2/models/wine/versions/1/stats'), both.slice(0, 1))
    failed(await served.get('/v2/models/beer/stats'), 404, /beer/)
    const { model_stats } = (await served.get('/v2/models/wine/versions/2/stats')).json as Stats
    const { success, fail, queue, compute_input, compute_infer, compute_output } = model_stats[0]?.inference_stats ?? {}
    const parts = [queue, compute_input, compute_infer, compute_output].map(part => part?.ns ?? NaN)
    const sum = parts.reduce((total, ns) => total + ns, 0)
    assert.ok(parts.every(ns => ns > 0) && sum <= (success?.ns ?? 0) + parts.length && (fail?.ns ?? 0) > 0, parts.join())
  }))

test('with a token, the protocol needs it too', () =>
  withServedModels(
    async served => {
      failed(await served.get('/v2/health/live'), 401, /token/)
      assert.is((await served.ask('GET', '/v2/health/live', { headers: { authorization: 'Bearer secret' } })).status, 200)
    },
    { token: 'secret' },
  ))

test.run()
