import * as assert from 'uvu/assert'
import { suite } from 'uvu'
import { type ModelInput, checkInputs, explainMapping, mapFeatures } from '../../models/index.ts'
import type { ColumnSpec } from '../../records/column-batch.ts'
import type { SluiceError } from '../../base/sluice-error.ts'
import { specsOf } from './batches.ts'

const test = suite('features')

const scalar = (name: string, type: ModelInput['type'] = 'float32', required = true): ModelInput => ({ name, type, width: 1, required })
const vector = (width: number | undefined, type: ModelInput['type'] = 'float32'): ModelInput => ({
  name: 'features',
  type,
  width,
  required: true,
})
const specs = specsOf(['fixed_acidity', 'colour', 'pH', 'alcohol'], ['colour'])

function columns(inputs: readonly ModelInput[], of: readonly ColumnSpec[] = specs): (readonly number[])[] {
  return mapFeatures(inputs, of).inputs.map(mapped => mapped.columns)
}

test('inputs get the columns of their names', () => {
  const cases: [string, ModelInput[], number[][]][] = [
    ['by name, in any order', [scalar('alcohol'), scalar('fixed_acidity')], [[3], [0]]],
    ['by name without case, spaces and underscores', [scalar('Fixed Acidity'), scalar('P_H')], [[0], [2]]],
    ['a text', [scalar('colour', 'string'), scalar('pH')], [[1], [2]]],
    ['an optional input that there is not', [scalar('pH'), scalar('age', 'float32', false)], [[2], []]],
    ['the only input by name', [scalar('alcohol')], [[3]]],
    ['a vector of all numbers', [vector(3)], [[0, 2, 3]]],
    ['a vector of any width', [vector(undefined)], [[0, 2, 3]]],
    ['a vector of texts', [vector(1, 'string')], [[1]]],
    ['no inputs', [], []],
    ['optional inputs alone, none of which there is', [scalar('age', 'float32', false), scalar('size', 'string', false)], [[], []]],
    ['the only input, optional and not there', [scalar('age', 'float32', false)], [[]]],
    ['booleans and whole numbers are numbers', [scalar('pH', 'bool'), scalar('alcohol', 'int64')], [[2], [3]]],
  ]
  for (const [name, inputs, expected] of cases) assert.equal(columns(inputs), expected, name)
  assert.equal(columns([vector(1)], specsOf(['anything'])), [[0]])
})

test('converted models keep only letters, digits and underscores of a name', () => {
  const record = specsOf(['income ($)', 'x.y', 'Größe-cm', '1st', 'xy', '%'])
  assert.equal(columns([scalar('income____'), scalar('x_y'), scalar('_1st'), scalar('Größe_cm')], record), [[0], [4], [3], [2]])
  assert.equal(columns([scalar('x_y'), scalar('income____')], specsOf(['income ($)', 'x.y'])), [[1], [0]])
  assert.throws(() => columns([scalar('_'), scalar('1st')], record), /missing: _;/)
})

test('vectors of any width take all columns, or beside other inputs the column of their name', () => {
  const record = specsOf(['a[0]', 'b_1', 'a[1]', 'b_0', 'c', 'd', 'a[3]'])
  const open = (name: string): ModelInput => ({ name, type: 'float32', width: undefined, required: true })
  assert.equal(columns([open('a'), open('b'), open('c')], record), [[0, 2], [3, 1], [4]])
  assert.equal(columns([open('x'), open('c')], record), [[0, 1, 2, 3, 5, 6], [4]])
  assert.equal(columns([open('c')], record), [[0, 1, 2, 3, 4, 5, 6]])
  assert.throws(() => columns([open('x'), open('y'), open('a')], record), /of its 3 inputs x, y take several fields/)
})

test('tensors go to the inputs of their names, whatever the names of their columns', () => {
  const tensor = (name: string, shape: number[], names: string[], kind: ColumnSpec['kind'] = 'number'): ColumnSpec[] => {
    const of = { name, shape }
    return names.map(each => ({ name: each, kind, tensor: of }))
  }
  const image: ModelInput = { name: 'a', type: 'float32', width: undefined, shape: [undefined, 2], required: true }
  const given = [...tensor('b', [1], ['a_0']), ...tensor('a', [2, 2], ['a_0', 'a_1', 'a_2', 'a_3'])]
  const mapped = mapFeatures([image, scalar('b'), scalar('a_0', 'string', false)], given).inputs
  assert.equal(
    mapped.map(({ columns: own, shape }) => [own, shape]),
    [
      [
        [1, 2, 3, 4],
        [2, 2],
      ],
      [[0], [1]],
      [[], undefined],
    ],
  )
  assert.throws(() => mapFeatures([image], tensor('b', [1], ['a'])), /input a is missing/)
  assert.throws(
    () => mapFeatures([image], tensor('a', [2, 3], ['a', 'b', 'c', 'd', 'e', 'f'])),
    /input a does not take values of the shape \[2, 3\]/,
  )
  assert.throws(
    () => mapFeatures([image], tensor('a', [1, 2], ['a', 'b'], 'text')),
    /input a takes values of type float32, but is given text/,
  )
})

