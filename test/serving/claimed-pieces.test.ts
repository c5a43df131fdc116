import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import { modelPieces } from '../../serving/index.ts'
import { CHUNK_BYTES } from '../../stores/index.ts'
import { modelRecord, type ServingDriver, shiftedSum, wine, withServing } from './serving-driver.ts'

const mebibyte = 1024 * 1024
const test = suite('pieces that claim more than comes')

/** The first pieces of a model that never comes as a whole. */
async function claim(
  serving: ServingDriver,
  dataType: string,
  { id, pieces, size }: { id: number; pieces: number; size: number },
): Promise<void> {
  const sha256 = createHash('sha256').update(`${dataType} ${id}`).digest()
  const count = Math.ceil(size / CHUNK_BYTES)
  for (let index = 0; index < pieces; index++) {
    const data = Buffer.alloc(Math.min(CHUNK_BYTES, size - index * CHUNK_BYTES))
    const value = sluice.ModelDescriptor.encode({ dataType, data, piece: { sha256, index, count, size } }).finish()
    await serving.driver.pipe('models', { key: `${dataType}/piece/${index}`, value })
  }
}

/** A model in pieces of another data type is taken. */
async function serves(serving: ServingDriver): Promise<void> {
  for (const { key, value } of modelPieces(modelRecord({ dataType: 'good', bytes: shiftedSum(1) })))
    await serving.driver.pipe('models', { key, value })
  await serving.send(wine('good', 5))
  assert.equal(
    serving.results().map(({ dataType, status, score }) => `${dataType} ${status} ${score}`),
    ['good OK 6'],
    serving
      .deadLetters()
      .map(({ message }) => message)
      .join('\n'),
  )
}

test('claims of 64 MB of which one piece each came block no other data type', () =>
  withServing(async serving => {
    for (let id = 0; id < 8; id++) await claim(serving, 'evil', { id, pieces: 1, size: 64 * mebibyte })
    assert.equal(serving.deadLetters(), [])
    await serves(serving)
  }))

test('pieces that come and are never closed block their own data type alone', () =>
  withServing(async serving => {
    for (let id = 0; id < 3; id++) await claim(serving, 'evil', { id, pieces: 127, size: 64 * mebibyte })
    const [letter] = serving.deadLetters()
    assert.is(letter?.code, 'MODEL_TOO_LARGE')
    assert.match(letter?.message ?? '', /at most 67108864 bytes each, 134217728 of a data type and 268435456 in total/)
    await serves(serving)
  }))

test('any number of small models that are never closed fills the room of their data type alone', () =>
  withServing(async serving => {
    for (let id = 0; id < 70; id++) await claim(serving, 'evil', { id, pieces: 1, size: 1 })
    const letters = serving.deadLetters()
    assert.equal([letters.length, letters[0]?.code], [6, 'MODEL_TOO_LARGE'])
    await serves(serving)
  }))

/** The only piece of a model, whose bytes are others than it claims. */
function pieceOf(claimed: Uint8Array, data: Uint8Array, dataType = 'good'): { readonly key: string; readonly value: Uint8Array } {
  const piece = { sha256: createHash('sha256').update(claimed).digest(), index: 0, count: 1, size: data.length }
  return { key: `${dataType}/piece/0`, value: sluice.ModelDescriptor.encode({ dataType, data, piece }).finish() }
}

const model = shiftedSum(1)
const nonsense = Buffer.alloc(model.length, 7)
const whole = { key: 'good', value: modelRecord({ dataType: 'good', bytes: model }) }

for (const [what, piece] of Object.entries({
  'of the same data type': pieceOf(model, nonsense),
  'of another data type': pieceOf(model, nonsense, 'evil'),
  'of more bytes than the model has': pieceOf(model, Buffer.alloc(model.length + 1)),
}))
  test(`a piece with other bytes than it claims, ${what}, comes before a model in one record: the model's own bytes are kept`, () =>
    withServing(async serving => {
      await serving.driver.pipeBatch('models', [piece, whole])
      assert.equal(serving.deadLetters(), [])
      const hash = createHash('sha256').update(model).digest()
      assert.equal(Buffer.from(serving.store.bytesOf(hash) ?? []), Buffer.from(model))
      assert.equal(serving.store.uploads, [])
      await serving.send(wine('good', 5))
      assert.is(serving.results()[0]?.score, 6)
    }))

test('a piece that claims to be a signature', () =>
  withServing(async serving => {
    const signature = Buffer.from('a signature')
    await serving.driver.pipeBatch('models', [pieceOf(signature, Buffer.alloc(signature.length))])
    await serving.publish({ dataType: 'good', bytes: model, signature })
    assert.equal(Buffer.from(serving.store.bytesOf(createHash('sha256').update(signature).digest()) ?? []), signature)
    assert.equal(serving.store.uploads, [])
  }))

test.run()
