import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseJson } from '../../../models/service/loose-json.ts'

const test = suite('loose json')

test('NaN and infinities are written as bare words; text is not changed', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['[1,"NaN"]', [1, 'NaN']],
    ['[NaN, Infinity, -Infinity, 1e3]', [null, Infinity, -Infinity, 1000]],
    ['{"NaN":NaN,"a":"Infinity \\" NaN","b":[-Infinity]}', { NaN: null, a: 'Infinity " NaN', b: [-Infinity] }],
  ]
  for (const [text, value] of cases) assert.equal(parseJson(text), value)
  for (const text of ['', '{', 'NaNs', '[Infinity', '"NaN', 'undefined'])
    assert.throws(
      () => parseJson(text),
      (error: Error) => error instanceof SyntaxError,
    )
})

test.run()
