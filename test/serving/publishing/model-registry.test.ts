import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LoadedModels } from '../../../models/index.ts'
import { SluiceError } from '../../../base/sluice-error.ts'
import { ModelLoader, ModelRegistry, type ModelRegistryParts } from '../../../serving/index.ts'
import { type ServingDriver, servingOptions, shiftedSum, withServing } from '../serving-driver.ts'

const test = suite('model registry')

/** A registry on the driver's store, and the models that it has loaded. */
async function withRegistry(
  use: (registry: ModelRegistry, serving: ServingDriver, loaded: LoadedModels) => Promise<void>,
  parts: Partial<ModelRegistryParts> = {},
): Promise<void> {
  await withServing(async serving => {
    const loaded = new LoadedModels()
    const loader = new ModelLoader(servingOptions({ models: loaded }))
    const registry = new ModelRegistry({
      openGlobalStore: () => Promise.resolve({ store: serving.store, caughtUp: () => Promise.resolve(), close: () => Promise.resolve() }),
      load: (version, store) => loader.open(version, store),
      fields: [],
      ...parts,
    })
    try {
      await use(registry, serving, loaded)
    } finally {
      await registry.close()
    }
    assert.is(loaded.size, 0, 'models that are still loaded after the registry is closed')
  })
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: unknown) => (error instanceof SluiceError ? error.code : String(error)),
  )
}

test('models by name, the kept versions, and the outcome of a record', () =>
  withRegistry(async (registry, serving) => {
    for (const [dataType, shift] of [
      ['b', 1],
      ['a', 2],
      ['b', 3],
    ] as const)
      await serving.publish({ dataType, bytes: shiftedSum(shift) })
    await serving.publish({ dataType: 'b', bytes: Buffer.from('no model') })
    assert.equal(
      (await registry.models()).map(({ dataType, current }) => [dataType, current]),
      [
        ['a', 1],
        ['b', 2],
      ],
    )
    const applied = (offset: number): Promise<unknown> => registry.applied('b', { partition: 0, offset })
    assert.equal(await Promise.all([0, 1, 2, 3, 4].map(applied)), [{ version: 1 }, 'refused', { version: 2 }, 'refused', 'waiting'])
    assert.is(await registry.applied('c', { partition: 0, offset: 0 }), 'waiting')
    assert.is(await codeOf(registry.model('c')), 'MODEL_UNKNOWN')
    assert.is(await codeOf(registry.open('b', 3)), 'MODEL_UNKNOWN')
    const versions = await Promise.all([undefined, 1, 'latest' as const, 'champion' as const].map(name => registry.open('b', name)))
    assert.equal(
      versions.map(({ version: { version } }) => version),
      [2, 1, 2, 2],
    )
    assert.is((await registry.version('b', 1)).version, 1)
    for (const name of [3, 'challenger', 'shadow'] as const) assert.is(await codeOf(registry.version('b', name)), 'MODEL_UNKNOWN')
    assert.is(versions[0]?.model, versions[2]?.model)
    await Promise.all(versions.map(open => open.release()))
  }))

test('unused models stay loaded, up to the limit', () =>
  withRegistry(
    async (registry, serving, loaded) => {
      const types = ['a', 'b', 'c']
      for (const [at, dataType] of types.entries()) await serving.publish({ dataType, bytes: shiftedSum(at) })
      const held = await registry.open('a')
      for (const dataType of ['b', 'c', 'b']) await (await registry.open(dataType)).release()
      assert.is(loaded.size, 3, 'one of them is in use')
      await held.release()
      assert.is(loaded.size, 2)
      const before = await registry.open('b')
      await before.release()
      const again = await registry.open('b')
      assert.is(again.model, before.model, 'it was not loaded anew')
      await again.release()
    },
    { maxLoaded: 2 },
  ))

test('simultaneous requests share one load', () =>
  withRegistry(async (registry, serving, loaded) => {
    await serving.publish({ dataType: 'a', bytes: shiftedSum(1) })
    const open = await Promise.all(Array.from({ length: 20 }, () => registry.open('a')))
    assert.is(new Set(open.map(({ model }) => model)).size, 1)
    await Promise.all(open.map(each => each.release()))
    assert.is(loaded.size, 1)
  }))

test('while the changelog is being read requests are refused as not ready; later the models are there', async () => {
  let caughtUp: () => void = () => undefined
  let opened = 0
  await withServing(async serving => {
    const registry = new ModelRegistry({
      openGlobalStore: () => {
        opened++
        return Promise.resolve({
          store: serving.store,
          caughtUp: () => new Promise<void>(resolve => (caughtUp = resolve)),
          close: () => Promise.resolve(),
        })
      },
      load: () => Promise.reject(new Error('not asked for')),
      fields: [],
      waitMs: 20,
    })
    assert.is(await codeOf(registry.models()), 'STORE_NOT_READY')
    const waiting = registry.models()
    await new Promise(resolve => setImmediate(resolve))
    caughtUp()
    assert.equal(await waiting, [])
    assert.equal(await registry.models(), [])
    assert.is(opened, 1)
    await registry.close()
    assert.is(await codeOf(registry.models()), 'STORE_CLOSED')
  })
})

test('a replica that fails is opened again', async () => {
  const failures: ((error: unknown) => void)[] = []
  let closed = 0
  await withServing(async serving => {
    const registry = new ModelRegistry({
      openGlobalStore: onFailure => {
        failures.push(onFailure)
        if (failures.length === 1) return Promise.reject(new SluiceError('STORE_NOT_READY', 'not yet'))
        return Promise.resolve({ store: serving.store, caughtUp: () => Promise.resolve(), close: () => Promise.resolve(void closed++) })
      },
      load: () => Promise.reject(new Error('not asked for')),
      fields: [],
    })
    assert.is(await codeOf(registry.models()), 'STORE_NOT_READY')
    assert.equal(await registry.models(), [])
    failures[1]?.(new Error('the changelog was cut'))
    assert.equal(await registry.models(), [])
    assert.equal([failures.length, closed], [3, 1])
    await registry.close()
    assert.is(closed, 2)
  })
})

test.run()
