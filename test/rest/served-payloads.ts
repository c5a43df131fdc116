import { deflateSync, gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { anyPayload, oddHeaders, type Payload } from './fuzz-requests.ts'
import { wineModel } from './inference/served-models.ts'

const linear = wineModel('wine-linear')
const mlp = wineModel('wine-mlp')

/** What requests to a served instance bring: mostly what the route takes, then the same damaged, and anything at all. */
export function servedPayload(method: string, template: string): fc.Arbitrary<Payload> {
  const right = method === 'POST' ? rightFor(template) : undefined
  if (right === undefined) return anyPayload
  return fc.oneof(
    { weight: 4, arbitrary: right },
    { weight: 4, arbitrary: fc.tuple(right, damage).map(([payload, damaged]) => damaged(payload)) },
    { weight: 1, arbitrary: fc.tuple(right, oddHeaders).map(([{ headers, body }, odd]) => ({ headers: { ...headers, ...odd }, body })) },
    { weight: 1, arbitrary: anyPayload },
  )
}

function rightFor(template: string): fc.Arbitrary<Payload> | undefined {
  if (template.endsWith('/infer')) return inference
  if (template.endsWith('/control')) return control
  return template === '/models/{dataType}' ? model : undefined
}

const bare = 0.123456789
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(null, 0, -0, 1e308, 2 ** 53, bare))
const outputs = fc.constantFrom(
  undefined,
  [],
  [{ name: 'quality' }],
  [{ name: 'probabilities', parameters: { binary_data: true } }, { name: 'quality' }],
  [{ name: 'none' }],
)
const parameters = fc.constantFrom(undefined, {}, { binary_data_output: true }, { binary_data_output: false })
const id = fc.option(fc.string({ maxLength: 5 }), { nil: undefined })

/** A request for wine rows, its numbers in JSON. */
const jsonRequest = fc.record({
  id,
  outputs,
  parameters,
  inputs: fc
    .tuple(fc.nat(3), fc.constantFrom('FP32', 'FP64'), fc.boolean())
    .chain(([rows, datatype, isNested]) =>
      fc
        .array(fc.array(number, { minLength: 11, maxLength: 11 }), { minLength: rows, maxLength: rows })
        .map(data => [{ name: 'features', datatype, shape: [rows, 11], data: isNested ? data : data.flat() }]),
    ),
})

const asJson = jsonRequest.map(json => {
  // One number is bare, as some clients write it.
  const text = JSON.stringify(json, (_, each: unknown) => (each === bare ? 'bare' : each)).replaceAll('"bare"', 'NaN')
  return { headers: {}, body: Buffer.from(text) }
})

/** The same with its numbers behind the JSON. */
const asBinary = fc.tuple(fc.integer({ min: 1, max: 3 }), outputs, parameters, fc.float()).map(([rows, wanted, said, value]) => {
  const data = Buffer.from(new Float32Array(rows * 11).fill(value).buffer)
  const inputs = [{ name: 'features', datatype: 'FP32', shape: [rows, 11], parameters: { binary_data_size: data.length } }]
  const json = Buffer.from(JSON.stringify({ inputs, outputs: wanted, parameters: said }))
  const headers = { 'inference-header-content-length': String(json.length), 'content-type': 'application/octet-stream' }
  return { headers, body: Buffer.concat([json, data]) }
})

const packed = (payloads: fc.Arbitrary<Payload & { readonly body: Buffer }>): fc.Arbitrary<Payload> =>
  fc
    .tuple(payloads, fc.constantFrom('gzip', 'deflate'), fc.constantFrom({}, { 'accept-encoding': 'gzip' }))
    .map(([{ headers, body }, encoding, accept]) => ({
      headers: { ...headers, ...accept, 'content-encoding': encoding },
      body: encoding === 'gzip' ? gzipSync(body) : deflateSync(body),
    }))

const inference: fc.Arbitrary<Payload> = fc.oneof(asJson, asBinary, packed(asJson), packed(asBinary))

const model: fc.Arbitrary<Payload> = fc.oneof(
  fc.constantFrom(linear, mlp).map(body => ({ headers: { 'content-type': 'application/octet-stream' }, body })),
  fc
    .constantFrom<Record<string, unknown>>(
      { data: mlp.toString('base64'), name: 'from json' },
      { location: 'file:///nowhere/a.onnx' },
      { location: 'http://169.254.169.254/latest/' },
      { data: 'eA==', type: 'PMML' },
      { data: 'eA==', location: 'x' },
    )
    .map(json => ({ headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(json)) })),
)

const control: fc.Arbitrary<Payload> = fc
  .constantFrom<Record<string, unknown>>(
    { promote: { version: 1 } },
    { rollback: {} },
    { setRole: { version: 1, role: 'shadow' }, who: 'me', reason: 'because' },
    { retire: { version: 9 } },
    { alias: { name: 'stable', version: 1 }, expect: { champion: 2 } },
  )
  .map(json => ({ headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(json)) }))

/** Something that happens to a body on its way. */
const damage: fc.Arbitrary<(payload: Payload) => Payload> = fc
  .record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    what: fc.constantFrom('cut', 'flip', 'insert', 'repeat', 'swap'),
    byte: fc.nat(255),
  })
  .map(({ at, what, byte }) => ({ headers, body = Buffer.alloc(0) }) => {
    const place = Math.floor(at * body.length)
    const [before, after] = [body.subarray(0, place), body.subarray(place)]
    const flipped = Buffer.from(body)
    if (place < flipped.length) flipped[place] = byte
    const damaged = {
      cut: before,
      flip: flipped,
      insert: Buffer.concat([before, Buffer.of(byte), after]),
      repeat: Buffer.concat([body, after]),
      swap: Buffer.from(
        body.toString('latin1').replace(/\d+|"\w+"/g, found => (found.length % 2 === byte % 2 ? 'null' : found)),
        'latin1',
      ),
    }[what]
    return { headers, body: damaged }
  })
