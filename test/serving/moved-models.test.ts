import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modelPieces } from '../../serving/index.ts'
import type { TestRecord } from '../../topology/index.ts'
import { modelRecord, type ServingDriver, shiftedSum, wine, withServing } from './serving-driver.ts'

const moved = suite('model records on another partition than their data type')

/** Every record of the models topic that the application wrote. */
const written = (serving: ServingDriver): unknown[] =>
  serving.driver
    .read('models')
    .map(({ key, timestamp, headers }) => [
      key === null ? null : Buffer.from(key).toString(),
      timestamp,
      String(headers?.['sluice.moved.from']),
    ])
const publish = (serving: ServingDriver, key: TestRecord['key'], shift: number, more: Partial<TestRecord> = {}): Promise<void> =>
  serving.driver.pipe('models', {
    key: key ?? null,
    value: modelRecord({ dataType: 'wine', name: `m${shift}`, bytes: shiftedSum(shift) }),
    ...more,
  })

for (const join of ['keyed', 'broadcast'] as const) {
  moved(
    `${join}: without a key, and with a key that is not the data type: written again under the right one, once, and applied only there`,
    () =>
      withServing(
        async serving => {
          await publish(serving, null, 1, { timestamp: 7, headers: { who: 'a trainer' } })
          await publish(serving, 'some model', 2, { timestamp: 8 })
          await publish(serving, 'wine', 3, { timestamp: 9 })
          assert.equal(written(serving), [
            ['wine', 7, 'models-0@0'],
            ['wine', 8, 'models-0@2'],
          ])
          assert.equal(
            serving.store.state('wine')?.versions.map(({ version, name, offset, movedFrom }) => [version, name, offset, movedFrom]),
            [
              [1, 'm1', 1, { partition: 0, offset: 0 }],
              [2, 'm2', 3, { partition: 0, offset: 2 }],
              [3, 'm3', 4, undefined],
            ],
          )
          await serving.send(wine('wine', 1))
          assert.equal(
            serving.results().map(({ status, modelVersion, score }) => [status, modelVersion, score]),
            [['OK', 3, 4]],
          )
          assert.equal(serving.deadLetters(), [])
          assert.equal(
            serving.driver.logs.filter(({ level }) => level === 'warn').map(({ fields }) => fields['reason']),
            ['it has no key', 'its key is not the data type'],
          )
        },
        { join },
      ),
  )

  moved(`${join}: a second copy of a moved model makes no version`, () =>
    withServing(
      async serving => {
        await publish(serving, null, 1)
        const headers = { 'sluice.moved.from': 'models-0@0' }
        await publish(serving, 'wine', 1, { headers })
        assert.is(serving.store.state('wine')?.latest, 1)
        assert.equal(serving.deadLetters(), [])
      },
      { join },
    ),
  )

  moved(`${join}: a model in pieces is moved piece by piece`, () =>
    withServing(
      async serving => {
        const bytes = Buffer.concat([shiftedSum(5), unread(700 * 1024)])
        for (const { value } of modelPieces(modelRecord({ dataType: 'wine', name: 'long', bytes })))
          await serving.driver.pipe('models', { key: null, value })
        assert.equal(
          written(serving).map(record => (record as unknown[])[0]),
          ['wine/piece/0', 'wine/piece/1', 'wine'],
        )
        assert.equal([serving.store.state('wine')?.latest, serving.store.uploads.length, serving.deadLetters()], [1, 0, []])
        await serving.send(wine('wine', 1))
        assert.equal(serving.results()[0]?.score, 6)
      },
      { join },
    ),
  )

  moved(`${join}: a model that is too large for an uncompressed record is moved in pieces`, () =>
    withServing(
      async serving => {
        const bytes = Buffer.concat([shiftedSum(5), unread(1200 * 1024)])
        await serving.driver.pipe('models', { key: null, value: modelRecord({ dataType: 'wine', name: 'long', bytes }) })
        assert.equal(written(serving).length, 4)
        assert.equal(
          serving.store.state('wine')?.versions.map(({ version, name, size, movedFrom }) => [version, name, size, movedFrom]),
          [[1, 'long', bytes.length, { partition: 0, offset: 0 }]],
        )
      },
      { join },
    ),
  )
}

