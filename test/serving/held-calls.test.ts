import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import { decodeResult, shiftedSum, wine, type ServingDriver } from './serving-driver.ts'
import { kills, slow } from './held-format.ts'
import { both, brief, type HeldServing, withHeld } from './held-serving.ts'

const test = suite('what comes between a call that takes long and its end')

/** Fails if the work takes longer than nothing of a held model may take. */
async function soon(work: Promise<unknown>, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} waits for the call`)), 4000)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** Looks until there are so many results. */
async function untilAnswered({ driver }: ServingDriver, count: number): Promise<ReturnType<typeof decodeResult>[]> {
  const results: ReturnType<typeof decodeResult>[] = []
  for (let looks = 0; looks < 2000 && results.length < count; looks++) {
    await new Promise(resolve => setTimeout(resolve, 10))
    await driver.advanceWallClockTime(20)
    results.push(...driver.read('results').map(({ value }) => decodeResult(value)))
  }
  return results
}

const closes = async ({ serving }: HeldServing): Promise<void> => soon(serving.driver.close(), 'the end of the task')

test('a task ends while its model scores', () =>
  withHeld(async held => {
    await held.hold('scores')
    await held.serving.send(...both(1, slow, 2))
    await closes(held)
  }))

test("a task ends while its model's process, which a record killed, is started again", () =>
  withHeld(async held => {
    await held.hold('loads')
    await held.serving.send(...both(1, kills, 2))
    await closes(held)
  }))

test('another version takes over, and scores what waits, while the call with the one before goes on', () =>
  withHeld(async ({ serving, hold }) => {
    await hold('scores')
    await serving.send(wine('evil', 1), wine('evil', slow))
    await serving.publish({ dataType: 'evil', bytes: shiftedSum(1) })
    await serving.send(wine('evil', 2))
    const results = await untilAnswered(serving, 3)
    assert.equal(
      results.map(({ modelVersion, score, inputOffset }) => [modelVersion, score, inputOffset]),
      [
        [2, 2, 0],
        [2, slow + 1, 1],
        [2, 3, 2],
      ],
    )
  }))

test('a model that is withdrawn: what waits is answered so, while the call goes on', () =>
  withHeld(async ({ serving, hold }) => {
    await hold('scores')
    await serving.send(wine('evil', 1), wine('evil', slow))
    await serving.driver.pipe('models', { key: 'evil', value: null })
    assert.equal(brief(await untilAnswered(serving, 2)), [
      ['evil', 'NO_MODEL', 0],
      ['evil', 'NO_MODEL', 1],
    ])
  }))

for (const what of ['scores', 'is started again'] as const)
  test(`a shadow that ${what} holds up neither its champion nor other data types, and its results come when it is done`, () =>
    withHeld(async ({ serving, hold, release }) => {
      await serving.publish({ dataType: 'evil', bytes: shiftedSum(1) })
      await serving.control('evil', { setRole: { of: { version: 1 }, role: sluice.ModelRole.SHADOW } })
      const shadowed: unknown[][] = []
      const look = async (): Promise<void> => {
        await soon(serving.driver.advanceWallClockTime(20), 'the task')
        shadowed.push(...brief(serving.driver.read('results-shadow').map(({ value }) => decodeResult(value))))
      }
      const lookFor = async (count: number): Promise<void> => {
        for (let looks = 0; looks < 2000 && shadowed.length < count; looks++) {
          await new Promise(resolve => setTimeout(resolve, 10))
          await look()
        }
      }
      await serving.send(...both(1))
      await lookFor(1)
      await hold(what === 'scores' ? 'scores' : 'loads')
      await serving.send(...both(what === 'scores' ? slow : kills, 2))
      await look()
      await serving.send(...both(3))
      await look()
      await look()
      const results = serving.results()
      assert.equal([results.length, shadowed.length], [8, 1])
      assert.ok(results.every(({ role, status }) => role === 'CHAMPION' && status === 'OK'))
      await release(what === 'scores' ? 'scores' : 'loads')
      await lookFor(4)
      const status = what === 'scores' ? 'OK' : 'FAILED'
      assert.equal(shadowed, [
        ['evil', 'OK', 0],
        ['evil', status, 2],
        ['evil', 'OK', 4],
        ['evil', 'OK', 6],
      ])
    }))

test('records that a champion and a challenger answer together are counted once, also where the challenger takes long', () =>
  withHeld(async ({ serving, hold, release }) => {
    await serving.publish({ dataType: 'evil', bytes: shiftedSum(1) })
    await serving.control('evil', { setRole: { of: { version: 1 }, role: sluice.ModelRole.CHALLENGER, weight: 0.5 } })
    await hold('scores')
    await serving.send(...Array.from({ length: 40 }, (_, at) => wine('evil', slow, { key: `key ${at}` })))
    assert.equal(serving.results(), [])
    await release('scores')
    const results = await untilAnswered(serving, 40)
    const answered = (version: number): number => results.filter(({ modelVersion }) => modelVersion === version).length
    const counted = serving.driver.metrics.families().find(({ name }) => name === 'sluice_results_total')?.samples ?? []
    const labelled = (version: number): number | undefined =>
      counted.find(({ labels }) => JSON.stringify(labels).includes(`"${version}"`) && JSON.stringify(labels).includes('OK'))?.value
    assert.ok(answered(1) > 0 && answered(2) > 0)
    assert.equal([labelled(1), labelled(2)], [answered(1), answered(2)])
    assert.equal(
      results.map(({ inputOffset }) => inputOffset),
      [...Array(40).keys()],
    )
  }))

test('a task ends while a shadow scores', () =>
  withHeld(async held => {
    const { serving } = held
    await serving.publish({ dataType: 'evil', bytes: shiftedSum(1) })
    await serving.control('evil', { setRole: { of: { version: 1 }, role: sluice.ModelRole.SHADOW } })
    await serving.send(...both(1))
    await serving.driver.advanceWallClockTime(50)
    await held.hold('scores')
    await serving.send(...both(slow))
    await soon(serving.driver.advanceWallClockTime(50), 'the task')
    await closes(held)
  }))

test.run()
