import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import { checkDocumented } from '../rest/documented-metrics.ts'
import { readMetrics, sumOf } from '../rest/metrics-text.ts'
import { wineModel } from '../rest/inference/served-models.ts'
import { sha256Of, shiftedSum } from '../serving/serving-driver.ts'
import { holds } from './fixture.ts'
import { withInferenceInstance } from './inference-instance.ts'
import type { ServeProcess } from './serve-process.ts'
import { readResults } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']
const wineRow = [8.557, 0.717, 0.334, 2.085, 0.092, 11.116, 29.353, 0.997, 3.224, 0.551, 10.799]

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
}

type Fields = Readonly<Record<string, unknown>>

async function post(
  instance: ServeProcess,
  path: string,
  body: Uint8Array | string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { port } = await instance.ready
  const sent = typeof body === 'string' ? body : new Uint8Array(body)
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: sent, headers })
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
}

function fields(answer: Pick<Answer, 'bytes'>): Fields {
  return JSON.parse(answer.bytes.toString()) as Fields
}

/** The answer of the instance to a request with this Host. */
async function statusAs(instance: ServeProcess, host: string): Promise<number | undefined> {
  const { port } = await instance.ready
  const sent = request({ host: '127.0.0.1', port, path: '/health/live', headers: { host }, agent: false }).end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  return answer.statusCode
}

interface Inferred {
  readonly model_version: string
  readonly parameters: { readonly sha256: string }
  readonly outputs: readonly { readonly data?: readonly number[]; readonly parameters?: { readonly binary_data_size: number } }[]
}

/** The result of the instance's model for the row, from JSON. */
async function infer(instance: ServeProcess, model: string): Promise<Inferred> {
  const inputs = [{ name: 'features', datatype: 'FP32', shape: [1, 11], data: wineRow }]
  const answer = await post(instance, `/v2/models/${model}/infer`, JSON.stringify({ inputs }))
  assert.is(answer.status, 200, answer.bytes.toString())
  return fields(answer) as unknown as Inferred
}

const test = suite('models over REST on Kafka')

test('published at one instance, a model serves on the topic and by inference requests at every instance', () =>
  withInferenceInstance(String(brokers), async ({ fixture, start }) => {
    const one = start('one')
    await one.ready
    const two = start('two')
    await two.ready

    const linear = wineModel('wine-linear')
    const types = ['wine', 'red', 'white', 'rose']
    for (const type of types) {
      const published = await post(one, `/models/${type}?wait=30&name=linear`, linear)
      assert.equal([published.status, fields(published)['version'], fields(published)['sha256']], [200, 1, sha256Of(linear)])
    }
    // The same row on the data topic gets the same score as by inference.
    const names = Object.keys(sluice.WineRecord.toObject(sluice.WineRecord.decode(new Uint8Array()), { defaults: true })).filter(
      name => name !== 'dataType',
    )
    const wine = Object.fromEntries(names.map((name, at) => [name, wineRow[at]]))
    await fixture.produce(
      'data',
      types.map(dataType => ({ key: Buffer.from(dataType), value: sluice.WineRecord.encode({ ...wine, dataType }).finish() })),
    )
    const scores = new Map((await readResults(fixture, types.length)).map(({ dataType, score }) => [dataType, score]))
    for (const instance of [one, two]) {
      for (const type of types) {
        await holds(async () => {
          const { model_version, parameters, outputs } = await infer(instance, type)
          assert.equal([model_version, parameters.sha256, outputs[0]?.data], ['1', sha256Of(linear), [scores.get(type)]])
        })
      }
    }

    const json = Buffer.from(
      JSON.stringify({
        inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 11], parameters: { binary_data_size: 44 } }],
        parameters: { binary_data_output: true },
      }),
    )
    const body = Buffer.concat([json, Buffer.from(Float32Array.from(wineRow).buffer)])
    const binary = await post(two, '/v2/models/wine/infer', body, { 'inference-header-content-length': String(json.length) })
    const jsonLength = Number(binary.headers.get('inference-header-content-length'))
    assert.equal([binary.status, binary.bytes.length - jsonLength], [200, 4])
    assert.is(binary.bytes.readFloatLE(jsonLength), scores.get('wine'))

    const metrics = readMetrics(await two.text('/metrics'))
    checkDocumented(metrics)
    const answered = sumOf(metrics.get('sluice_inference_requests_total'), {
      data_type: 'wine',
      model: 'linear',
      version: '1',
      outcome: 'answered',
    })
    assert.ok(answered >= 2)
    assert.is(sumOf(metrics.get('nv_inference_request_success'), { model: 'wine', version: '1' }), answered)
    assert.equal(await Promise.all(['localhost', 'sluice.example', 'evil.example'].map(host => statusAs(two, host))), [200, 200, 421])

    const refused = await post(two, '/models/wine?wait=30', shiftedSum(1, 3))
    assert.equal([refused.status, fields(refused)['code']], [422, 'MODEL_INPUT_MISMATCH'], refused.bytes.toString())
    assert.match(String(fields(refused)['error']), /is refused: the model and the records do not fit/)

    const large = await post(two, '/models/wine?wait=60&name=padded', padded(shiftedSum(2), 3 * 2 ** 20))
    assert.equal([large.status, fields(large)['version'], fields(large)['pieces']], [200, 2, 7], large.bytes.toString())
    await holds(async () => {
      const { body: models } = await one.get('/models')
      const shown = (models as Fields[]).map(({ dataType, current, statistics }) => [dataType, current, statistics === null])
      assert.equal(shown, [
        ['red', 1, false],
        ['rose', 1, false],
        ['white', 1, false],
        ['wine', 2, false],
      ])
    })

    for (const instance of [one, two]) {
      const { code, stderr } = await instance.kill('SIGTERM')
      assert.is(code, 0, stderr)
    }
  }))

/** The model with this many further bytes, which readers skip. */
function padded(model: Uint8Array, bytes: number): Buffer {
  const head = Buffer.alloc(6)
  // Field 6 of a ModelProto, doc_string: its tag, and its length in five bytes.
  head[0] = (6 << 3) | 2
  for (let at = 0, rest = bytes; at < 5; at++, rest = Math.floor(rest / 128)) head[at + 1] = (rest & 0x7f) | (at < 4 ? 0x80 : 0)
  return Buffer.concat([model, head, Buffer.alloc(bytes, 'x')])
}

if (brokers === undefined) console.log('skipped: models over REST on Kafka: KAFKA_BROKERS is not set')
else test.run()
