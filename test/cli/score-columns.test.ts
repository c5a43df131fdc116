import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { scoreColumns } from '../../cli/score/score-columns.ts'
import { wineFields } from '../../examples/wine/wine-data.ts'
import type { ModelInput } from '../../models/index.ts'
import type { SluiceError } from '../../base/sluice-error.ts'

const test = suite('columns to score')

const scalar = (name: string, type: ModelInput['type'] = 'float64', required = true): ModelInput => ({ name, type, width: 1, required })
const vector = (width: number | undefined, type: ModelInput['type'] = 'float32'): ModelInput[] => [
  { name: 'x', type, width, required: true },
]
const wine = [...wineFields]
const titled = wine.map(name => name.replaceAll('_', ' ').toUpperCase())
const named = [scalar('colour', 'string'), scalar('pH'), scalar('age', 'float64', false)]

interface Case {
  readonly name: string
  readonly inputs: readonly ModelInput[]
  /** The first line's cells; a number: the number of columns, without a header. */
  readonly file: readonly string[] | number
  readonly fields?: readonly string[]
  /** Names, or why not. */
  readonly expected: readonly string[] | RegExp
}

const cases: readonly Case[] = [
  { name: 'by name, others ignored', inputs: named, file: ['quality', 'P_h', 'Colour'], expected: ['Colour', 'P_h'] },
  { name: 'by name, the first of two', inputs: named, file: ['pH', 'ph', 'colour'], expected: ['colour', 'pH'] },
  { name: 'an optional one', inputs: named, file: ['age', 'pH', 'colour'], expected: ['colour', 'pH', 'age'] },
  { name: 'one is missing', inputs: named, file: ['age', 'pH'], expected: /missing: colour; the records have: age, pH \(name the columns/ },
  {
    name: 'optional ones, none there',
    inputs: named.slice(2),
    file: ['pH'],
    expected: /no column has the name of an input of the model \(age\); columns: pH/,
  },
  { name: 'no header, WineRecord', inputs: [scalar('alcohol'), scalar('fixed acidity')], file: 12, expected: ['alcohol', 'fixed_acidity'] },
  { name: 'no header, other names', inputs: named, file: 12, expected: /missing: colour; .*the file has no header: name its columns/ },
  { name: 'no header, named', inputs: named, file: 3, fields: ['pH', 'colour', 'n'], expected: ['colour', 'pH'] },
  { name: 'a vector of WineRecord, by name and in its order', inputs: vector(11), file: [...titled, 'quality'].reverse(), expected: wine },
  { name: 'a vector of any width', inputs: vector(undefined), file: [...titled, 'quality'], expected: wine },
  { name: 'a vector of any width, no header', inputs: vector(undefined), file: 12, expected: wine },
  { name: 'a vector of all columns', inputs: vector(3), file: ['c', 'b', 'a'], expected: ['c', 'b', 'a'] },
  {
    name: 'a vector of fewer than there are',
    inputs: vector(2),
    file: ['c', 'b', 'a'],
    expected: /takes 2 number fields, the record has 3/,
  },
  {
    name: 'a vector of more than there are',
    inputs: vector(4),
    file: ['c', 'b', 'a'],
    expected: /takes 4 number fields, the record has 3/,
  },
  { name: 'a vector of the named', inputs: vector(2), file: ['c', 'b', 'a'], fields: ['A', 'c'], expected: ['A', 'c'] },
  {
    name: 'a vector of what is not there',
    inputs: vector(2),
    file: ['c', 'b'],
    fields: ['a', 'c'],
    expected: /^--fields a: no such column/,
  },
  { name: 'a vector, no header: the first', inputs: vector(2), file: 3, expected: ['column 1', 'column 2'] },
  { name: 'a vector, no header, too few', inputs: vector(2), file: 2, fields: ['a'], expected: /takes 2 number fields, the record has 1/ },
  { name: 'a vector of text', inputs: vector(2, 'string'), file: ['a', 'b'], expected: ['a', 'b'] },
  { name: 'names that are alike, exactly', inputs: [scalar('x_1'), scalar('x1')], file: ['x1', 'X 1', 'x_1'], expected: ['x_1', 'x1'] },
  { name: 'names that are alike, of a vector', inputs: vector(3), file: ['x1', 'X 1', 'x_1'], expected: ['x1', 'X 1', 'x_1'] },
  {
    name: 'a name that may be two columns',
    inputs: [scalar('x'), scalar('y')],
    file: ['X', 'x_', 'y'],
    expected: /input x matches several fields, "X", "x_"/,
  },
  {
    name: 'a field that may be two columns',
    inputs: vector(1),
    file: ['X', 'x_', 'y'],
    fields: ['x'],
    expected: /^--fields x matches several columns: "X", "x_"/,
  },
  { name: 'the only input, the only column', inputs: [scalar('x')], file: ['y'], expected: ['y'] },
]

for (const { name, inputs, file, fields, expected } of cases) {
  test(name, () => {
    const outline = typeof file === 'number' ? { header: undefined, width: file } : { header: file, width: file.length }
    if (expected instanceof RegExp) {
      const code = expected.source.startsWith('^--fields') ? 'CONFIG_INVALID' : 'MODEL_INPUT_MISMATCH'
      assert.throws(
        () => scoreColumns(inputs, outline, fields),
        (error: SluiceError) => error.code === code && expected.test(error.message),
      )
    } else {
      assert.equal(
        scoreColumns(inputs, outline, fields).specs.map(spec => spec.name),
        expected,
      )
    }
  })
}

test('without a header, columns are found by position', () => {
  assert.equal(scoreColumns([scalar('pH'), scalar('citric acid')], { header: undefined, width: 12 }, undefined), {
    specs: [
      { name: 'pH', kind: 'number' },
      { name: 'citric_acid', kind: 'number' },
    ],
    places: [8, 2],
  })
})

test('a column is text if its input is text', () => {
  assert.equal(scoreColumns(named, { header: ['pH', 'colour'], width: 2 }, undefined).specs, [
    { name: 'colour', kind: 'text' },
    { name: 'pH', kind: 'number' },
  ])
  assert.equal(scoreColumns(vector(1, 'string'), { header: ['word'], width: 1 }, undefined).specs, [{ name: 'word', kind: 'text' }])
})

test.run()
