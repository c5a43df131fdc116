import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CsvScoreLines, JsonScoreLines } from '../../cli/score/score-lines.ts'
import type { ModelOutput, Scores } from '../../models/index.ts'
import type { SluiceError } from '../../base/sluice-error.ts'

const test = suite('score lines')

const outputs: readonly ModelOutput[] = [
  { name: 'class', type: 'string', width: 1 },
  { name: 'p', type: 'float32', width: undefined, classes: ['a', 'b'] },
  { name: 'raw, sum', type: 'float32', width: 2 },
]
const scores: Scores = {
  length: 3,
  score: Float64Array.from([Math.fround(0.1), NaN, Infinity]),
  labels: ['a "quoted"', '', 'b'],
  noResult: Uint8Array.from([0, 1, 0]),
  outputs: [
    { name: 'class', kind: 'text', width: 1, values: ['a', 'x', 'b,c'] },
    { name: 'p', kind: 'number', width: 2, values: Float32Array.from([0.1, 0.2, 7, 7, 1e-9, NaN]) },
    { name: 'raw, sum', kind: 'number', width: 2, values: Float64Array.from([0.1, -2e30, 7, 7, 0, Infinity]) },
  ],
}

test('CSV: one column for each value, classes by name; a missing result is empty, text is quoted if necessary', () => {
  const lines = new CsvScoreLines(outputs)
  assert.is(lines.head(scores), 'row,score,label,class,p(a),p(b),"raw, sum[0]","raw, sum[1]"')
  assert.equal(lines.rows(scores, 10), [
    '10,0.1,"a ""quoted""",a,0.1,0.2,0.1,-2e+30',
    '11,,,,,,,',
    '12,Infinity,b,"b,c",1e-9,NaN,0,Infinity',
  ])
  assert.is(lines.failed(13), '13,,,,,,,')
  assert.is(new CsvScoreLines(outputs).head(undefined), 'row,score,label,class,p(a),p(b),"raw, sum[0]","raw, sum[1]"')
})

test('CSV: a class that is no number and has no probability has no score; values in single precision have its digits', () => {
  const lines = new CsvScoreLines([
    { name: 'class', type: 'string', width: 1 },
    { name: 'share', type: 'float32', width: 1 },
    { name: 'sum', type: 'float64', width: 1 },
  ])
  const given: Scores = {
    length: 1,
    score: Float64Array.of(NaN),
    labels: ['a'],
    noResult: undefined,
    outputs: [
      { name: 'class', kind: 'text', width: 1, values: ['a'] },
      { name: 'share', kind: 'number', width: 1, values: Float64Array.of(Math.fround(0.1)) },
      { name: 'sum', kind: 'number', width: 1, values: Float64Array.of(Math.fround(0.1)) },
    ],
  }
  assert.is(lines.head(given), 'row,score,label,class,share,sum')
  assert.equal(lines.rows(given, 0), ['0,,a,a,0.1,0.10000000149011612'])
})

test('CSV: another number of values than before is a failure', () => {
  const lines = new CsvScoreLines([{ name: 'y', type: 'float64', width: undefined }])
  const of = (width: number): Scores => {
    const values = new Float64Array(width)
    return {
      length: 1,
      score: Float64Array.of(0),
      labels: undefined,
      noResult: undefined,
      outputs: [{ name: 'y', kind: 'number', width, values }],
    }
  }
  assert.is(lines.head(of(2)), 'row,score,label,y[0],y[1]')
  assert.equal(lines.rows(of(2), 0), ['0,0,,0,0'])
  assert.throws(
    () => lines.rows(of(3), 1),
    (error: SluiceError) => error.code === 'MODEL_FAILED' && /has 3 values per record, but had 2 before/.test(error.message),
  )
})

test('CSV: every number is read back exactly', () => {
  const printed = (type: 'float32' | 'float64', value: number): string => {
    const values = type === 'float32' ? Float32Array.of(value) : Float64Array.of(value)
    const lines = new CsvScoreLines([{ name: 'y', type, width: 1 }])
    const one = { length: 1, labels: undefined, noResult: undefined, outputs: [{ name: 'y', kind: 'number', width: 1, values }] } as const
    lines.head(undefined)
    const [, score, , output] = (lines.rows({ ...one, score: Float64Array.from(values) }, 0)[0] as string).split(',')
    assert.is(score, output)
    return output as string
  }
  fc.assert(fc.property(fc.float(), value => Object.is(Math.fround(Number(printed('float32', value))), value === 0 ? 0 : value)))
  fc.assert(fc.property(fc.double(), value => Object.is(Number(printed('float64', value)), value === 0 ? 0 : value)))
})

interface Row {
  readonly row: number
  readonly status: string
  readonly score: unknown
  readonly label: unknown
  readonly outputs: Readonly<Record<string, unknown>>
}

test('JSON: one object for each row, with a status', () => {
  const lines = new JsonScoreLines()
  assert.is(lines.head(), undefined)
  const [first, second, third] = lines.rows(scores, 5).map(line => JSON.parse(line) as Row) as [Row, Row, Row]
  assert.is(first.outputs['class'], 'a')
  assert.equal([first.row, first.status, first.label], [5, 'OK', 'a "quoted"'])
  assert.equal(second, { row: 6, status: 'NO_RESULT', score: null })
  assert.equal([third.score, third.outputs['raw, sum']], ['Infinity', [0, 'Infinity']])
  assert.equal(JSON.parse(lines.failed(8, 'why')), { row: 8, status: 'FAILED', score: null, error: 'why' })
})

test.run()
