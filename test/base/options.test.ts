import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { choice, hostPort, integer, kafkaName, listOf, nearestName, shownValue, text } from '../../base/options/index.ts'

const near = suite('the nearest name')

const names = ['commitIntervalMs', 'guarantee', 'port', 'maxBatch', 'stateDir', 'exactly_once']
const meant: readonly (readonly [given: string, nearest: string | undefined])[] = [
  ['garantee', 'guarantee'],
  ['gaurantee', 'guarantee'],
  ['GUARANTEE', 'guarantee'],
  ['prot', 'port'],
  ['commit.interval.ms', 'commitIntervalMs'],
  ['commit-interval-ms', 'commitIntervalMs'],
  ['commitInterval', 'commitIntervalMs'],
  ['max_batch', 'maxBatch'],
  ['maxBatches', 'maxBatch'],
  ['exactly-once', 'exactly_once'],
  ['toString', undefined],
  ['x', undefined],
  ['', undefined],
  ['commitIntervalMs'.repeat(10_000), undefined],
]
for (const [given, nearest] of meant) near(given.slice(0, 30), () => assert.is(nearestName(given, names), nearest))

near('without names there is no nearest name', () => assert.is(nearestName('port', []), undefined))

near.run()

const shown = suite('a value in a message')

const values: readonly (readonly [value: unknown, text: string])[] = [
  ['text', '"text"'],
  ['two\nlines', '"two\\nlines"'],
  [NaN, 'NaN'],
  [-Infinity, '-Infinity'],
  [5n, '5'],
  [null, 'null'],
  [undefined, 'undefined'],
  [Symbol('s'), 'Symbol(s)'],
  [String, 'function String'],
  [() => 0, 'a function'],
  [[1, NaN, undefined, 2n], '[1,"NaN","undefined","2"]'],
  [{ a: { b: true } }, '{"a":{"b":true}}'],
  [new Map(), '{}'],
  ['x'.repeat(1e6), `"${'x'.repeat(199)}…`],
  [' '.repeat(1e6), `"${' '.repeat(199)}…`],
]
for (const [value, expected] of values) shown(expected.slice(0, 30), () => assert.is(shownValue(value), expected))

shown.run()

const kinds = suite('kinds of values')

kinds('a number as text is an integer in digits', () => {
  const count = integer(0, 10)
  assert.equal(
    ['7', '07', '10'].map(raw => count.parse(raw)),
    [7, 7, 10],
  )
  for (const raw of ['11', '-1', '1.0', '1e1', '0x1', ' 1', '', true, null, NaN]) assert.is(count.parse(raw), undefined, String(raw))
  assert.equal(
    [7, '7', 7.5, NaN].map(value => count.accepts(value)),
    [true, false, false, false],
  )
})

kinds('a list has at least one element, and each is valid', () => {
  const list = listOf(text, { allowed: '', allowedText: '', placeholder: '' })
  assert.equal(list.parse('a, b'), ['a', 'b'])
  for (const raw of ['', 'a,,b', [], ['a', 1], {}, null]) assert.is(list.parse(raw), undefined)
  for (const value of ['a', [], ['a', ''], Array(2)]) assert.is(list.accepts(value), false)
})

kinds('names, words and addresses', () => {
  for (const name of ['.', '..', '', 'a/b', 'a b', 'a\n', 'ä', 'x'.repeat(11)]) assert.is(kafkaName(10).accepts(name), false, name)
  for (const name of ['...', 'a.b_c-D', 'x'.repeat(10)]) assert.is(kafkaName(10).accepts(name), true, name)
  assert.is(choice(['a', 'b']).accepts('toString'), false)
  assert.equal(hostPort.parse('[::1]:80'), { host: '::1', port: 80 })
  for (const raw of ['h', 'h:0', 'h:65536', 'h:', ':1', '::1:80', 'a/b:1']) assert.is(hostPort.parse(raw), undefined, raw)
})

kinds.run()
