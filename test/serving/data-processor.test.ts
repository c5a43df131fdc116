import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ServingOptions } from '../../serving/index.ts'
import { decodeResult, modelRecord, type Result, present, sha256Of, shiftedSum, wine, withServing } from './serving-driver.ts'
import { ruleBytes, ruleFactory, ruleReader, ruleRecord } from './rule-model.ts'

const garbage = Buffer.from([0x0a, 0xff])
const rules = (): Partial<ServingOptions> => ({ factory: ruleFactory(), reader: ruleReader() })
/** The short form: what made it, and what it says. */
const brief = ({ dataType, status, modelVersion, score }: Result): unknown[] => [dataType, status, modelVersion, score]

const scoring = suite('DataProcessor')

scoring('without a model every record gets a result that says so', () =>
  withServing(async serving => {
    await serving.send(wine('a', 1, { timestamp: 7 }), wine('b', 2, { timestamp: 8 }))
    const none = {
      modelName: '',
      modelVersion: 0,
      score: 0,
      status: 'NO_MODEL',
      label: '',
      outputs: [],
      modelHash: '',
      inputPartition: 0,
      error: '',
      role: 'CHAMPION',
      policy: 0,
      modelPartition: 0,
      modelOffset: 0,
    }
    assert.equal(serving.results(), [
      { ...none, dataType: 'a', timestamp: 7, inputOffset: 0 },
      { ...none, dataType: 'b', timestamp: 8, inputOffset: 1 },
    ])
    assert.is(serving.models.size, 0)
  }),
)

scoring('a model that arrives between two records scores the second and later ones', () =>
  withServing(async serving => {
    await serving.send(wine('a', 1))
    for (const shift of [10, 20]) {
      await serving.publish({ dataType: 'a', bytes: shiftedSum(shift) })
      await serving.send(wine('a', 1))
    }
    assert.equal(serving.results().map(brief), [
      ['a', 'NO_MODEL', 0, 0],
      ['a', 'OK', 1, 11],
      ['a', 'OK', 2, 21],
    ])
  }),
)

scoring('a result names its origin, and has the key, time and headers of its record', () =>
  withServing(async serving => {
    const bytes = shiftedSum(5)
    await serving.publish({ dataType: 'a', name: 'sum', bytes })
    await serving.send(
      wine('a', 1),
      wine('a', 2, { key: 'other', timestamp: 2 ** 40, headers: { trace: 'abc', twice: ['x', Buffer.from('y')] } }),
    )
    const [, record] = serving.driver.read('results')
    assert.equal([String(record?.key), record?.timestamp], ['other', 2 ** 40])
    assert.equal(record?.headers, { trace: 'abc', twice: ['x', Buffer.from('y')] })
    assert.equal(decodeResult(record?.value), {
      dataType: 'a',
      modelName: 'sum',
      modelVersion: 1,
      score: 7,
      timestamp: 2 ** 40,
      status: 'OK',
      label: '',
      outputs: [{ name: 'y', numbers: [7], texts: [] }],
      modelHash: sha256Of(bytes),
      inputPartition: 0,
      inputOffset: 1,
      error: '',
      role: 'CHAMPION',
      policy: 1,
      modelPartition: 0,
      modelOffset: 0,
    })
  }),
)

scoring('the data type is that in the record, else its key; without either the record is a dead letter', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'größe', bytes: shiftedSum(1) })
    await serving.send(
      wine('', 1, { key: 'größe' }),
      wine('größe', 2, { key: 'x' }),
      wine('größe', 3, { key: null }),
      wine('', 4),
      wine('', 5, { key: null }),
    )
    assert.equal(serving.results().map(brief), [
      ['größe', 'OK', 1, 2],
      ['größe', 'OK', 1, 3],
      ['größe', 'OK', 1, 4],
    ])
    assert.equal(
      serving.deadLetters().map(({ code, message }) => [code, message]),
      Array.from({ length: 2 }, () => ['RECORD_UNDECODABLE', 'the data record names no data type and has no key to take it from']),
    )
  }),
)

scoring('unreadable records are dead letters; the other records of the run get results in order', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'a', bytes: shiftedSum(0) })
    await serving.send({ key: 'a', value: garbage }, wine('a', 1), { key: 'a', value: null }, wine('a', 2), { key: 'a', value: garbage })
    assert.equal(
      serving.results().map(({ inputOffset, score }) => [inputOffset, score]),
      [
        [1, 1],
        [3, 2],
      ],
    )
    const letters = serving.deadLetters()
    assert.equal(
      letters.map(({ code, value }) => [code, value]),
      [
        ['RECORD_UNDECODABLE', garbage],
        ['RECORD_UNDECODABLE', null],
        ['RECORD_UNDECODABLE', garbage],
      ],
    )
    assert.match(letters[0]?.message ?? '', /not a WineRecord: /)
    assert.match(letters[1]?.message ?? '', /has no value/)
    await serving.send({ key: 'a', value: garbage })
    assert.is(serving.deadLetters().length, 1)
    assert.equal(serving.results(), [], 'a run of nothing but bad records')
  }),
)

