import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { plainFields, storedFields } from '../../../stores/models/model-field.ts'

const test = suite('fields between models, as they are stored')
const numbers = (...names: readonly string[]): { readonly name: string; readonly kind: 'number' }[] =>
  names.map(name => ({ name, kind: 'number' }))

test('those of one output that follow each other are one', () => {
  const fields = numbers(...Array.from({ length: 4096 }, (_, at) => `e[${at}]`))
  assert.equal(storedFields(fields), [{ name: 'e', text: false, count: 4096, from: 0 }])
  assert.equal(plainFields(storedFields(fields)), fields)
})

for (const [what, fields, count] of [
  ['a gap', numbers('e[0]', 'e[1]', 'e[3]', 'e[4]', 'y'), 3],
  ['another kind', [...numbers('e[0]'), { name: 'e[1]', kind: 'text' }], 2],
  ['another order', numbers('e[1]', 'e[0]'), 2],
  ['numbers that are written otherwise', numbers('e[01]', 'e[2]', 'e[00]', 'e[1]', 'e[-1]', 'e[0]'), 6],
  ['names in names', numbers('e[0][0]', 'e[0][1]', '[0]', '[1]', '', '[]'), 4],
  ['none', [], 0],
] as const)
  test(`with ${what} they come back as they were`, () => {
    const stored = storedFields(fields)
    assert.is(stored.length, count)
    assert.equal(plainFields(stored), fields)
  })

test.run()
