import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { kills, slow } from './held-format.ts'
import { both, brief, withHeld } from './held-serving.ts'
import { limits } from '../../base/limits/index.ts'
import { shiftedSum, wine } from './serving-driver.ts'

const test = suite('a data type whose model runs in a process of its own does not hold up another one')

test('while its process, which a record killed, is started again: good records of the same run and of later ones are answered', () =>
  withHeld(async ({ serving, hold, release }) => {
    await hold('loads')
    await serving.send(...both(1, kills, 2))
    await serving.send(...both(3))
    await serving.driver.advanceWallClockTime(1000)
    await serving.send(...both(kills, 4))
    assert.equal(
      brief(serving.results()),
      [1, 3, 5, 7, 9, 11].map(offset => ['good', 'OK', offset]),
    )
    await release('loads')
    await serving.sendAndWait(...both(5))
    const results = brief(serving.results())
    assert.equal(
      results.filter(([type]) => type === 'good'),
      [['good', 'OK', 13]],
    )
    assert.equal(
      results.filter(([type]) => type === 'evil'),
      [0, 2, 4, 6, 8, 10, 12].map(offset => ['evil', offset === 2 || offset === 8 ? 'FAILED' : 'OK', offset]),
    )
  }))

test('a policy takes effect at the first record that it answers: not where records had to wait for its model, and others answered them', () =>
  withHeld(async ({ serving, replace, hold, release }) => {
    await serving.events()
    await hold('scores')
    await serving.send(wine('evil', slow), wine('evil', 1))
    await replace('later scores')
    await serving.sendAndWait()
    await release('scores')
    await serving.sendAndWait(wine('evil', 2))
    assert.equal(
      serving.results().map(({ status, modelVersion, inputOffset }) => [status, modelVersion, inputOffset]),
      [0, 1, 2].map(offset => ['OK', 2, offset]),
    )
    const events = (await serving.events()).filter(({ event, dataType }) => event === 'effective' && dataType === 'evil')
    assert.equal(
      events.map(({ champion, position }) => [champion, position?.offset]),
      [[2, 0]],
    )
  }))

test('a result that cannot be written takes none with it of the records that have waited, though some of them have to wait longer', () =>
  withHeld(async ({ serving, replace, hold, release }) => {
    await replace('later scores', 1000)
    await Promise.all(['scores', 'later scores'].map(hold))
    const large = { timestamp: 1, headers: { large: 'x'.repeat(2000) } }
    await serving.send(
      wine('evil', slow, { timestamp: 1 }),
      wine('evil', 1, large),
      wine('evil', 2, { timestamp: 1 }),
      wine('evil', slow, { timestamp: 1000 }),
    )
    await release('scores')
    for (let looks = 0; looks < 20; looks++) {
      await new Promise(resolve => setTimeout(resolve, 10))
      await serving.driver.advanceWallClockTime(20)
    }
    await release('later scores')
    await serving.sendAndWait()
    assert.equal(
      serving.results().map(({ status, modelVersion, inputOffset }) => [status, modelVersion, inputOffset]),
      [
        ['OK', 1, 0],
        ['OK', 1, 2],
        ['OK', 2, 3],
      ],
    )
    assert.equal(
      serving.deadLetters().map(({ code }) => code),
      ['RECORD_TOO_LARGE'],
    )
  }))

test('while it scores: later good records are answered, and its own in their order, once each', () =>
  withHeld(async ({ serving, hold, release }) => {
    await hold('scores')
    await serving.send(...both(1, slow, 2))
    await serving.send(...both(3))
    assert.equal(
      brief(serving.results()),
      [1, 3, 5, 7].map(offset => ['good', 'OK', offset]),
    )
    await release('scores')
    await serving.sendAndWait()
    await serving.sendAndWait(wine('evil', 4))
    assert.equal(
      serving.results().map(({ dataType, status, score, inputOffset }) => [dataType, status, score, inputOffset]),
      [1, slow, 2, 3, 4].map((alcohol, at) => ['evil', 'OK', alcohol, 2 * at]),
    )
  }))

test('until it is quarantined, by each record once, good records are answered between; nothing waits afterwards', () =>
  withHeld(async ({ serving, hold, release }) => {
    await hold('loads')
    await serving.send(...both(kills, 1, kills, 2))
    assert.equal(
      brief(serving.results()),
      [1, 3, 5, 7].map(offset => ['good', 'OK', offset]),
    )
    await release('loads')
    await serving.sendAndWait()
    const results = serving.results()
    assert.equal(
      brief(results),
      [0, 2, 4, 6].map(offset => ['evil', offset === 2 ? 'OK' : 'FAILED', offset]),
    )
    assert.match(results[3]?.error ?? '', /the model is quarantined: 2 records/)
    const total = serving.driver.metrics.families().find(({ name }) => name === 'sluice_model_kills_total')?.samples[0]?.value
    assert.is(total, 2)
    await serving.send(...both(5))
    assert.equal(brief(serving.results()), [
      ['evil', 'FAILED', 8],
      ['good', 'OK', 9],
    ])
  }, 2))

test('where as much waits as may, other data types wait until there is room again, and not until all that waits is scored', () =>
  withHeld(async ({ serving, hold, release }) => {
    const { most } = limits.waiting_records
    await hold('scores')
    for (let from = 0; from < most; from += 1000) await serving.send(...Array.from({ length: 1000 }, () => wine('evil', slow)))
    const sending = serving.send(wine('evil', 1), wine('good', 1))
    // The call under way ends; a later one does not.
    await release('scores')
    await new Promise(resolve => setTimeout(resolve, 30))
    await hold('scores')
    const late = new Promise(resolve => setTimeout(resolve, 4000, 'late'))
    assert.is.not(await Promise.race([sending, late]), 'late', 'the partition waits for more than it has to')
    const [before, during] = [serving.results(), most - 1000]
    assert.equal(
      before.filter(({ dataType }) => dataType === 'good').map(({ inputOffset }) => inputOffset),
      [most + 1],
    )
    assert.ok(before.length > 1 && before.length < during, `${before.length} are answered`)
    await release('scores')
    await serving.sendAndWait(wine('evil', 2))
    const offsets = [...before, ...serving.results()].filter(({ dataType }) => dataType === 'evil').map(({ inputOffset }) => inputOffset)
    assert.equal(
      offsets,
      [...Array(most + 3).keys()].filter(offset => offset !== most + 1),
    )
  }))

test('a version that takes over meanwhile scores what waits', () =>
  withHeld(async ({ serving, hold, release }) => {
    await hold('scores')
    await serving.send(wine('evil', 1), wine('evil', slow), wine('good', 1))
    await serving.publish({ dataType: 'evil', bytes: shiftedSum(1) })
    await serving.send(wine('evil', 2))
    await release('scores')
    await serving.sendAndWait()
    assert.equal(
      serving.results().map(({ dataType, modelVersion, score, inputOffset }) => [dataType, modelVersion, score, inputOffset]),
      [
        ['good', 1, 2, 2],
        ['evil', 2, 2, 0],
        ['evil', 2, slow + 1, 1],
        ['evil', 2, 3, 3],
      ],
    )
  }))

test.run()
