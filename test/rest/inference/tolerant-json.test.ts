import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../base/sluice-error.ts'
import { parseTolerant } from '../../../rest/inference/tolerant-json.ts'
import { processorMs } from '../../support/processor-time.ts'

const test = suite('tolerant JSON')

/** As JSON.parse has it: without exact numbers. */
function rounded(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(rounded)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, rounded(each)]))
}

test('any JSON is read as JSON.parse reads it, also by the tolerant reader', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const text = JSON.stringify(value)
      assert.equal(rounded(parseTolerant(text)), JSON.parse(text))
      // A bare NaN makes JSON.parse give up.
      assert.equal(rounded(parseTolerant(`[NaN, ${text}]`)), [NaN, JSON.parse(text)])
    }),
  )
})

test('bare NaN and infinities are numbers; inside text they are text', () => {
  assert.equal(parseTolerant('[NaN, -Infinity ,Infinity, "NaN, Infinity", "a\\"NaN"]'), [
    NaN,
    -Infinity,
    Infinity,
    'NaN, Infinity',
    'a"NaN',
  ])
})

test('integers that a double cannot hold are exact', () => {
  assert.equal(parseTolerant('{"data":[9007199254740993,-9223372036854775808,1,9007199254740991]}'), {
    data: [9007199254740993n, -9223372036854775808n, 1, 9007199254740991],
  })
  assert.equal(parseTolerant('[0.1234567890123456, 1e20, "12345678901234567890"]'), [0.1234567890123456, 1e20, '12345678901234567890'])
})

test('a byte order mark is accepted only before the JSON', () => {
  assert.equal(parseTolerant('\ufeff{"a":[1]}'), { a: [1] })
  assert.equal(parseTolerant('\ufeff [NaN, "\ufeff"]'), [NaN, '\ufeff'])
  for (const text of ['[\ufeff1]', '\ufeff\ufeff[]', '[1]\ufeff'])
    assert.throws(
      () => parseTolerant(text),
      (error: unknown) => error instanceof SluiceError && error.code === 'INPUT_INVALID',
    )
})

test('numbers of any length are read or refused', () => {
  assert.is(parseTolerant('1234567890123456.5'), 1234567890123456.5)
  assert.is(parseTolerant('12345678901234567e3'), 12345678901234567e3)
  assert.is(parseTolerant('-12345678901234567'), -12345678901234567n)
  assert.is(parseTolerant(`1${'0'.repeat(400)}`), 10n ** 400n)
  for (const digits of [1e4, 1e6, 9e6])
    for (const [before, after] of [
      ['', ''],
      ['-', ''],
      ['[NaN, 0.', ']'],
      ['[NaN, 1e', ']'],
      ['{"a": ', '}'],
    ])
      assert.throws(
        () => parseTolerant(before + '7'.repeat(digits) + after),
        (error: unknown) =>
          error instanceof SluiceError && error.code === 'INPUT_INVALID' && /^the number at position \d+ has/.test(error.message),
      )
})

test('JSON is refused as too deep before it is parsed', async () => {
  for (const levels of [65, 100_000, 8_000_000])
    for (const text of ['['.repeat(levels), `${'['.repeat(levels)}${']'.repeat(levels)}`]) {
      const took = await processorMs(() =>
        assert.throws(
          () => parseTolerant(text),
          (error: unknown) => error instanceof SluiceError && /nested deeper than 64 levels/.test(error.message),
        ),
      )
      assert.ok(took < 500, `${took} ms`)
    }
})

for (const text of [
  '',
  '{',
  '[1,]',
  '{"a" 1}',
  '[NaN',
  '"a',
  '[1] 2',
  '{"a":nan}',
  '[01]',
  '\u0000',
  '[+1]',
  `${'['.repeat(200)}NaN`,
  '"\n" NaN',
]) {
  test(`refuses ${JSON.stringify(text.slice(0, 20))}`, () => {
    assert.throws(
      () => parseTolerant(text),
      (error: unknown) => error instanceof SluiceError && error.code === 'INPUT_INVALID',
    )
  })
}

test.run()