moved('a second copy of a moved model that is refused is refused once', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'other', bytes: shiftedSum(1) })
    const value = modelRecord({ dataType: 'wine', name: 'bad', bytes: Buffer.from('no model') })
    const copy: TestRecord = { key: 'wine', value, headers: { 'sluice.moved.from': 'models-0@0' } }
    await serving.driver.pipeBatch('models', [copy, copy])
    await serving.driver.pipe('models', copy)
    assert.is(serving.deadLetters().length, 1)
    assert.equal(
      (await serving.events())
        .filter(({ dataType }) => dataType === 'wine')
        .map(({ event, record, sequence }) => [event, record?.offset, sequence]),
      [['refused', 1, 1]],
    )
  }),
)

moved('a moved model that is in the wrong partition again is a dead letter, not moved for ever', () =>
  withServing(async serving => {
    await publish(serving, null, 1, { headers: { 'sluice.moved.from': 'models-3@8' } })
    assert.equal(written(serving), [])
    const [letter] = serving.deadLetters()
    assert.is(letter?.code, 'RECORD_UNDECODABLE')
    assert.match(letter?.message ?? '', /moved here from models-3@8/)
  }),
)

/** What a stranger may write into the header; a moved record comes from partition 0 of the driver. */
const forged = [
  'models-0@9007199254740991',
  'models-0@99999999999999999',
  'models-0@-1',
  'models-0@x',
  'models-99999999999@7',
  'others-0@900',
  '',
]
for (const header of forged)
  for (const store of ['model', 'key-value', 'memory'] as const)
    moved(`${store}: a stranger's header ${header || 'without text'} keeps no other model from being moved and applied`, () =>
      withServing(
        async serving => {
          const headers = { 'sluice.moved.from': header }
          await publish(serving, 'wine', 1, { headers })
          // Refused, and a withdrawal: what is not applied leaves a trace too.
          await serving.driver.pipe('models', {
            key: 'wine',
            value: modelRecord({ dataType: 'wine', bytes: Buffer.from('none') }),
            headers,
          })
          await serving.driver.pipe('models', { key: 'wine', value: null, headers })
          await publish(serving, null, 2)
          await publish(serving, 'some model', 3)
          await serving.send(wine('wine', 1))
          assert.equal(
            serving.results().map(({ status, modelName, score }) => [status, modelName, score]),
            [['OK', 'm3', 4]],
          )
          assert.equal(
            serving.deadLetters().map(({ code }) => code),
            ['MODEL_UNKNOWN_FORMAT'],
          )
        },
        { store },
      ),
    )

moved('a record whose header is none of an application is moved like others', () =>
  withServing(async serving => {
    await publish(serving, null, 1, { timestamp: 7, headers: { 'sluice.moved.from': 'others-0@3' } })
    assert.equal(written(serving), [['wine', 7, 'models-0@0']])
    assert.equal([serving.store.state('wine')?.latest, serving.deadLetters()], [1, []])
  }),
)

moved('a claimed place does not pass over the model that is really there', () =>
  withServing(async serving => {
    await publish(serving, 'wine', 1, { headers: { 'sluice.moved.from': 'models-1@7' } })
    await publish(serving, 'wine', 2, { headers: { 'sluice.moved.from': 'models-1@7' } })
    await publish(serving, 'wine', 2, { headers: { 'sluice.moved.from': 'models-1@7' } })
    assert.equal(
      serving.store.state('wine')?.versions.map(({ name }) => name),
      ['m1', 'm2'],
    )
  }),
)

/** A field that ONNX's readers skip: makes a model longer. */
function unread(length: number): Uint8Array {
  const size: number[] = []
  for (let rest = length; ; rest >>>= 7) {
    size.push(rest >= 128 ? (rest & 127) | 128 : rest)
    if (rest < 128) break
  }
  return Buffer.concat([Buffer.from([0xfa, 0x06, ...size]), Buffer.alloc(length, 7)])
}

moved.run()
