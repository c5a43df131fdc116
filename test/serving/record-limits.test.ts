import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { countsBeyond, type LimitName, limits } from '../../base/limits/index.ts'
import { sluice } from '../../proto/messages.js'
import { SluiceError } from '../../base/index.ts'
import { modelRecord as publishedRecord } from '../../serving/publishing/index.ts'
import { checkDescriptorSize } from '../../serving/record-limits.ts'
import { processorMs } from '../support/processor-time.ts'
import { type ModelRecord, modelRecord, sha256Of, shiftedSum, wine, withServing } from './serving-driver.ts'

const first = shiftedSum(1)
const good: ModelRecord = { name: 'good', dataType: 'wine', modeltype: sluice.ModelDescriptor.ModelType.ONNX, bytes: first }
const text = (bytes: number): string => 'x'.repeat(bytes)
const counted = (limit: LimitName): number => new Map(countsBeyond()).get(limit) ?? 0

const test = suite('limits of what is kept of a record')

const fields: readonly (readonly [LimitName, string, Partial<ModelRecord>])[] = [
  ['data_type', 'the data type of the model has 257 bytes; at most 256', { dataType: text(257) }],
  ['data_type', 'the data type of the model has 258 bytes; at most 256', { dataType: 'é'.repeat(129) }],
  ['model_name', 'the name of the model has 257 bytes', { name: text(257) }],
  ['model_name', 'the output of the model has 257 bytes', { output: text(257) }],
  ['model_description', 'the description of the model has 900000 bytes; at most 16384', { description: text(900_000) }],
  ['model_hash', 'the SHA-256 of the model has 33 bytes', { sha256: new Uint8Array(33) }],
]
for (const [limit, message, more] of fields)
  test(`a model record is refused, counted and leaves no state: ${message}`, () =>
    withServing(async serving => {
      const before = counted(limit)
      await serving.publish({ ...good, ...more })
      const [letter] = serving.deadLetters()
      assert.is(letter?.code, 'RECORD_TOO_LARGE')
      assert.ok(letter?.message.includes(message), letter?.message)
      assert.is(counted(limit), before + 1)
      assert.equal(serving.store.states, [])
    }))

test('a location that is too long is refused', () =>
  withServing(async serving => {
    await serving.driver.pipe('models', { key: 'wine', value: modelRecord({ name: 'far', dataType: 'wine', location: text(4097) }) })
    assert.equal(
      serving.deadLetters().map(({ code }) => code),
      ['RECORD_TOO_LARGE'],
    )
  }))

test('a withdrawal of a data type whose name is too long is refused', () =>
  withServing(async serving => {
    await serving.driver.pipe('models', { key: text(257), value: null })
    assert.equal(
      serving.deadLetters().map(({ code }) => code),
      ['RECORD_TOO_LARGE'],
    )
  }))

test('a data record of such a data type becomes a dead letter, and the others of its run are answered', () =>
  withServing(async serving => {
    await serving.publish(good)
    const before = counted('data_type')
    await serving.send(wine('wine', 1), wine(text(257), 2), wine('wine', 3))
    assert.equal(
      serving.results().map(({ score, status }) => [score, status]),
      [
        [2, 'OK'],
        [4, 'OK'],
      ],
    )
    assert.equal(
      serving.deadLetters().map(({ code }) => code),
      ['RECORD_TOO_LARGE'],
    )
    assert.is(counted('data_type'), before + 1)
  }))

test('with every field as large as it may be, all kept versions fit into one row of a changelog', () =>
  withServing(async serving => {
    const longest = {
      dataType: text(limits.data_type.most),
      name: text(limits.model_name.most),
      description: text(limits.model_description.most),
      output: 'score',
    }
    for (let shift = 1; shift <= 12; shift++) {
      const bytes = shiftedSum(shift)
      await serving.publish({ ...good, ...longest, output: '', bytes, sha256: Buffer.from(sha256Of(bytes), 'hex') })
    }
    assert.equal(serving.deadLetters(), [])
    const state = serving.store.state(longest.dataType)
    const versions = state?.versions.length ?? 0
    const largest = versions * (limits.model_description.most + 2 * limits.model_name.most + limits.model_location.most + 200)
    assert.ok(versions > 1 && largest < 1_000_000, `${versions} versions of up to ${largest} bytes`)
  }))

test('a descriptor that would take long to decode is refused before it is decoded', () =>
  withServing(async serving => {
    const before = [counted('descriptor_fields'), counted('descriptor')]
    // Field 12, empty, 15 million times: 30 MB that pack to a few KB.
    const took = await processorMs(async () => {
      await serving.driver.pipe('models', { key: 'wine', value: Buffer.alloc(30_000_000, Buffer.from([0x62, 0x00])) })
      await serving.driver.pipe('models', { key: 'wine', value: Buffer.alloc(66 * 2 ** 20) })
    })
    assert.ok(took < 1000, `${took} ms`)
    assert.equal(
      serving.deadLetters().map(({ code }) => code),
      ['RECORD_TOO_LARGE', 'RECORD_TOO_LARGE'],
    )
    assert.equal(
      [counted('descriptor_fields'), counted('descriptor')],
      before.map(count => count + 1),
    )
  }))

test('a descriptor with 4,096 golden records, and with bytes that no field names, is decoded', () => {
  const golden = Array.from({ length: 4096 }, () => ({ record: new Uint8Array(3) }))
  const unknown = Buffer.from([0xfa, 0x07, 0x02, 0x01, 0x02])
  for (const more of [Buffer.alloc(0), unknown])
    assert.not.throws(() => checkDescriptorSize(Buffer.concat([modelRecord({ ...good, golden }), more])))
})

test('a data record of more than 4 MB becomes a dead letter before it is read', () =>
  withServing(async serving => {
    await serving.publish(good)
    await serving.send({ key: 'wine', value: Buffer.alloc(limits.data_record.most + 1) }, wine('wine', 3))
    assert.equal(
      serving.results().map(({ score }) => score),
      [4],
    )
    assert.equal(
      serving.deadLetters().map(({ code }) => code),
      ['RECORD_TOO_LARGE'],
    )
  }))

test('publishing refuses the same before anything is sent', () => {
  const model = { dataType: 'wine', name: text(257), bytes: first, location: undefined }
  assert.throws(
    () => publishedRecord(model),
    (error: unknown) => error instanceof SluiceError && error.code === 'RECORD_TOO_LARGE',
  )
})

test.run()
