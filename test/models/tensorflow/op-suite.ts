import { Tensor } from 'onnxruntime-node'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openSession } from '../../../models/onnx/onnx-session.ts'
import { compileTensorflow } from '../../../models/tensorflow/compile-tensorflow.ts'
import type { AttrValue } from '../../../models/tensorflow/graph/tf-schema.ts'
import { type DataType, constant, graph, node, placeholder } from './graph-builder.ts'

/** A tensor in a table of cases. */
export interface Values {
  readonly type: Exclude<DataType, 'string' | 'uint8'>
  readonly dims: readonly number[]
  readonly values: readonly number[]
}

const of =
  (type: Values['type']) =>
  (dims: readonly number[], values: readonly number[]): Values => ({ type, dims, values })

export const f = of('float32')
export const i = of('int32')
export const l = of('int64')
export const b = of('bool')

/** An op, its inputs, and what TensorFlow gives. */
export interface OpCase {
  readonly op: string
  readonly inputs: readonly Values[]
  readonly attributes?: Readonly<Record<string, AttrValue>>
  /** Which input arrives with the records; the others are constants of the graph. The first one when it is not said. */
  readonly fed?: number
  readonly expected: readonly Values[]
}

/** Each case twice: with an input that arrives when it runs, and with all of it known when it is compiled. */
export function opSuite(name: string, cases: readonly OpCase[]): void {
  const test = suite(`tensorflow ops: ${name}`)
  for (const [at, each] of cases.entries()) {
    test(`${at} ${each.op}`, async () => {
      await check(each, each.fed ?? 0)
      await check(each, undefined)
    })
  }
  test.run()
}

async function check({ op, inputs, attributes = {}, expected }: OpCase, fed: number | undefined): Promise<void> {
  const names = inputs.map((_, at) => `in${at}`)
  const sources = inputs.map(({ type, dims, values }, at) =>
    at === fed ? placeholder(`in${at}`, openFirst(dims), type) : constant(`in${at}`, dims, values, type),
  )
  const outputs = expected.map((_, at) => node('Identity', `out${at}`, [`op:${at}`]))
  const types = { T: { type: inputs[0]?.type === 'float32' ? 1 : 3 } }
  const bytes = graph([...sources, node(op, 'op', names, { ...types, ...attributes }), ...outputs])
  const session = await openSession((await compileTensorflow(bytes)).onnx)
  try {
    const feeds = Object.fromEntries(session.inputs.map(input => [input.name, tensorOf(inputs[fed ?? 0] as Values)]))
    const results = await session.run(
      feeds,
      outputs.map(each => each.name ?? ''),
    )
    for (const [at, wanted] of expected.entries()) assertTensor(results[`out${at}`], wanted)
  } finally {
    await session.release()
  }
}

/** As of an input whose number of records is open. */
function openFirst(dims: readonly number[]): number[] {
  return dims.map((dim, at) => (at === 0 ? -1 : dim))
}

function tensorOf({ type, dims, values }: Values): Tensor {
  if (type === 'int64') return new Tensor(type, BigInt64Array.from(values, BigInt), dims)
  if (type === 'int32') return new Tensor(type, Int32Array.from(values), dims)
  if (type === 'bool') return new Tensor(type, Uint8Array.from(values), dims)
  return type === 'float64' ? new Tensor(type, Float64Array.from(values), dims) : new Tensor('float32', Float32Array.from(values), dims)
}

function assertTensor(actual: Tensor | undefined, { type, dims, values }: Values): void {
  assert.is(actual?.type, type)
  assert.equal(actual?.dims, dims)
  const numbers = Array.from((actual as Tensor).data as Iterable<number | bigint>, Number)
  const near = (a: number, e: number): boolean =>
    a === e || (Number.isNaN(a) && Number.isNaN(e)) || Math.abs(a - e) <= 2e-6 * Math.max(1, Math.abs(e))
  assert.ok(
    numbers.length === values.length && numbers.every((value, at) => near(value, values[at] as number)),
    `${numbers.join(' ')}, not ${values.join(' ')}`,
  )
}
