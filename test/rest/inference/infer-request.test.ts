import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../base/sluice-error.ts'
import { halfValue } from '../../../models/index.ts'
import { datatypes } from '../../../rest/inference/datatypes.ts'
import { readInferRequest } from '../../../rest/inference/infer-request.ts'
import { InputRows } from '../../../rest/inference/input-rows.ts'

const test = suite('inference requests')

/** Reads a request, as JSON with so much binary data behind it, and makes rows of it for a model of one vector; whether it was refused in order. */
function read(json: unknown, binary: Uint8Array = new Uint8Array()): boolean {
  const text = Buffer.from(JSON.stringify(json) ?? '')
  try {
    const { inputs } = readInferRequest(Buffer.concat([text, binary]), String(text.length))
    new InputRows({ inputs: [{ name: 'x', type: 'float32', width: undefined, required: true }] }).rowsOf(inputs)
    return true
  } catch (error) {
    if (error instanceof SluiceError && (error.code === 'INPUT_INVALID' || error.code === 'MODEL_INPUT_MISMATCH')) return false
    throw error
  }
}

const anything = fc.jsonValue({ maxDepth: 2 })
const input = fc.record(
  {
    name: fc.oneof(fc.constant('x'), anything),
    datatype: fc.oneof(fc.constantFrom(...datatypes.keys()), anything),
    shape: fc.oneof(fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 3 }), anything),
    data: fc.oneof(fc.array(fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.string(), fc.constant(null)), { maxLength: 4 }), anything),
    parameters: fc.oneof(fc.record({ binary_data_size: fc.oneof(fc.integer({ min: -1, max: 20 }), anything) }), anything),
  },
  { requiredKeys: [] },
)

test('any request is read, or refused with the reason', () => {
  let accepted = 0
  fc.assert(
    fc.property(fc.array(input, { maxLength: 2 }), fc.uint8Array({ maxLength: 20 }), (inputs, binary) => {
      if (read({ inputs }, binary)) accepted++
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...datatypes.keys()),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      (datatype, rows, width) => {
        const data = Array.from({ length: rows * width }, () => (datatype === 'BYTES' ? 'a' : datatype === 'BOOL' ? true : 1))
        if (read({ inputs: [{ name: 'x', datatype, shape: [rows, width], data }] })) accepted++
      },
    ),
  )
  assert.ok(accepted > 20, `only ${accepted} requests were accepted`)
})

test('hostile depths and sizes are refused', () => {
  const deep = `${'['.repeat(100_000)}1${']'.repeat(100_000)}`
  const body = Buffer.from(`{"inputs":[{"name":"x","datatype":"FP32","shape":[1,1],"data":${deep}}]}`)
  assert.throws(() => readInferRequest(body, undefined), /the JSON is nested deeper than 64 levels/)
  assert.is(read({ inputs: [{ name: 'x', datatype: 'FP32', shape: [2 ** 40, 2 ** 40], data: [] }] }), false)
  assert.is(
    read(
      { inputs: [{ name: 'x', datatype: 'BYTES', shape: [1], parameters: { binary_data_size: 4 } }] },
      Buffer.from([255, 255, 255, 255]),
    ),
    false,
  )
  assert.is(
    read({ inputs: [{ name: 'x', datatype: 'BYTES', shape: [1], parameters: { binary_data_size: 5 } }] }, Buffer.from([1, 0, 0, 0, 255])),
    false,
  )
})

test('half floats', () => {
  const cases: readonly (readonly [bits: number, value: number])[] = [
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x0400, 2 ** -14],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x3555, 0.333251953125],
  ]
  for (const [bits, expected] of cases) assert.is(halfValue(bits), expected)
  assert.ok(Number.isNaN(halfValue(0x7e00)))
})

test('integers of another sign or size are accepted if the type of the model can hold them', () => {
  const rowsOf = (datatype: string, data: string, type: 'int32' | 'int64'): Float64Array | undefined => {
    const body = Buffer.from(`{"inputs":[{"name":"x","datatype":"${datatype}","shape":[1],"data":[${data}]}]}`)
    const rows = new InputRows({ inputs: [{ name: 'x', type, width: 1, required: true }] })
    const [column] = rows.rowsOf(readInferRequest(body, undefined).inputs).columns
    return column !== undefined && 'values' in column ? column.values : undefined
  }
  assert.equal(rowsOf('UINT64', '9223372036854775807', 'int64'), Float64Array.of(2 ** 63))
  assert.throws(() => rowsOf('UINT64', '9223372036854775808', 'int64'), /out of range for the model's INT/)
  assert.throws(() => rowsOf('INT64', '2147483648', 'int32'), /out of range for the model's INT/)
  assert.equal(rowsOf('INT64', '2147483647', 'int32'), Float64Array.of(2147483647))
  assert.throws(() => rowsOf('INT64', '9223372036854775808', 'int64'), /not a valid INT64/)
  assert.throws(() => rowsOf('FP32', '1', 'int64'), /the model needs INT64/)
})

test.run()
