import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ModelLoader } from '../../serving/model-loader.ts'
import { ServingModels } from '../../serving/serving-models.ts'
import { remote, withSlowServer } from './slow-server.ts'
import { present, type Result, type ServingDriver, sha256Of, shiftedSum, wine, withServing } from './serving-driver.ts'

const example = (name: string): Buffer => readFileSync(new URL(`../../examples/wine/${name}`, import.meta.url))
const brief = ({ dataType, status, modelVersion, score }: Result): unknown[] => [dataType, status, modelVersion, score]

const statistics = suite('statistics of the models')

const used = (serving: ServingDriver, dataType: string): unknown[] => {
  const { version, invocations } = serving.store.statistics(dataType) ?? {}
  return [version, invocations]
}

statistics('invocations count the scored records of the current version, over runs and data types', () =>
  withServing(async serving => {
    await serving.send(wine('a', 1))
    assert.is(serving.store.statistics('a'), undefined, 'no model, no use')
    await serving.publish({ dataType: 'a', bytes: shiftedSum(1) })
    await serving.publish({ dataType: 'b', bytes: shiftedSum(1) })
    await serving.send(wine('a', 1), wine('b', 1), wine('a', 1))
    await serving.send(wine('a', 1))
    assert.equal(
      [used(serving, 'a'), used(serving, 'b')],
      [
        [1, 3],
        [1, 1],
      ],
    )
    const { duration, min, max } = present(serving.store.statistics('a'))
    assert.ok(min >= 0 && min <= max && max <= duration)
    await serving.publish({ dataType: 'a', bytes: shiftedSum(2) })
    assert.is(serving.store.statistics('a'), undefined, 'a new version begins its own')
    await serving.send(wine('a', 1), wine('a', 2))
    assert.equal(
      [used(serving, 'a'), used(serving, 'b')],
      [
        [2, 2],
        [1, 1],
      ],
    )
    await serving.driver.commit()
    const view = serving.store.query('a')
    assert.equal([view?.version, view?.invocations, view?.hash], [2, 2, sha256Of(shiftedSum(2))])
    assert.is(serving.store.queryLatest()?.dataType, 'a')
  }),
)

statistics.run()

const loaded = suite('loaded models')

loaded('a hundred models in sequence: at most the new and the previous one are loaded, and none at the end', () =>
  withServing(async serving => {
    for (let version = 1; version <= 100; version++) {
      await serving.publish({ dataType: 'a', bytes: shiftedSum(version) })
      assert.ok(serving.models.size <= 2)
      await serving.send(wine('a', 1))
      assert.is(serving.models.size, 1)
      assert.equal(serving.results().map(brief), [['a', 'OK', version, version + 1]])
    }
  }),
)

loaded('of unused models only the newest of each data type stays loaded', () =>
  withServing(async serving => {
    for (let version = 1; version <= 20; version++)
      for (const dataType of ['a', 'b', 'c']) await serving.publish({ dataType, bytes: shiftedSum(version + (dataType === 'c' ? 100 : 0)) })
    assert.is(serving.models.size, 2, 'the same bytes for a and b')
  }),
)

loaded('refused models do not stay loaded', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'a', bytes: shiftedSum(1) })
    await serving.publish({ dataType: 'a', bytes: shiftedSum(1, 3) })
    assert.is(serving.deadLetters().length, 1)
    assert.is(serving.models.size, 1)
  }),
)

loaded('the models of the example, in sequence', () =>
  withServing(async serving => {
    for (const name of ['wine-linear.onnx', 'wine-mlp.onnx']) {
      await serving.publish({ dataType: 'wine', bytes: example(name) })
      await serving.send(wine('wine', 12))
    }
    const [line, network] = serving.results()
    assert.equal([line?.modelVersion, line?.label, line?.outputs.map(({ name }) => name)], [1, '', ['quality']])
    assert.equal([network?.modelVersion, network?.outputs.map(({ name }) => name)], [2, ['quality', 'probabilities']])
    assert.is(network?.score, network?.outputs[0]?.numbers[0])
    assert.is(network?.outputs[1]?.numbers.length, 6)
    assert.is(serving.models.size, 1)
  }),
)

loaded('whatever the names of data types: the champion of one is not in the place of a version of another', () =>
  withServing(async serving => {
    for (const [at, dataType] of ['wine', 'wine', '1\u0000wine', '1 wine', 'champion wine'].entries())
      await serving.publish({ dataType, name: String(at), bytes: shiftedSum(at) })
    const models = new ServingModels(serving.options, new ModelLoader(serving.options), serving.store)
    const asked = [['wine'], ['wine', 1], ['1\u0000wine'], ['1 wine'], ['champion wine']] as const
    const names = async (): Promise<unknown> =>
      Promise.all(asked.map(async ([dataType, named]) => (await models.of(dataType, named))?.name))
    assert.equal(await names(), ['1', '0', '2', '3', '4'])
    assert.equal(
      asked.map(([dataType, named]) => models.of(dataType, named) instanceof Promise),
      [false, false, false, false, false],
    )
    await models.close()
  }),
)

loaded('the model of a policy whose run was undone does not answer the records before it', () =>
  withSlowServer(({ host }) =>
    withServing(
      async ({ options, store }) => {
        store.addVersion('wine', remote(host, shiftedSum(7), 0))
        const before = store.state('wine')
        store.addVersion('wine', { ...remote('', shiftedSum(1), 1), bytes: shiftedSum(1), heavy: false })
        const after = store.state('wine')
        let state = after
        const models = new ServingModels(options, new ModelLoader(options), { state: () => state, bytesOf: hash => store.bytesOf(hash) })
        const version = async (): Promise<unknown> => (await models.of('wine'))?.version
        assert.is(await version(), 2)
        state = before
        assert.is(await version(), 1, 'it is still being loaded, and says so')
        state = after
        assert.is(await version(), 2)
        await models.close()
      },
      { modelHosts: ['127.0.0.1'], modelWaitMs: 1 },
    ),
  ),
)

loaded.run()
