import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/index.ts'
import { jsonSerde, stringSerde } from '../../records/serde.ts'

const test = suite('serdes')

const isFailure = (error: unknown): boolean => error instanceof SluiceError && error.code === 'PROCESSING_FAILED'

/** Of the object with a length, Buffer.from would make as many bytes, and take its time. */
for (const value of [undefined, null, 1, 1n, Symbol('s'), {}, [], [104, 105], { length: 2 ** 31 }, new Uint8Array(2)])
  test(`what is no text is not written as text: ${Array.isArray(value) ? 'a list' : typeof value}`, () => {
    assert.throws(() => stringSerde.serialize(value as never), isFailure)
  })

for (const value of [undefined, NaN, Infinity, -Infinity, () => 1, Symbol('s')])
  test(`what has no form in JSON is not written as JSON: ${String(value)}`, () => {
    assert.throws(() => jsonSerde().serialize(value), isFailure)
  })

test('JSON is written as deep as it is read, and no deeper', () => {
  const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)
  const json = jsonSerde()
  assert.equal(json.deserialize(json.serialize(nested(512))), nested(512))
  assert.throws(() => json.serialize(nested(513)), isFailure)
  assert.throws(
    () => json.deserialize(Buffer.from(JSON.stringify(nested(513)))),
    (error: unknown) => error instanceof SluiceError && error.code === 'RECORD_UNDECODABLE',
  )
})

test.run()
