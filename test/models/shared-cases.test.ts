import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { scoreFile, type Table, tableOf } from './score-file.ts'

const folder = fileURLToPath(new URL('../../../shared/cases/models/', import.meta.url))

/** What stands before a row's values: row, score and label. */
const valuesFrom = 3

/** The expected values: of ONNX and TensorFlow models in their order, as v0, v1, …; of PMML by name, where there is such a column. */
function columnOf(name: string, at: number, { head }: Table): number {
  if (name === 'row') return 0
  if (/^v\d+$/.test(name)) return valuesFrom + Number(name.slice(1))
  const found = head.lastIndexOf(name)
  return found >= 0 ? found : valuesFrom + at - 1
}

function check(given: Table, expected: Table, tolerance: number): void {
  assert.is(given.rows.length, expected.rows.length, 'a row for each')
  for (const [at, name] of expected.head.entries()) {
    const column = columnOf(name, at, given)
    for (const [row, cells] of expected.rows.entries()) {
      const found = given.rows[row]?.[column]
      const wanted = cells[at] as string
      const where = `row ${row}, ${name}: ${found}, not ${wanted}`
      if (wanted === '' || wanted === 'ERROR') assert.is(found, '', where)
      else if (found === wanted) continue
      else if (/^-?\d{16,}$/.test(wanted)) assert.is(found, wanted, where)
      else {
        const distance = Math.abs(Number(found) - Number(wanted)) / Math.max(1, Math.abs(Number(wanted)))
        assert.ok(found !== '' && distance <= tolerance, where)
      }
    }
  }
}

/** `model`, a directory, or `model.onnx`, `model.pmml`. */
function modelIn(directory: string): string {
  const name = readdirSync(directory).find(each => /^model(?:\.|$)/.test(each))
  assert.ok(name, `${directory} has a model`)
  return `${directory}/${name}`
}

const test = suite('shared cases')

for (const name of existsSync(folder) ? readdirSync(folder) : []) {
  const directory = folder + name
  test(`${name}: ${readFileSync(`${directory}/README`, 'utf8').split('|')[0]?.trim()}`, async () => {
    const model = modelIn(directory)
    const expected = tableOf(readFileSync(`${directory}/expected.csv`, 'utf8'))
    const tolerance = model.endsWith('.pmml') ? 1e-12 : 2e-6
    check(await scoreFile(model, `${directory}/rows.csv`), expected, tolerance)
    // Nobody's answer depends on who came along.
    check(await scoreFile(model, `${directory}/rows.csv`, 3), expected, tolerance)
  })
}

if (existsSync(folder)) test.run()
else console.log('skipped: there are no cases in ../shared/cases/models')
