import { randomBytes } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../../proto/messages.js'
import { modelPieces, modelRecord as publishedRecord, type ModelPieceRecord, recordsThatFit } from '../../../serving/index.ts'
import { CHUNK_BYTES } from '../../../stores/index.ts'
import { modelRecord, present, type ServingDriver, sha256Of, shiftedSum, wine, withServing } from '../serving-driver.ts'
import { modelProto } from '../../../models/onnx/proto/onnx-schema.ts'

/** A model of the sum and `shift` with so many bytes that nothing reads: an unused weight. */
function padded(shift: number, bytes: number): Uint8Array {
  const model = modelProto.decode(shiftedSum(shift))
  const weight = { name: 'unused', data_type: 2, dims: [bytes], raw_data: randomBytes(bytes) }
  return modelProto.encode({ ...model, graph: { ...model.graph, initializer: [...(model.graph?.initializer ?? []), weight] } })
}

const large = padded(1, 3 * CHUNK_BYTES)
const pieces = modelPieces(modelRecord({ name: 'large', dataType: 'wine', bytes: large }))
const brief = (serving: ServingDriver): unknown[] => serving.results().map(({ status, modelName, score }) => [status, modelName, score])

async function pipe(serving: ServingDriver, records: readonly ModelPieceRecord[]): Promise<void> {
  for (const record of records) await serving.driver.pipe('models', record)
}

const inPieces = suite('models in pieces')

inPieces('each piece fits in a record and has its own key', () => {
  assert.is(pieces.length, 5)
  for (const { value } of pieces) assert.ok(value.length < CHUNK_BYTES + 200)
  assert.is(new Set(pieces.map(({ key }) => Buffer.from(key).toString())).size, 5)
  assert.is(Buffer.from(pieces.at(-1)?.key ?? []).toString(), 'wine')
})

inPieces('the record that closes the pieces says all that the model record says', () => {
  const said = {
    name: 'large',
    dataType: 'wine',
    effectiveFrom: 77,
    publishedBy: 'ana',
    role: { role: 1, weight: 0.5 },
    parameters: { depth: '3' },
    signature: Buffer.from('signed'),
  }
  const closing = sluice.ModelDescriptor.decode(modelPieces(modelRecord({ ...said, bytes: large })).at(-1)?.value ?? new Uint8Array())
  const { effectiveFrom, publishedBy, role, parameters, signature, pieces: count } = closing
  assert.is(Buffer.from(signature).toString(), 'signed')
  assert.equal([`${effectiveFrom}`, publishedBy, role?.weight, parameters['depth'], count], ['77', 'ana', 0.5, '3', 4])
})

inPieces('a record with a location that is too large is not advised to use a location', () => {
  const record = publishedRecord({ name: 'm', dataType: 'wine', bytes: undefined, location: '/models/m.onnx', type: 'ONNX' })
  assert.throws(
    () => recordsThatFit(record, { topic: 'models', limit: 100 }),
    (error: Error) => /too small even for the model's location: raise the topic's max.message.bytes$/.test(error.message),
  )
})

inPieces('the joined pieces are the model: bytes, hash, and no rest of the upload', () =>
  withServing(async serving => {
    await pipe(serving, pieces.slice(0, -1))
    assert.equal([serving.store.state('wine'), serving.store.uploads.length], [undefined, 1])
    await serving.driver.commit()
    await pipe(serving, pieces.slice(-1))
    await serving.send(wine('wine', 5))
    assert.equal(brief(serving), [['OK', 'large', 6]])
    const version = present(serving.store.state('wine')?.versions[0])
    assert.equal([Buffer.from(version.hash).toString('hex'), version.size], [sha256Of(large), large.length])
    assert.equal(Buffer.from(serving.store.bytesOf(version.hash) ?? []), Buffer.from(large))
    assert.equal(serving.store.uploads, [])
    assert.equal(serving.deadLetters(), [])
  }),
)

inPieces('pieces may come in any order, twice, and mixed with those of another model', () =>
  withServing(async serving => {
    const other = modelPieces(modelRecord({ name: 'other', dataType: 'b', bytes: padded(2, CHUNK_BYTES) }))
    const [first, second] = [pieces.slice(0, -1).toReversed(), other.slice(0, -1)]
    await pipe(serving, [...first, ...second, ...first, ...pieces.slice(-1), ...other.slice(-1)])
    await serving.send(wine('wine', 5), wine('b', 5))
    assert.equal(brief(serving), [
      ['OK', 'large', 6],
      ['OK', 'other', 7],
    ])
    await pipe(serving, pieces)
    assert.equal([serving.store.state('wine')?.current, serving.store.uploads], [2, []], 'known pieces are not kept again')
  }),
)

inPieces('a missing, changed or contradictory piece: a dead letter, and the other pieces are dropped', () =>
  withServing(async serving => {
    await pipe(serving, pieces.slice(1))
    assert.match(serving.deadLetters()[0]?.message ?? '', /"large" for data type "wine" is refused: 1 of its 4 pieces are missing/)
    assert.equal(serving.store.uploads, [])
    const swapped = Buffer.from(present(pieces[0]).value)
    swapped[400] = ~(swapped[400] as number)
    await pipe(serving, [{ key: Buffer.from('x'), value: swapped }, ...pieces.slice(1)])
    assert.is(serving.deadLetters()[0]?.code, 'MODEL_HASH_MISMATCH')
    await pipe(serving, [present(pieces.at(-1))])
    assert.match(serving.deadLetters()[0]?.message ?? '', /none of its pieces is in the store/)
    assert.equal([serving.store.state('wine')?.current, serving.store.uploads], [0, []])
  }),
)

inPieces('pieces of a model that is too large are refused; what is only claimed takes no room', () =>
  withServing(async serving => {
    const piece = (size: number, sha: number): Uint8Array =>
      modelRecord({
        dataType: 'wine',
        bytes: large.subarray(0, CHUNK_BYTES),
        piece: { sha256: Buffer.alloc(32, sha), index: 0, count: Math.ceil(size / CHUNK_BYTES), size },
      })
    const most = 64 * 1024 * 1024
    for (const value of [piece(most + 1, 1), ...[2, 3, 4, 5, 6].map(sha => piece(most, sha))])
      await serving.driver.pipe('models', { value })
    assert.equal(
      serving.deadLetters().map(({ code }) => code),
      ['MODEL_TOO_LARGE'],
    )
    assert.is(serving.store.uploads.length, 5)
  }),
)

inPieces('a model whose closing record never comes expires with a dead letter', () =>
  withServing(async serving => {
    await pipe(serving, pieces.slice(0, 2))
    await serving.driver.advanceWallClockTime(9 * 60_000)
    assert.is(serving.store.uploads.length, 1)
    await serving.driver.advanceWallClockTime(2 * 60_000)
    assert.equal(serving.store.uploads, [])
    const [letter, ...more] = serving.deadLetters()
    assert.equal([letter?.code, more.length], ['MODEL_LOAD_FAILED', 0])
    assert.match(
      letter?.message ?? '',
      /2 of 4 pieces of model [0-9a-f]{64} for data type "wine" arrived, but not the record that closes it/,
    )
  }),
)

inPieces.run()
