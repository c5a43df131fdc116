import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import { defaultModelFactory, type Model } from '../../models/index.ts'
import { readyModels } from '../../serving/ready-models.ts'
import { loadedModelKey } from '../../serving/serving-options.ts'
import { decodeResult, present, sha256Of, shiftedSum, wine, type ServingDriver } from './serving-driver.ts'
import { kills, pickyBytes, slow } from './held-format.ts'
import { remote } from './slow-server.ts'
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

const keys = Array.from({ length: 40 }, (_, at) => `key ${at}`)
const { CHALLENGER, FALLBACK } = sluice.ModelRole

/** The keys, those first that the version answers. */
async function keysFrom(serving: ServingDriver, version: number): Promise<readonly string[]> {
  await serving.sendAndWait(...keys.map(key => wine('evil', 1, { key })))
  const answers = serving.results().map(({ modelVersion }, at) => [keys[at] as string, modelVersion === version] as const)
  const own = answers.filter(([, isOwn]) => isOwn)
  assert.ok(own.length > 0 && own.length < keys.length)
  return [...own, ...answers.filter(([, isOwn]) => !isOwn)].map(([key]) => key)
}

/** How often the results of each version were counted as OK: by the metric, and by the store. */
async function counted({
  driver,
  store,
}: ServingDriver): Promise<readonly (readonly [version: number, results: number, invocations: number])[]> {
  // Commits write the figures of older versions once a second.
  await new Promise(resolve => setTimeout(resolve, 1100))
  await driver.commit()
  const samples = driver.metrics.families().find(({ name }) => name === 'sluice_results_total')?.samples ?? []
  const used = await store.history('evil')
  return used.map(({ version: { version }, figures }) => {
    const labelled = samples.filter(({ labels }) => {
      const text = JSON.stringify(labels)
      return text.includes('"evil"') && text.includes(`"${version}"`) && text.includes('"OK"')
    })
    return [version, labelled.reduce((sum, { value }) => sum + value, 0), figures?.invocations ?? 0]
  })
}

for (const [what, routed] of [
  ['a challenger fails on them, and its fallback takes long', true],
  ['the champion fails on some of them, and its fallback takes long', false],
] as const)
  test(`records are counted once where ${what}`, () =>
    withHeld(async ({ serving, hold, release }) => {
      await serving.publish({ dataType: 'evil', bytes: pickyBytes('one') })
      if (routed) {
        await serving.publish({ dataType: 'evil', bytes: shiftedSum(1) })
        await serving.control('evil', { setRole: { of: { version: 2 }, role: CHALLENGER, weight: 0.5 } })
      }
      await serving.control('evil', { setRole: { of: { version: 1 }, role: FALLBACK } })
      const ordered = routed ? await keysFrom(serving, 3) : keys
      const before = await counted(serving)
      await hold('scores')
      await serving.send(...ordered.map((key, at) => wine('evil', !routed && at < 20 ? 1 : slow, { key })))
      assert.equal(serving.results(), [])
      await release('scores')
      const results = await untilAnswered(serving, keys.length)
      assert.ok(results.every(({ status }) => status === 'OK'))
      const after = await counted(serving)
      for (const [at, [version, ofResults, invocations]] of after.entries()) {
        const own = results.filter(({ modelVersion }) => modelVersion === version).length
        const [, resultsBefore = 0, invocationsBefore = 0] = before[at] ?? []
        assert.equal([ofResults - resultsBefore, invocations - invocationsBefore], [own, own], `version ${version}`)
      }
    }))

test('a champion that is replaced while its challenger is waited for: what has taken over scores its records', () =>
  withHeld(async ({ serving, hold, release }) => {
    await serving.publish({ dataType: 'evil', bytes: shiftedSum(2) })
    await serving.control('evil', { setRole: { of: { version: 1 }, role: CHALLENGER, weight: 0.5 } })
    const ordered = await keysFrom(serving, 1)
    const { store, models } = serving
    // As after a restart, nothing but the task holds what serves.
    readyModels(store).keepOnly('evil', [])
    const bytes = shiftedSum(7)
    // Heavy and being loaded by somebody else too: until it is there, the champion before answers.
    const newer = { ...remote('', bytes, 1000), bytes, location: '' }
    let give: (model: Model) => void = () => undefined
    const theirs = models.acquire(
      loadedModelKey({ ...newer, hash: Buffer.from(sha256Of(bytes), 'hex') }),
      () => new Promise<Model>(resolve => (give = resolve)),
    )
    store.addVersion('evil', newer, (version, { routing }) => ({ routes: { ...present(routing), champion: version } }))
    await hold('scores')
    const taking = await defaultModelFactory().load({ bytes, format: undefined, output: undefined })
    const sending = serving.send(...ordered.map(key => wine('evil', slow, { key })))
    await new Promise(resolve => setTimeout(resolve, 10))
    give(taking)
    await theirs
    await new Promise(resolve => setTimeout(resolve, 5))
    // The challenger is there in time.
    await release('scores')
    await sending
    await (await theirs).release()
    const results = await untilAnswered(serving, keys.length)
    const found = new Set(results.map(({ status, modelVersion, score }) => [status, modelVersion, score].join(' ')))
    assert.equal([...found].toSorted(), [`OK 1 ${slow}`, `OK 3 ${slow + 7}`])
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
