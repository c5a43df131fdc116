import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LoadedModels } from '../../models/index.ts'
import { championAlone, type ModelChange, type NewModel } from '../../stores/index.ts'
import { first, second } from './composite-steps.ts'
import { servingOptions, shiftedSum, wine } from './serving-driver.ts'
import { ServingTask } from './serving-task.ts'
import { remote, withSlowServer } from './slow-server.ts'

const slow = suite('models whose fetch takes long')

const here = (shift: number, offset: number): NewModel => ({
  ...remote('', shiftedSum(shift), offset),
  bytes: shiftedSum(shift),
  heavy: false,
})
const brief = (task: ServingTask): unknown[] =>
  task.results.splice(0).map(({ dataType, status, modelVersion, score }) => [dataType, status, modelVersion, score])

slow('while a restored model is fetched its records get results that say so; other records of the partition are scored', () =>
  withSlowServer(async ({ host, asked, answer }) => {
    const models = new LoadedModels()
    const task = await ServingTask.open(servingOptions({ models, modelHosts: [host], modelWaitMs: 500 }))
    task.store.addVersion('slow', remote(host, shiftedSum(7), 0))
    task.store.addVersion('quick', here(1, 1))
    await task.send(wine('slow', 1), wine('quick', 1), wine('slow', 2))
    assert.equal(brief(task), [['quick', 'OK', 1, 2]])
    await new Promise(resolve => setTimeout(resolve, 520))
    await task.look()
    assert.match(task.results[0]?.error ?? '', /still being loaded/)
    assert.equal(brief(task), [
      ['slow', 'FAILED', 1, 0],
      ['slow', 'FAILED', 1, 0],
    ])
    // A record that is refused changes the state, not the version: nobody waits anew.
    task.store.markApplied('slow', 3)
    await task.send(wine('slow', 3))
    assert.equal(brief(task), [['slow', 'FAILED', 1, 0]])
    while (asked() === 0) await new Promise(resolve => setTimeout(resolve, 5))
    answer(shiftedSum(7))
    for (;;) {
      await task.send(wine('slow', 1))
      if (brief(task)[0]?.toString() === 'slow,OK,1,8') break
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    await task.close()
    assert.equal([models.size, asked()], [0, 1], 'it was asked for once')
  }),
)

slow('a model that could not be fetched fails its records while the fetch is retried', () =>
  withSlowServer(async ({ host, answer }) => {
    const task = await ServingTask.open(servingOptions({ modelHosts: [host], modelWaitMs: 10_000 }))
    task.store.addVersion('wine', remote(host, shiftedSum(7), 0))
    answer(Buffer.from('something else'))
    await task.send(wine('wine', 1))
    while (task.results.length === 0) {
      await new Promise(resolve => setTimeout(resolve, 15))
      await task.look()
    }
    assert.match(task.results[0]?.error ?? '', /cannot be loaded: .*SHA-256/)
    await task.close()
  }),
)

for (const [at, what] of ['first', 'second'].entries())
  slow(`while a new version of the ${what} model of a composite is fetched, the composite before goes on`, () =>
    withSlowServer(async ({ host, answer }) => {
      const models = new LoadedModels()
      const task = await ServingTask.open(servingOptions({ models, modelHosts: [host], modelWaitMs: 60_000 }))
      const inner = [{ name: 'inner', kind: 'number' }] as const
      const named = [
        { name: 'a', gives: inner },
        { name: 'b', takes: inner },
      ] as const
      const bytes = [first(1), second(1000)]
      const newer = [first(2), second(100)][at] as Uint8Array
      /** The composite of these versions. */
      const routes = (...versions: readonly [number, number]): Pick<ModelChange, 'routes'> => ({
        routes: {
          ...championAlone(versions[1]),
          steps: versions.map((version, step) => ({ version, name: named[step]?.name ?? '' })),
        },
      })
      for (const [step, facts] of named.entries())
        task.store.addVersion(
          'wine',
          { ...remote('', bytes[step] as Uint8Array, step), bytes: bytes[step], heavy: false, location: undefined, ...facts },
          version => (version === 2 ? routes(1, 2) : {}),
        )
      const told = (): unknown => task.results.splice(0).map(({ status, score }) => [status, score])
      while (task.results.length === 0) {
        await task.send(wine('wine', 5))
        await task.look()
      }
      assert.equal((told() as unknown[]).at(-1), ['OK', 6005])
      task.store.addVersion('wine', { ...remote(host, newer, 2), ...named[at] }, version =>
        routes(...([1, 2].with(at, version) as [number, number])),
      )
      await task.send(wine('wine', 5), wine('wine', 6))
      assert.equal(told(), [
        ['OK', 6005],
        ['OK', 7006],
      ])
      answer(newer)
      const after = at === 0 ? 7005 : 605
      for (let score = 0; score !== after;) {
        await task.send(wine('wine', 5))
        score = task.results.splice(0)[0]?.score ?? 0
        await new Promise(resolve => setTimeout(resolve, 5))
      }
      await task.close()
      assert.is(models.size, 0)
    }),
  )

slow('several fetches are awaited together', () =>
  withSlowServer(async ({ host, asked }) => {
    const task = await ServingTask.open(servingOptions({ modelHosts: [host], modelWaitMs: 2000 }))
    for (const [offset, type] of ['a', 'b', 'c'].entries()) task.store.addVersion(type, remote(host, shiftedSum(offset), offset))
    await task.send(wine('a', 1), wine('b', 1), wine('c', 1))
    while (asked() < 3) await new Promise(resolve => setTimeout(resolve, 5))
    assert.is(task.results.length, 0, 'all are asked for before the first wait is over')
    while (task.results.length < 3) {
      await new Promise(resolve => setTimeout(resolve, 15))
      await task.look()
    }
    assert.equal(
      task.results.map(({ status }) => status),
      ['FAILED', 'FAILED', 'FAILED'],
    )
    await task.close()
  }),
)

slow('a task is closed during a fetch: the model that arrives later is released', () =>
  withSlowServer(async ({ host, answer }) => {
    const models = new LoadedModels()
    const task = await ServingTask.open(servingOptions({ models, modelHosts: [host], modelWaitMs: 20 }))
    task.store.addVersion('wine', remote(host, shiftedSum(7), 0))
    await task.send(wine('wine', 1))
    await task.close()
    answer(shiftedSum(7))
    while (models.size > 0) await new Promise(resolve => setTimeout(resolve, 5))
  }),
)

slow.run()
