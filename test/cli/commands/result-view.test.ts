import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lineOf, resultOf, timeOf } from '../../../cli/commands/result-view.ts'
import { toJson } from '../../../cli/output.ts'
import { sluice } from '../../../proto/messages.js'

const { ScoreResult } = sluice
const ok: sluice.ScoreResult.$Properties = {
  dataType: 'wine',
  modelName: 'first',
  modelVersion: 3,
  score: 5.25,
  timestamp: 1700000000000,
  label: '5',
  outputs: [{ name: 'p', numbers: [0.25, 0.75] }, { name: 'one', numbers: [7] }, { name: 'word', texts: ['good'] }, { name: 'none' }],
  modelHash: Buffer.from('00ff', 'hex'),
  inputPartition: 2,
  inputOffset: 41,
}

function viewOf(result: sluice.ScoreResult.$Properties): Record<string, unknown> {
  return resultOf({ partition: 1, offset: 9, key: Buffer.from('wine'), value: Buffer.from(ScoreResult.encode(result).finish()) })
}

const view = suite('a result as watch shows it')

view('all fields, numbers as numbers, the hash in hex', () => {
  assert.equal(viewOf(ok), {
    dataType: 'wine',
    modelName: 'first',
    modelVersion: 3,
    score: 5.25,
    timestamp: 1700000000000,
    status: 'OK',
    label: '5',
    outputs: { p: [0.25, 0.75], one: 7, word: 'good', none: [] },
    modelHash: '00ff',
    inputPartition: 2,
    inputOffset: 41,
    role: 'CHAMPION',
    policy: 0,
    modelPartition: 0,
    modelOffset: 0,
    error: '',
    partition: 1,
    offset: 9,
  })
})

for (const status of ['NO_MODEL', 'NO_RESULT', 'FAILED'] as const) {
  view(`${status}: no score, never 0`, () => {
    const found = viewOf({ dataType: 'wine', status: ScoreResult.Status[status], error: 'why' })
    assert.is(found['score'], null)
    assert.is(found['status'], status)
    assert.is(lineOf(found)['score'], '')
    assert.is(found['error'], 'why')
  })
}

view('a score that is zero or NaN is shown', () => {
  assert.is(viewOf({ dataType: 'wine' })['score'], 0)
  assert.match(toJson(viewOf({ ...ok, score: NaN })), '"score":"NaN"')
})

view('an unknown status is shown as its number', () => {
  assert.is(viewOf({ ...ok, status: 77 as unknown as sluice.ScoreResult.Status })['status'], '77')
})

view('a record that is no result is shown with its place and the error', () => {
  const broken = resultOf({ partition: 1, offset: 9, key: Buffer.from('k'), value: Buffer.from([0x0a, 0x7f, 0x01]) })
  assert.equal({ ...broken, undecodable: typeof broken['undecodable'] }, { key: 'k', undecodable: 'string', partition: 1, offset: 9 })
  assert.match(String(lineOf(broken)['error']), /^1@9 is not a result: /)
  assert.is(resultOf({ partition: 1, offset: 9, key: null, value: null })['undecodable'], 'the record has no value')
})

view('a line for a terminal', () => {
  assert.equal(lineOf(viewOf({ ...ok, score: 5.123456789 })), {
    time: '2023-11-14T22:13:20.000Z',
    dataType: 'wine',
    model: 'first',
    version: 3,
    status: 'OK',
    score: 5.123457,
    label: '5',
    input: '2@41',
    error: '',
  })
  assert.is(timeOf(8.7e15), '8700000000000000')
})

view.run()
