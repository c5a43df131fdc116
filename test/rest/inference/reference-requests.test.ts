import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ColumnSpec } from '../../../records/column-batch.ts'
import { jsonRecordReader } from '../../../records/json-record-reader.ts'
import { parseTolerant } from '../../../rest/inference/tolerant-json.ts'
import { type BinaryAnswer, binaryRequest, exactJson, readBinaryAnswer, type WireTensor } from './binary-tensors.ts'
import { type Answer, type ServedModels, withServedModels } from './served-models.ts'

const folder = resolve('../shared/cases/rest')
const test = suite('reference requests of the open inference protocol')

interface Case {
  readonly request: { readonly inputs: readonly WireTensor[] }
  readonly response: { readonly outputs: readonly WireTensor[] }
}

/** Fields of a record that feed the model: one a value, by the names of the elements. */
function fieldsOf([first]: readonly Case[]): ColumnSpec[] {
  return (first?.request.inputs ?? []).flatMap(({ name, datatype, shape }) => {
    const width = shape.slice(1).reduce((product, dim) => product * dim, 1)
    const kind = datatype === 'BYTES' ? 'text' : 'number'
    return Array.from({ length: width }, (_, at): ColumnSpec => ({ name: width === 1 ? name : `${name}[${at}]`, kind }))
  })
}

function assertOutputs(given: readonly WireTensor[], { response }: Case, what: string): void {
  const heads = (outputs: readonly WireTensor[]): unknown => outputs.map(({ name, datatype, shape }) => ({ name, datatype, shape }))
  assert.equal(heads(given), heads(response.outputs), what)
  for (const [at, { name, data }] of response.outputs.entries()) {
    const values = given[at]?.data ?? []
    assert.is(values.length, data.length, `${what}: ${name}`)
    for (const [place, expected] of data.entries()) {
      const value = values[place]
      const same = typeof expected === 'number' && Math.abs(Number(value) - expected) <= 1e-5 * Math.max(1, Math.abs(expected))
      if (!same) assert.is(value, expected, `${what}: ${name}, value ${place}`)
    }
  }
}

function outputsOf(answer: Answer, what: string): readonly WireTensor[] {
  assert.is(answer.status, 200, `${what}: ${answer.bytes.toString()}`)
  return (parseTolerant(answer.bytes.toString()) as BinaryAnswer).outputs
}

async function ask(served: ServedModels, { request }: Case, what: string): Promise<readonly WireTensor[]> {
  return outputsOf(await served.post('/v2/models/case/infer', exactJson(request)), what)
}

async function tryCase(name: string): Promise<void> {
  const cases = parseTolerant(readFileSync(resolve(folder, `${name}.json`), 'utf8')) as readonly Case[]
  const serving = { reader: jsonRecordReader({ specs: fieldsOf(cases) }) }
  await withServedModels(
    async served => {
      await served.serving.publish({ name, dataType: 'case', bytes: readFileSync(resolve(folder, `${name}.onnx`)) })
      assert.equal(served.serving.deadLetters(), [])
      for (const [at, each] of cases.entries()) assertOutputs(await ask(served, each, `request ${at}`), each, `request ${at}`)
      for (const [at, each] of cases.entries()) {
        const { body, headers } = binaryRequest(each.request.inputs)
        const answer = await served.post('/v2/models/case/infer', body, headers)
        assert.is(answer.status, 200, answer.bytes.toString())
        assertOutputs(readBinaryAnswer(answer).outputs, each, `request ${at} in binary`)
      }
      const order = [...cases.keys(), ...[...cases.keys()].toReversed()]
      const together = await Promise.all(order.map(at => ask(served, cases[at] as Case, `request ${at} among others`)))
      for (const [place, at] of order.entries())
        assertOutputs(together[place] as readonly WireTensor[], cases[at] as Case, `request ${at} among others`)
    },
    { serving },
  )
}

if (existsSync(folder)) {
  for (const file of readdirSync(folder)) if (file.endsWith('.onnx')) test(file.slice(0, -5), () => tryCase(file.slice(0, -5)))
} else console.log(`skipped: ${folder} is not there`)

test.run()
