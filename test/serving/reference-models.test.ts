import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { wineFields } from '../../examples/wine/wine-data.ts'
import { readCsvRows } from '../../records/csv-rows.ts'
import { sluice } from '../../proto/messages.js'
import type { TestRecord } from '../../topology/index.ts'
import { present, type Result, sha256Of, withServing } from './serving-driver.ts'

const folder = fileURLToPath(new URL('../../../shared/models/', import.meta.url))
const test = suite('reference models through the topology')

async function wines(): Promise<TestRecord[]> {
  const records: TestRecord[] = []
  for await (const { cells } of readCsvRows(`${folder}winequality_red.csv`, wineFields)) {
    const values = Object.fromEntries(wineFields.map((name, at) => [name, Number(cells[at])]))
    records.push({ key: 'wine', value: sluice.WineRecord.encode({ ...values, dataType: 'wine' }).finish() })
  }
  return records
}

interface Expected {
  readonly label: string
  readonly probabilities: readonly number[]
}

function expectedOf(model: string): Expected[] {
  const [, ...lines] = readFileSync(`${folder}${model}.expected.csv`, 'utf8').trim().split('\n')
  return lines.map(line => {
    const [, label = '', ...probabilities] = line.split(',')
    return { label, probabilities: probabilities.map(Number) }
  })
}

/** How far the result's probabilities are from those expected, at most. */
function distance({ outputs }: Result, { probabilities }: Expected): number {
  const found = present(outputs.find(({ numbers }) => numbers.length === probabilities.length)).numbers
  return Math.max(...probabilities.map((probability, at) => Math.abs(probability - (found[at] as number))))
}

for (const model of ['onnx_logreg', 'onnx_random_forest'])
  test(`${model}: the labels and probabilities of all 1,599 wines are those expected`, () =>
    withServing(async serving => {
      const bytes = readFileSync(`${folder}${model}.onnx`)
      const [records, expected] = [await wines(), expectedOf(model)]
      await serving.publish({ dataType: 'wine', name: model, modeltype: sluice.ModelDescriptor.ModelType.ONNX, bytes })
      for (let at = 0; at < records.length; at += 500) await serving.send(...records.slice(at, at + 500))
      const results = serving.results()
      assert.is(results.length, 1599)
      assert.equal(
        results.map(({ label }) => label),
        expected.map(({ label }) => label),
      )
      assert.ok(results.every(({ score, label, inputOffset }, at) => score === Number(label) && inputOffset === at))
      assert.ok(results.every(result => result.status === 'OK' && result.modelVersion === 1 && result.modelHash === sha256Of(bytes)))
      const furthest = Math.max(...results.map((result, at) => distance(result, expected[at] as Expected)))
      assert.ok(furthest < 1e-5, `${furthest}`)
      assert.equal(serving.deadLetters(), [])
      assert.is(serving.store.statistics('wine')?.invocations, 1599)
    }))

if (existsSync(folder)) test.run()
else console.log('skipped: the reference models are not in ../shared/models')
