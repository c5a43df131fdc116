import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import type { MetricSample } from '../../topology/index.ts'
import { present, type ServingDriver, shiftedSum, wine, withServing } from './serving-driver.ts'
import { ruleBytes, ruleFactory, ruleReader, ruleRecord } from './rule-model.ts'

const test = suite('serving metrics')

const samplesOf = (serving: ServingDriver, name: string): readonly MetricSample[] =>
  present(serving.driver.metrics.families().find(family => family.name === name)).samples

/** The series that say anything. */
const counted = (serving: ServingDriver, name: string): (readonly [string, number])[] =>
  samplesOf(serving, name).flatMap(({ labels, value, buckets }) => {
    const count = buckets === undefined ? value : buckets.reduce((sum, each) => sum + each, 0)
    return count === 0 ? [] : [[labels.join(' '), count] as const]
  })

test('results are counted by model, version and status; one call for each run and data type', () =>
  withServing(async serving => {
    await serving.send(wine('a', 1), wine('b', 1), wine('a', 2))
    await serving.publish({ dataType: 'a', name: 'sum', bytes: shiftedSum(1) })
    await serving.send(wine('a', 1), wine('b', 1), wine('a', 2))
    await serving.publish({ dataType: 'a', name: 'sum', bytes: shiftedSum(2) })
    await serving.send(wine('a', 1))
    assert.equal(counted(serving, 'sluice_results_total'), [
      ['a  0 NO_MODEL', 2],
      ['b  0 NO_MODEL', 2],
      ['a sum 1 OK', 2],
      ['a sum 2 OK', 1],
    ])
    assert.equal(counted(serving, 'sluice_score_seconds'), [
      ['a sum 1', 1],
      ['a sum 2', 1],
    ])
    assert.equal(counted(serving, 'sluice_serving_model_version'), [['0_0 a sum', 2]])
  }))

test('failures and missing results of a model are distinguished', () =>
  withServing(
    async serving => {
      await serving.publish({ dataType: 'a', name: 'rule', bytes: ruleBytes({ factor: 1 }) })
      await serving.send(...[1, -1, 2, 0].map(x => ruleRecord('a', x)))
      assert.equal(counted(serving, 'sluice_results_total'), [
        ['a rule 1 OK', 2],
        ['a rule 1 NO_RESULT', 1],
        ['a rule 1 FAILED', 1],
      ])
    },
    { factory: ruleFactory(), reader: ruleReader() },
  ))

test('loads, refusals and changes of the model are counted; the same model again is a cache hit', () =>
  withServing(async serving => {
    const bytes = shiftedSum(1)
    await serving.publish({ dataType: 'a', name: 'one', bytes })
    await serving.publish({ dataType: 'b', name: 'one', bytes })
    await serving.publish({ dataType: 'a', name: 'broken', bytes: Buffer.from('no model') })
    await serving.publish({ dataType: 'a', name: 'other', bytes, sha256: Buffer.alloc(32, 1) })
    const loads = new Map(counted(serving, 'sluice_model_loads_total'))
    assert.equal([loads.get('trial loaded'), loads.get('trial failed')], [1, 1])
    assert.is(new Map(counted(serving, 'sluice_model_load_seconds')).get('trial'), 2)
    assert.equal(counted(serving, 'sluice_model_cache_hits_total'), [['trial', 1]])
    assert.equal(counted(serving, 'sluice_model_swap_seconds'), [['', 2]])
    const refused = new Map(counted(serving, 'sluice_model_refusals_total'))
    assert.is(refused.get('MODEL_HASH_MISMATCH'), 1)
    assert.is(
      [...refused.values()].reduce((sum, each) => sum + each, 0),
      2,
    )
    assert.is(serving.deadLetters().length, 2)
  }))

test('any number of data types does not displace the series of those with a model', () =>
  withServing(async serving => {
    for (let at = 0; at < 1200; at++) await serving.send(wine(`type-${at}`, 1))
    const unknown = counted(serving, 'sluice_results_total')
    assert.is(unknown.length, 17)
    assert.is(new Map(unknown).get('other  0 NO_MODEL'), 1200 - 16)
    await serving.publish({ dataType: 'late', name: 'sum', bytes: shiftedSum(1) })
    await serving.send(wine('late', 1))
    assert.is(new Map(counted(serving, 'sluice_results_total')).get('late sum 1 OK'), 1)
  }))

test('any number of shadows does not displace the series of a champion that comes after them', () =>
  withServing(async serving => {
    const ended = 350
    await serving.publish({ dataType: 'a', name: 'first', bytes: shiftedSum(1) })
    for (let at = 0; at < ended; at++) {
      await serving.publish({ dataType: 'a', name: 'shadow', bytes: shiftedSum(2 + at), role: { role: sluice.ModelRole.SHADOW } })
      await serving.sendAndWait(wine('a', 1))
      await serving.driver.advanceWallClockTime(20)
      await serving.control('a', { setPolicy: {} })
    }
    await serving.publish({ dataType: 'a', name: 'last', bytes: shiftedSum(1000) })
    await serving.send(wine('a', 1))
    const results = new Map(counted(serving, 'sluice_results_total'))
    assert.is(results.get('a first 1 OK'), ended)
    assert.is(results.get(`a last ${ended + 2} OK`), 1)
    assert.is(
      [...results].reduce((sum, [labels, count]) => (/^(?:a shadow|other) /.test(labels) ? sum + count : sum), 0),
      ended,
    )
  }))

test('the versions of a task that is revoked are no longer exported', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'a', name: 'sum', bytes: shiftedSum(1) })
    await serving.send(wine('a', 1))
    assert.is(samplesOf(serving, 'sluice_serving_model_version').length, 1)
    await serving.publish({ dataType: 'a', name: 'renamed', bytes: shiftedSum(2) })
    await serving.send(wine('a', 1))
    assert.equal(counted(serving, 'sluice_serving_model_version'), [['0_0 a renamed', 2]])
    await serving.driver.close()
    assert.equal(samplesOf(serving, 'sluice_serving_model_version'), [])
  }))

test.run()
