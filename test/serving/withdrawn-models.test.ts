import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ModelRegistry } from '../../serving/index.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import { modelRecord, type ServingDriver, servingOptions, shiftedSum, wine, withServing } from './serving-driver.ts'
import { ServingTask } from './serving-task.ts'
import { LoadedModels } from '../../models/index.ts'

const withdrawn = suite('models that are withdrawn')
const withdraw = (serving: ServingDriver, key: string): Promise<void> => serving.driver.pipe('models', { key, value: null })
const scored = async (serving: ServingDriver, dataType: string): Promise<unknown> => {
  await serving.send(wine(dataType, 1))
  return serving.results().map(({ status, modelName, modelVersion, score }) => [status, modelName, modelVersion, score])[0]
}

for (const join of ['keyed', 'broadcast'] as const)
  withdrawn(
    `${join}: a record without a value withdraws the model of the data type; the next version number follows, and the history stays`,
    () =>
      withServing(
        async serving => {
          for (const shift of [1, 2]) await serving.publish({ dataType: 'wine', name: `m${shift}`, bytes: shiftedSum(shift) })
          await serving.publish({ dataType: 'beer', name: 'b', bytes: shiftedSum(5) })
          assert.equal(await scored(serving, 'wine'), ['OK', 'm2', 2, 3])
          await withdraw(serving, 'wine')
          assert.equal(await scored(serving, 'wine'), ['NO_MODEL', '', 0, 0])
          assert.equal(await scored(serving, 'beer'), ['OK', 'b', 1, 6])
          assert.equal(serving.deadLetters(), [])
          assert.equal(
            serving.driver.logs.map(({ level, message, fields: { dataType, name, version, offset } }) => [
              level,
              message,
              dataType,
              name,
              version,
              offset,
            ]),
            [['info', 'audit: a model was withdrawn', 'wine', 'm2', 2, 3]],
          )
          await serving.driver.commit()
          const { current = -1, latest, withdrawnAt = 0 } = serving.store.state('wine') ?? {}
          assert.equal([current, latest, withdrawnAt > 0], [0, 2, true])
          assert.is(serving.store.query('wine'), undefined)
          assert.equal(
            (await serving.store.history('wine')).map(({ version }) => version.version),
            [2, 1],
          )

          await withdraw(serving, 'wine')
          await serving.publish({ dataType: 'wine', name: 'm3', bytes: shiftedSum(3) })
          assert.equal(await scored(serving, 'wine'), ['OK', 'm3', 3, 4])
          assert.is(serving.store.state('wine')?.withdrawnAt, undefined)
        },
        { join },
      ),
  )

withdrawn('withdrawing an unknown model, or a piece of a model, has no effect', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'wine', bytes: shiftedSum(1) })
    await withdraw(serving, 'beer')
    await withdraw(serving, 'wine/piece/0')
    assert.equal([serving.store.states.length, serving.deadLetters(), serving.driver.logs, serving.driver.read('models')], [1, [], [], []])
    assert.equal(await scored(serving, 'wine'), ['OK', '', 1, 2])
  }),
)

withdrawn('no model stays loaded', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'wine', bytes: shiftedSum(1) })
    await scored(serving, 'wine')
    await withdraw(serving, 'wine')
    await scored(serving, 'wine')
    assert.is(serving.models.size, 0)
  }),
)

withdrawn('a repeated record does not withdraw a later model', async () => {
  const models = new LoadedModels()
  const task = await ServingTask.open(servingOptions({ models }))
  const end = { offset: 1, value: null }
  await task.publish({ offset: 0, value: modelRecord({ dataType: 'wine', bytes: shiftedSum(1) }) })
  await task.publish(end)
  assert.is(task.store.state('wine')?.current, 0)
  await task.publish({ offset: 2, value: modelRecord({ dataType: 'wine', bytes: shiftedSum(2) }) })
  await task.publish(end)
  assert.is(task.store.state('wine')?.current, 2)
  await task.close()
})

withdrawn('the protocols have no such model, by any name, until the next one comes', () =>
  withServing(async serving => {
    const registry = new ModelRegistry({
      openGlobalStore: () => Promise.resolve({ store: serving.store, caughtUp: () => Promise.resolve(), close: () => Promise.resolve() }),
      load: () => assert.unreachable() as never,
      fields: [],
    })
    await serving.publish({ dataType: 'wine', bytes: shiftedSum(1) })
    await withdraw(serving, 'wine')
    for (const name of ['champion', 'latest', 1] as const) {
      const error = await registry.version('wine', name).catch((thrown: unknown) => thrown)
      assert.instance(error, SluiceError)
      assert.is((error as SluiceError).code, 'MODEL_UNKNOWN')
      assert.match((error as SluiceError).message, /was withdrawn at/)
    }
    await serving.publish({ dataType: 'wine', bytes: shiftedSum(2) })
    assert.is((await registry.version('wine')).version, 2)
    assert.is((await registry.version('wine', 1)).version, 1)
    await registry.close()
  }),
)

withdrawn.run()
