import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RowDigest } from '../../../stores/rows/row-digest.ts'

const test = suite('row digest')

const digestOf = (rows: readonly (readonly [string, string])[]): RowDigest => {
  const digest = new RowDigest()
  for (const [key, value] of rows) digest.add(Buffer.from(key), Buffer.from(value))
  return digest
}

for (const [name, length] of [
  ['short', 1],
  ['long', 400],
] as const) {
  const value = (text: string): string => text.padEnd(length, '.')
  const rows = [
    ['a', value('1')],
    ['b', value('1')],
    ['c', value('2')],
  ] as const

  test(`the order of ${name} rows does not matter`, () => {
    assert.ok(digestOf(rows).equals(digestOf([...rows].reverse())))
  })

  test(`removed ${name} rows do not affect the digest`, () => {
    const digest = digestOf([...rows, ['d', value('9')]])
    digest.remove(Buffer.from('d'), Buffer.from(value('9')))
    assert.ok(digest.equals(digestOf(rows)))
  })

  test(`the same change of two ${name} rows does not cancel out`, () => {
    const stale = [['a', value('0')], ['b', value('0')], rows[2]] as const
    assert.not(digestOf(rows).equals(digestOf(stale)))
  })

  test(`swapped values of ${name} rows change the digest`, () => {
    assert.not(digestOf(rows).equals(digestOf([['a', value('2')], rows[1], ['c', value('1')]])))
  })
}

test('bytes that move from key to value change the digest', () => {
  assert.not(digestOf([['ab', 'c']]).equals(digestOf([['a', 'bc']])))
})

test.run()
