import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { scoreFile, type Table, tableOf } from './score-file.ts'

const folder = fileURLToPath(new URL('../../../shared/models/', import.meta.url))

interface ModelCase {
  readonly file: string
  readonly rows: string
  readonly expected: string
  /** How far the numbers may be away; of numbers over 1: that part of them. */
  readonly tolerance: number
}

const single = 2e-6
const double = 1e-12
const reference: readonly (readonly [file: string, tolerance: number])[] = [
  ['onnx_logreg.onnx', single],
  ['onnx_random_forest.onnx', single],
  ['optimized_WineQuality.pb', single],
  ['WineQuality_saved_model', single],
  ['keras_mlp_saved_model', single],
  ['winequalityDecisionTreeClassification.pmml', double],
  ['winequalityRandonForrestClassification.pmml', double],
  ['winequalityLinearRegression.pmml', double],
  ['winequalityGeneralizedLinearRegressionGaussian.pmml', double],
  ['pmml_gbm.pmml', double],
  ['pmml_logreg_scaled.pmml', double],
]
const stem = (file: string): string => file.replace(/\.[a-z]+$/, '')
const cases: readonly ModelCase[] = [
  ...reference.flatMap(([file, tolerance]): ModelCase[] => {
    const missing = `${stem(file)}.missing.expected.csv`
    const one = { file, rows: 'winequality_red.csv', expected: `${stem(file)}.expected.csv`, tolerance }
    return existsSync(folder + missing) ? [one, { file, rows: 'wine_missing.csv', expected: missing, tolerance }] : [one]
  }),
  { file: 'edge/boundary.pmml', rows: 'edge/boundary.input.csv', expected: 'edge/boundary.expected.csv', tolerance: double },
  ...['lastPrediction_returnNullPrediction', 'none_returnLastPrediction'].map((name): ModelCase => {
    const file = `edge/tree_${name}`
    return { file: `${file}.pmml`, rows: 'edge/tree.input.csv', expected: `${file}.expected.csv`, tolerance: double }
  }),
]

/** What `sluice score` prints. */
function scoreTable({ file, rows }: ModelCase, batchSize: number): Promise<Table> {
  return scoreFile(folder + file, folder + rows, batchSize)
}

/**
 * The column that an expected one is compared with. A vector's values and the probabilities have other names there, and a class is the label
 * whatever its field is called.
 */
function columnOf(name: string, at: number, { head }: Table, expected: Table): number {
  if (name === 'row') return 0
  const classifier = expected.head.length > 2
  if (at === 1) return head.indexOf(classifier ? 'label' : 'score')
  const found = head.indexOf(name.replace(/^p\(/, 'probability('))
  const numbers = head.flatMap((each, column) => (/\[\d+\]$|\(.+\)$/.test(each) ? [column] : []))
  return found >= 0 ? found : (numbers[at - 2] ?? -1)
}

function check({ head, rows }: Table, expected: Table, tolerance: number): void {
  assert.is(rows.length, expected.rows.length)
  assert.equal(head.slice(0, 3), ['row', 'score', 'label'])
  let furthest = 0
  for (const [at, name] of expected.head.entries()) {
    const column = columnOf(name, at, { head, rows }, expected)
    assert.ok(column >= 0, `there is no column for ${name} among ${head.join(', ')}`)
    for (const [row, cells] of expected.rows.entries()) {
      const [wanted = '', given = ''] = [cells[at], rows[row]?.[column]]
      const nothing = wanted === '' || wanted === 'ERROR'
      if (nothing || given === '' || head[column] === 'label') {
        assert.is(given, nothing ? '' : wanted, `row ${row}, ${name}`)
        continue
      }
      const distance = Math.abs(Number(given) - Number(wanted)) / Math.max(1, Math.abs(Number(wanted)))
      assert.ok(distance <= tolerance, `row ${row}, ${name}: ${given}, not ${wanted}`)
      furthest = Math.max(furthest, distance)
    }
  }
  process.stdout.write(`${furthest.toExponential(1)} `)
}

/** The score itself: a class that is a number, or a regression's value; empty where there is no result. */
function checkScores({ head, rows }: Table, expected: Table): void {
  const classifier = expected.head.length > 2
  for (const [row, [, score = '', label = '']] of rows.entries()) {
    const wanted = expected.rows[row]?.[1] ?? ''
    const nothing = wanted === '' || wanted === 'ERROR'
    assert.is(score === '', nothing, `row ${row}`)
    if (classifier && !nothing && Number.isFinite(Number(label))) assert.is(Number(score), Number(label), `row ${row}`)
    if (classifier && !nothing && Number.isNaN(Number(label))) {
      const probability = rows[row]?.findIndex((_, column) => new RegExp(`^p(?:robability)?[(_]${label}\\)?$`).test(head[column] ?? ''))
      assert.is(score, rows[row]?.[probability ?? -1], `row ${row}: the probability of ${label}`)
    }
  }
}

const test = suite('expected scores')

for (const each of cases) {
  test(`${basename(each.file)} on ${basename(each.rows)}`, async () => {
    const expected = tableOf(readFileSync(folder + each.expected, 'utf8'))
    const table = await scoreTable(each, 1024)
    check(table, expected, each.tolerance)
    checkScores(table, expected)
    // Rows that share a batch do not change each other.
    const small = await scoreTable(each, 7)
    assert.equal(
      small.rows.map(([, score, label]) => [score, label]),
      table.rows.map(([, score, label]) => [score, label]),
    )
  })
}

if (existsSync(folder)) test.run()
else console.log('skipped: the reference models are not in ../shared/models')
