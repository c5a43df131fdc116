import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeWines, wineFields } from '../../../examples/wine/wine-data.ts'
import { type Model, ModelFactory, type Scores } from '../../../models/index.ts'
import { loadOnnxModel } from '../../../models/onnx/load-onnx.ts'
import { loadServiceModel, serviceLoader, type ServiceOptions } from '../../../models/service/service-loader.ts'
import type { SluiceError } from '../../../base/sluice-error.ts'
import { batchOf, specsOf, valuesOf } from '../batches.ts'
import { modelSuite } from '../model-suite.ts'
import { type Fault, ModelServer } from './model-server.ts'

const onnx = readFileSync(new URL('../../../examples/wine/wine-mlp.onnx', import.meta.url))
const specs = specsOf(wineFields)
const rows = makeWines(40, 3).map(({ features }) => features)
const local = await loadOnnxModel({ bytes: onnx, format: undefined, output: undefined })
const server = await ModelServer.start(await loadOnnxModel({ bytes: onnx, format: undefined, output: undefined }))
/** Waits that a test can afford. */
const quick: ServiceOptions = { hosts: [server.host], backoffMs: 1 }

const load = (path?: string, options: ServiceOptions = quick, output?: string): Promise<Model> =>
  loadServiceModel({ bytes: server.url(path), output }, options)

async function failure(call: () => unknown): Promise<SluiceError> {
  try {
    await call()
  } catch (error) {
    assert.not.match((error as Error).message, /\n/)
    return error as SluiceError
  }
  return assert.unreachable('it did not fail') as never
}

const status =
  (code: number, body = ''): Fault =>
  (_, response) =>
    Boolean(response.writeHead(code).end(body))

/** Applies the fault to the given number of requests, then to none. */
function times(count: number, fault: Fault): Fault {
  let left = count
  return (request, response) => left-- > 0 && fault(request, response)
}

const ask = async (fault: Fault | undefined, model: Model, count = rows.length): Promise<Scores> => {
  server.fault = fault
  server.asked.length = 0
  try {
    return await model.score(batchOf(specs, rows.slice(0, count)))
  } finally {
    server.fault = undefined
  }
}

const test = suite('service model')
test.before.each(() => {
  server.asked.length = 0
  server.fault = undefined
})

for (const path of ['/v2/models/wine', '/v2/models/wine/versions/3', '/v1/models/wine', '/v1/models/wine/labels/stable']) {
  test(`${path}: inputs, outputs and scores are those of the model in the server`, async () => {
    const model = await load(path)
    assert.equal(model.inputs, [{ name: 'features', type: 'float32', width: 11, required: true }])
    assert.equal(
      model.outputs.map(({ name, type, width }) => ({ name, type, width })),
      local.outputs.map(({ name, type, width }) => ({ name, type, width })),
    )
    const expected = await local.score(batchOf(specs, rows))
    const scores = await model.score(batchOf(specs, rows))
    assert.equal([...scores.score], [...expected.score])
    assert.equal(scores.labels, expected.labels)
    for (const row of rows.keys())
      assert.equal(
        scores.outputs.map(output => valuesOf(output, row)),
        expected.outputs.map(output => valuesOf(output, row)),
      )
    assert.is(server.asked.length, 2)
    await model.dispose()
  })

  test(`${path}: a missing value gets no result, and so does what JSON cannot say`, async () => {
    const model = await load(path)
    const row = rows[0] as readonly number[]
    const cases = batchOf(specs, [row, row.with(2, NaN), [undefined, ...row.slice(1)], row.with(3, Infinity), row.with(4, -Infinity), row])
    const noResult = [...((await local.score(cases)).noResult ?? [])]
    assert.equal(noResult, [0, 1, 1, 0, 0, 0])
    // Only TensorFlow Serving's JSON has words for the infinities.
    const expected = path.startsWith('/v1') ? noResult : [0, 1, 1, 1, 1, 0]
    const scores = await model.score(cases)
    assert.equal([...(scores.noResult ?? [])], expected)
    assert.equal(
      [...scores.score].map(Number.isNaN),
      expected.map(none => none === 1),
    )
    await model.dispose()
  })
}