scoring('records of several data types in one run get results in order, each from its model', () =>
  withServing(async serving => {
    const types = ['a', 'b', 'c', 'none']
    for (const [at, dataType] of types.slice(0, 3).entries()) await serving.publish({ dataType, bytes: shiftedSum(100 * at) })
    await serving.publish({ dataType: 'b', bytes: shiftedSum(1000) })
    const records = Array.from({ length: 50 }, (_, at) => wine(types[(at * 7) % 4] as string, at))
    await serving.send(...records)
    assert.equal(
      serving.results().map(result => [result.inputOffset, ...brief(result)]),
      records.map((_, at) => {
        const type = types[(at * 7) % 4] as string
        if (type === 'none') return [at, type, 'NO_MODEL', 0, 0]
        return [at, type, 'OK', type === 'b' ? 2 : 1, at + { a: 0, b: 1000, c: 200 }[type as 'a' | 'b' | 'c']]
      }),
    )
  }),
)

scoring('rows on which the model fails have the error as result; the others have scores', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'a', name: 'rule', bytes: ruleBytes({ factor: 10 }) })
    await serving.publish({ dataType: 'b', bytes: ruleBytes({ factor: 1, later: true }) })
    const rows = [
      ['a', 1],
      ['a', -2],
      ['b', 3],
      ['b', -4],
      ['a', 5],
    ] as const
    await serving.send(...rows.map(([type, x]) => ruleRecord(type, x)))
    const results = serving.results()
    assert.equal(
      results.map(result => [...brief(result), result.error]),
      [
        ['a', 'OK', 1, 10, ''],
        ['a', 'FAILED', 1, 0, 'it cannot take -2'],
        ['b', 'OK', 1, 3, ''],
        ['b', 'FAILED', 1, 0, 'it cannot take -4'],
        ['a', 'OK', 1, 50, ''],
      ],
    )
    const { modelName, modelHash, inputOffset, outputs, label } = present(results[1])
    assert.equal([modelName, modelHash, inputOffset], ['rule', sha256Of(ruleBytes({ factor: 10 })), 1], 'a failure has its lineage too')
    assert.equal([outputs, label], [[], ''])
    assert.equal(serving.deadLetters(), [])
    assert.is(serving.store.statistics('a')?.invocations, 2, 'a failure is no use of the model')
  }, rules()),
)

scoring('a row without a result has that status, and no score and no label', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'a', bytes: ruleBytes({ factor: 10 }) })
    await serving.send(ruleRecord('a', 20), ruleRecord('a', 0), ruleRecord('a', 2))
    assert.equal(
      serving.results().map(({ status, score, label }) => [status, score, label]),
      [
        ['OK', 200, 'large'],
        ['NO_RESULT', 0, ''],
        ['OK', 20, 'small'],
      ],
    )
  }, rules()),
)

scoring('outputs of several numbers and texts are given by name for each row', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'a', bytes: ruleBytes({ factor: 2 }) })
    await serving.send(ruleRecord('a', 1), ruleRecord('a', 4))
    assert.equal(
      serving.results().map(({ outputs }) => outputs),
      [
        [
          { name: 'pair', numbers: [1, 2], texts: [] },
          { name: 'words', numbers: [], texts: ['x 1', 'no word'] },
        ],
        [
          { name: 'pair', numbers: [4, 8], texts: [] },
          { name: 'words', numbers: [], texts: ['x 4', 'größ'] },
        ],
      ],
    )
  }, rules()),
)

scoring('invalid JSON records are dead letters with the reason', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'a', bytes: ruleBytes({ factor: 2 }) })
    const values = ['{"type":"a","x":1}', '{"type":"a","x":"1"}', '{"type":"a"', '[1]', '{"x":3,"more":[]}']
    await serving.send(...values.map(value => ({ key: 'a', value })))
    assert.equal(
      serving.results().map(({ inputOffset, score }) => [inputOffset, score]),
      [
        [0, 2],
        [4, 6],
      ],
    )
    const said = serving.deadLetters().map(({ message }) => message)
    assert.match(said[0] ?? '', /x should be a number, not "1"/)
    assert.match(said[1] ?? '', /not JSON/)
    assert.match(said[2] ?? '', /not a JSON object/)
    assert.is(said.length, 3)
  }, rules()),
)

scoring('a run of any length does not affect the next one', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'a', bytes: shiftedSum(0) })
    await serving.publish({ dataType: 'b', bytes: shiftedSum(0) })
    for (const length of [3, 1, 9, 2, 4096, 1]) {
      await serving.send(...Array.from({ length }, (_, at) => wine(at % 2 === 0 ? 'a' : 'b', at)))
      await serving.send({ key: 'a', value: modelRecordOfNoWine() })
      const results = serving.results()
      assert.equal(
        results.slice(0, -1).map(({ score }) => score),
        Array.from({ length }, (_, at) => at),
      )
      assert.is(results.at(-1)?.score, 0, 'a wine without any field')
    }
  }),
)

/** An empty message: every field at its default. */
function modelRecordOfNoWine(): Uint8Array {
  return modelRecord({})
}

scoring.run()