test('vectors beside other inputs: by the names of their elements, or one of them takes the remaining columns', () => {
  const record = specsOf(['b_1', 'age', 'a[0]', 'b_0', 'city', 'a[1]', 'sex'], ['city', 'sex'])
  const of = (name: string, width: number, type: ModelInput['type'] = 'float32'): ModelInput => ({ name, type, width, required: true })
  const age = scalar('age')
  assert.equal(columns([of('a', 2), of('B', 2)], record), [
    [2, 5],
    [3, 0],
  ])
  assert.equal(columns([of('b', 2)], record), [[3, 0]])
  assert.equal(columns([age, of('rest', 4)], record), [[1], [0, 2, 3, 5]])
  assert.equal(columns([of('rest', 2), of('a', 2), scalar('age:0')], record), [[0, 3], [2, 5], [1]])
  assert.equal(columns([of('words', 2, 'string'), age], record), [[4, 6], [1]])
  assert.equal(columns([of('word', 1, 'string'), of('pair', 4), age], specsOf(['word', 'p', 'q', 'r', 's', 'age'], ['word'])), [
    [0],
    [1, 2, 3, 4],
    [5],
  ])
  assert.throws(() => columns([age, of('rest', 3)], record), /input rest takes 3 number fields, the record has 4 that no other input takes/)
  assert.throws(
    () => columns([of('p', 2), of('q', 2)], record),
    /p, q take several fields, and the field names do not say which; name the fields p\[0\]/,
  )
})

test('of columns that differ only in case, spaces and underscores the one with the exact name is taken, otherwise none', () => {
  const alike = specsOf(['PH', 'pH', 'p_h', 'x'])
  assert.equal(columns([scalar('pH'), scalar('x')], alike), [[1], [3]])
  assert.equal(columns([scalar('p_h'), scalar('PH')], alike), [[2], [0]])
  assert.throws(
    () => columns([scalar('P h'), scalar('X')], alike),
    /input P h matches several fields, "PH", "pH", "p_h": give one of them exactly the input's name; the records have: PH, pH, p_h, x/,
  )
  // A column with exactly the name of another input belongs to that input.
  assert.equal(columns([scalar('P h'), scalar('PH'), scalar('pH')], alike), [[2], [0], [1]])
  assert.throws(() => columns([scalar('x_1'), scalar('x1')], specsOf(['x1', 'x'])), /missing: x_1;/)
  assert.throws(() => columns([scalar('x 1'), scalar('x_1')], specsOf(['x1'])), /field x1 matches the inputs x 1 and x_1: give the fields/)
  assert.throws(() => columns([scalar('x'), scalar('y')], specsOf(['x', 'x', 'y'])), /input x matches several fields, "x", "x"/)
  assert.equal(columns([scalar('x_1'), scalar('x:0')], specsOf(['x1', 'x_1', 'X', 'x'])), [[1], [3]])
  assert.throws(
    () => columns([scalar('a+b'), scalar('c')], specsOf(['a-b', 'a/b', 'c'])),
    /input a\+b matches several fields, "a-b", "a\/b"/,
  )
})

test('the elements of a vector by exact names first; names are equal however accents are encoded', () => {
  const of = (name: string, width: number): ModelInput => ({ name, type: 'float32', width, required: true })
  assert.equal(columns([of('x', 2), scalar('x_1')], specsOf(['x_1', 'x[0]', 'x[1]'])), [[1, 2], [0]])
  assert.equal(columns([of('x', 2), scalar('z')], specsOf(['x0', 'x_0', 'X1', 'z'])), [[1, 2], [3]])
  assert.throws(() => columns([of('x', 2), scalar('z')], specsOf(['X0', 'X_0', 'x1', 'z'])), /input x\[0\] matches several fields/)
  assert.equal(columns([scalar('Gr\u00f6\u00dfe')], specsOf(['a', 'Gro\u0308\u00dfe'])), [[1]])
})

test('the error for an input without a column names the columns', () => {
  const cases: [ModelInput[], RegExp][] = [
    [[scalar('age'), scalar('pH'), scalar('size')], /missing: age, size; the records have: fixed_acidity, colour \(text\), pH, alcohol$/],
    [[vector(4)], /input features takes 4 number fields, the record has 3/],
    [[vector(2)], /input features takes 2 number fields, the record has 3/],
    [[vector(2, 'string')], /takes 2 text fields, the record has 1/],
    [[scalar('age')], /input age is missing/],
    [[scalar('colour'), scalar('pH')], /colour should be a number, the field colour is a text/],
    [[scalar('pH', 'string'), scalar('alcohol')], /pH should be a text, the field pH is a number/],
    [[scalar('colour', 'float32', false), scalar('pH')], /colour should be a number, the field colour is a text/],
    [[scalar('colour', 'bool')], /colour should be a number, the field colour is a text/],
    [[vector(3), scalar('pH')], /input features takes 3 number fields, the record has 2 that no other input takes/],
  ]
  for (const [inputs, message] of cases) {
    assert.throws(
      () => checkInputs({ inputs }, specs),
      (error: SluiceError) => error.code === 'MODEL_INPUT_MISMATCH' && message.test(error.message),
      String(message),
    )
  }
  assert.throws(
    () => checkInputs({ inputs: [vector(undefined)] }, specsOf(['a'], ['a'])),
    /takes at least 1 number fields, the record has 0/,
  )
})

test('a mapping can be explained value by value', () => {
  assert.equal(explainMapping(mapFeatures([vector(3)], specs), specs), [
    { input: 'features', index: 0, type: 'float32', field: 'fixed_acidity' },
    { input: 'features', index: 1, type: 'float32', field: 'pH' },
    { input: 'features', index: 2, type: 'float32', field: 'alcohol' },
  ])
  assert.equal(explainMapping(mapFeatures([scalar('PH'), scalar('age', 'int64', false)], specs), specs), [
    { input: 'PH', index: 0, type: 'float32', field: 'pH' },
    { input: 'age', index: 0, type: 'int64', field: undefined },
  ])
})

test.run()