test('of several outputs the named one is the score', async () => {
  const model = await load('/v2/models/wine', quick, 'probabilities')
  const expected = await (await loadOnnxModel({ bytes: onnx, format: undefined, output: 'probabilities' })).score(batchOf(specs, rows))
  assert.equal((await model.score(batchOf(specs, rows))).labels, expected.labels)
  const error = await failure(() => load('/v2/models/wine', quick, 'colour'))
  assert.is(error.code, 'MODEL_LOAD_FAILED')
  assert.match(error.message, /no output colour; it has: quality, probabilities$/)
})

test('no rows send no request; more rows than a request may have are sent in several, with the same scores', async () => {
  const model = await load('/v2/models/wine', { ...quick, maxRows: 15 })
  assert.is((await ask(undefined, model, 0)).length, 0)
  assert.equal(server.asked, [])
  const scores = await ask(undefined, model)
  assert.is(server.asked.length, 3)
  assert.equal([...scores.score], [...(await local.score(batchOf(specs, rows))).score])
})

test('requests go only to configured servers, including the port', async () => {
  const port = server.host.split(':')[1]
  const refused: readonly (readonly string[])[] = [[], ['127.0.0.1'], ['127.0.0.1:1'], [`localhost:${port}`], [`1${server.host}`]]
  for (const hosts of refused) {
    const error = await failure(() => load('/v2/models/wine', { hosts }))
    assert.is(error.code, 'MODEL_LOCATION_REFUSED')
    assert.match(error.message, hosts.length === 0 ? /no model host is configured/ : /models may come from/)
  }
  assert.equal(server.asked, [])
})

test('a redirect to another place is not followed', async () => {
  server.fault = (_, response) => Boolean(response.writeHead(302, { location: 'http://127.0.0.1:1/v2/models/wine' }).end())
  const error = await failure(() => load())
  assert.is(error.code, 'MODEL_LOAD_FAILED')
  assert.match(error.message, /redirect/)
})

for (const code of [429, 502, 503, 504]) {
  test(`${code} is tried again, until it answers or often enough`, async () => {
    const model = await load()
    assert.is((await ask(times(2, status(code)), model)).length, rows.length)
    assert.is(server.asked.length, 3)
    const error = await failure(() => ask(times(3, status(code, '{"error":"come\\nback later"}')), model))
    assert.is(error.code, 'MODEL_FAILED')
    assert.ok(error.message.includes(`it answers ${code}: come back later`), error.message)
    assert.is(server.asked.length, 3)
  })
}

test('a broken connection is tried again', async () => {
  const model = await load()
  const cut: Fault = (request, response) => {
    if (request.method === 'GET') response.destroy()
    else response.writeHead(200, { 'content-length': '1000' }).write('{"outputs":', () => response.destroy())
    return true
  }
  assert.is((await ask(times(2, cut), model)).length, rows.length)
  assert.is(server.asked.length, 3)
})

test('a refusal of the server is reported once, with its message', async () => {
  const model = await load()
  for (const code of [400, 404, 500]) {
    const error = await failure(() => ask(status(code, '{"error":"shape mismatch"}'), model))
    assert.is(error.code, 'MODEL_FAILED')
    assert.match(error.message, new RegExp(`^the model server at http://.*: it answers ${code}: shape mismatch$`))
    assert.is(server.asked.length, 1)
  }
  assert.is((await ask(undefined, model)).length, rows.length)
})

test('the deadline ends a request that is not answered', async () => {
  const model = await load('/v2/models/wine', { ...quick, timeoutMs: 1000 })
  const held: ServerResponse[] = []
  const error = await failure(() => ask((_, response) => held.push(response) > 0, model))
  assert.is(error.code, 'MODEL_FAILED')
  assert.match(error.message, /no answer within 1000 ms/)
  assert.is(held.length, 1)
  for (const response of held) response.destroy()
  // A body that never ends is not an answer either.
  const slow: Fault = (_, response) => {
    held.push(response)
    response.writeHead(200).write('{')
    return true
  }
  assert.match((await failure(() => ask(slow, model))).message, /no answer within 1000 ms/)
  for (const response of held) response.destroy()
})

test('an answer that is too large is not read to its end', async () => {
  const model = await load('/v2/models/wine', { ...quick, maxResponseBytes: 5000 })
  let written = 0
  const endless: Fault = (_, response) => {
    const more = (): void => {
      while (!response.destroyed && written < 1e9) {
        written += 65536
        if (!response.write(Buffer.alloc(65536, 0x20))) return void response.once('drain', more)
      }
    }
    more()
    return true
  }
  assert.match((await failure(() => ask(endless, model))).message, /its answer is larger than 5000 bytes$/)
  assert.ok(written < 1e8, `${written}`)
  assert.is(server.asked.length, 1)
})

const wrongAnswers: readonly (readonly [answer: unknown, message: RegExp])[] = [
  ['<html>', /its answer is not JSON/],
  [null, /returned no output quality/],
  [[], /returned no output quality/],
  [{ outputs: [] }, /returned no output quality/],
  [{ outputs: [null, 3, { name: 'quality', data: 5 }] }, /returned no output quality/],
  [{ outputs: [{ name: 'quality', data: [1, 2, 3] }] }, /output quality of the model server has 3 values, for 2 records/],
  [{ outputs: [{ name: 'quality', data: [] }] }, /has 0 values, for 2 records/],
  [{ outputs: [{ name: 'quality', data: [1, 'five'] }] }, /output quality of the model server has "five" among its numbers/],
  [{ outputs: [{ name: 'quality', data: [1, { a: 1 }] }] }, /has \{"a":1\} among its numbers/],
  [{ outputs: [{ name: 'quality', data: [1, 2] }] }, /returned no output probabilities/],
]
for (const [answer, message] of wrongAnswers) {
  test(`an answer of the wrong shape fails the batch: ${JSON.stringify(answer)}`, async () => {
    const model = await load()
    const body = typeof answer === 'string' ? answer : JSON.stringify(answer)
    const error = await failure(() => ask(status(200, body), model, 2))
    assert.is(error.code, 'MODEL_FAILED')
    assert.match(error.message, message)
    assert.is((await ask(undefined, model, 2)).length, 2)
  })
}

const wrongMetadata: readonly (readonly [path: string, metadata: unknown, message: RegExp])[] = [
  ['/v2/models/wine', {}, /does not report the model's inputs/],
  ['/v2/models/wine', null, /does not report the model's inputs/],
  ['/v2/models/wine', { inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }], outputs: [] }, /does not report the model's outputs/],
  ['/v2/models/wine', { inputs: [{ name: 'x', datatype: 'COMPLEX', shape: [1] }] }, /describes an input that cannot be used/],
  ['/v2/models/wine', { inputs: [{ name: 'x', datatype: 'FP32', shape: [11] }] }, /has the shape \[11\]/],
  ['/v2/models/wine', { inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, -1, -1] }] }, /has the shape \[-1, -1, -1\]/],
  ['/v1/models/wine', {}, /does not report a signature/],
  ['/v1/models/wine', { metadata: { signature_def: { signature_def: { s: {} } } } }, /has no inputs/],
]
for (const [path, metadata, message] of wrongMetadata) {
  test(`metadata that cannot be used is refused at load: ${JSON.stringify(metadata)}`, async () => {
    server.fault = status(200, JSON.stringify(metadata))
    const error = await failure(() => load(path))
    assert.is(error.code, 'MODEL_LOAD_FAILED')
    assert.match(error.message, message)
  })
}

test('a server that failed often in a row gets no requests for a while, then one, then all', async () => {
  const model = await load('/v2/models/wine', { ...quick, attempts: 1, breakerFailures: 2, breakerMs: 1000 })
  for (let i = 0; i < 2; i++) await failure(() => ask(status(503), model))
  let left = 0
  for (let error = await failure(() => ask(status(503), model)); /left|in a row/.test(error.message);) {
    assert.is(server.asked.length, 0)
    left++
    await new Promise(resolve => setTimeout(resolve, 50))
    const again = await ask(undefined, model).catch((thrown: unknown) => thrown as SluiceError)
    if (!(again instanceof Error)) {
      assert.is(again.length, rows.length)
      break
    }
    error = again
  }
  assert.ok(left > 0)
})

test('the factory recognizes a service location by its text, and a descriptor may name the format', async () => {
  const factory = new ModelFactory().register('SERVICE', serviceLoader(quick))
  for (const format of ['SERVICE', undefined]) {
    const model = await factory.load({ bytes: server.url(), format, output: undefined })
    assert.is(model.format, 'SERVICE')
    await model.dispose()
  }
})

test.run()

for (const path of ['/v2/models/wine', '/v1/models/wine'])
  modelSuite(`SERVICE ${path}`, { load: () => load(path), specs, rows, tolerance: 1e-6, byName: false })

const end = suite('end')
end('the server stops', async () => {
  await server.stop()
  await local.dispose()
})
end.run()
