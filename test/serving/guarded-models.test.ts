import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory, LoadedModels, ModelCache, ModelGuard } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import type { ServingOptions } from '../../serving/index.ts'
import { addPendingModel, pendingModelOver } from '../../serving/pending-models.ts'
import { ModelLoader } from '../../serving/model-loader.ts'
import { ServingModels } from '../../serving/serving-models.ts'
import { modelStateStore, type ModelStateStore } from '../../stores/index.ts'
import { endlessOnnx } from '../models/hostile-onnx.ts'
import {
  type Result,
  type ServingDriver,
  servingOptions,
  sha256Of,
  shiftedSum,
  wine,
  withDirectory,
  withServing,
} from './serving-driver.ts'

const factory = defaultModelFactory()
const guard = new ModelGuard({ factory })
const impatient = new ModelGuard({ factory, timeoutMs: 3000 })
/** Everything counts as heavy. */
const strict = new ModelGuard({ factory, light: { bytes: 0, constructMs: 0, runMs: 0 } })
const brief = ({ status, modelVersion, score }: Result): unknown[] => [status, modelVersion, score]
const scored = async (serving: ServingDriver, alcohol: number): Promise<unknown> => {
  await serving.send(wine('wine', alcohol))
  return serving.results().map(brief)[0]
}

const guarded = suite('guarded models')

guarded('light and heavy models serve alike; the version says which it is', async () => {
  for (const [each, heavy] of [
    [guard, undefined],
    [strict, true],
  ] as const) {
    await withServing(
      async serving => {
        for (const shift of [1, 2]) {
          await serving.publish({ dataType: 'wine', bytes: shiftedSum(shift) })
          assert.equal(await scored(serving, 5), ['OK', shift, 5 + shift])
        }
        assert.equal(
          serving.store.state('wine')?.versions.map(version => version.heavy),
          [heavy, heavy],
        )
      },
      { guard: each, factory },
    )
  }
})

guarded('a hostile model is refused with its cause, and is no version', () =>
  withServing(
    async serving => {
      await serving.driver.pipe('data', wine('wine', 5))
      assert.equal(serving.results().map(brief), [['NO_MODEL', 0, 0]])
      await serving.publish({ name: 'endless', dataType: 'wine', bytes: endlessOnnx() })
      const [letter] = serving.deadLetters()
      assert.is(letter?.code, 'MODEL_LOAD_FAILED')
      assert.match(letter?.message ?? '', /"endless" for data type "wine" is refused: .* took more than 3000 ms and was stopped/)
      assert.equal(await scored(serving, 5), ['NO_MODEL', 0, 0])
    },
    { guard: impatient, factory },
  ),
)

guarded('golden records are checked before a model takes over', async () => {
  for (const options of [{}, { guard, factory }, { guard: strict, factory }]) {
    await withServing(async serving => {
      const golden = (score: number): sluice.GoldenRecord.$Properties[] => [
        { record: wine('wine', 5).value as Uint8Array, score, tolerance: 0.1 },
      ]
      await serving.publish({ dataType: 'wine', bytes: shiftedSum(1), golden: golden(6) })
      for (const [bytes, score] of [
        [shiftedSum(2), 6],
        // Already loaded: it is tried all the same.
        [shiftedSum(1), 7],
      ] as const) {
        await serving.publish({ dataType: 'wine', bytes, golden: golden(score) })
        assert.match(serving.deadLetters()[0]?.message ?? '', /golden record 1 of 1: the score is \d, not \d \(± 0.1\)/)
      }
      await serving.publish({ dataType: 'wine', bytes: shiftedSum(2), golden: [{ record: Buffer.from([0xff]), score: 1 }] })
      assert.match(serving.deadLetters()[0]?.message ?? '', /golden record 1 cannot be read/)
      await serving.publish({ dataType: 'wine', bytes: shiftedSum(2), golden: Array.from({ length: 4097 }, () => ({ score: 1 })) })
      assert.match(serving.deadLetters()[0]?.message ?? '', /it has 4097 golden records; at most 4096 are allowed/)
      assert.equal(await scored(serving, 5), ['OK', 1, 6])
    }, options)
  }
})

guarded('a model too large for the store is in the cache and in its process; the state has its location and hash', () =>
  withDirectory(async directory => {
    const location = join(directory, 'large.onnx')
    // One that is larger than the rules of this test allow in memory.
    const bytes = Buffer.concat([shiftedSum(1), unread(70 * 1024 * 1024)])
    await writeFile(location, bytes)
    const options = {
      guard,
      factory,
      modelRoots: [directory],
      modelCache: new ModelCache({ directory: join(directory, 'cache'), maxBytes: 2 ** 30 }),
      maxModelBytes: 2 ** 30,
    }
    await withServing(async serving => {
      await serving.publish({ dataType: 'wine', location })
      assert.equal(await scored(serving, 5), ['OK', 1, 6])
      const version = serving.store.state('wine')?.versions[0]
      assert.equal([version?.remote, version?.heavy, version?.size, version?.location], [true, true, bytes.length, location])
      assert.is(serving.store.bytesOf(sha256Of(bytes)), undefined)
      await rm(location)
      // As after a restart: from the cache, though the location is gone.
      await servingAgain(serving.store, { ...options, models: new LoadedModels() }, async models => {
        const again = await models.of('wine')
        assert.equal([again?.version, again?.model.format], [1, 'ONNX'])
      })
      await rm(join(directory, 'cache'), { recursive: true })
      await servingAgain(serving.store, { ...options, models: new LoadedModels() }, async models => {
        const failed = await models.of('wine')
        assert.is(failed?.version, 1)
        assert.throws(() => failed?.model.score({} as never), /the model cannot be loaded: .*large.onnx cannot be read: ENOENT/)
        assert.is(await models.of('wine'), failed, 'it is not tried again with each record')
      })
    }, options)
  }),
)

/** A field that no schema names, of so many bytes. */
function unread(bytes: number): Buffer {
  const length: number[] = []
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 128)) length.push(rest >= 128 ? (rest % 128) | 0x80 : rest)
  // Field 100, a text.
  return Buffer.concat([Buffer.from([0xa2, 0x06, ...length]), Buffer.alloc(bytes)])
}

async function servingAgain(
  store: ModelStateStore,
  given: Partial<ServingOptions>,
  use: (models: ServingModels) => Promise<void>,
): Promise<void> {
  const options = servingOptions(given)
  const models = new ServingModels(options, new ModelLoader(options), store)
  try {
    await use(models)
  } finally {
    await models.close()
  }
}

guarded('while a heavy version is loaded in another process, the previous version serves', async () => {
  const managed = await modelStateStore().open(undefined)
  const add = (shift: number, offset: number, heavy: boolean): void => {
    const bytes = shiftedSum(shift)
    managed.store.addVersion('wine', { name: '', description: '', modeltype: 0, bytes, output: '', since: 1, partition: 0, offset, heavy })
  }
  await servingAgain(managed.store, { guard: strict, factory }, async models => {
    add(1, 0, false)
    assert.is((await models.of('wine'))?.version, 1)
    add(2, 1, true)
    const meanwhile = models.of('wine')
    assert.not(meanwhile instanceof Promise)
    assert.is((await meanwhile)?.version, 1)
    while ((await models.of('wine'))?.version === 1) await new Promise(resolve => setTimeout(resolve, 5))
    assert.is((await models.of('wine'))?.version, 2)
    add(3, 2, false)
    assert.is((await models.of('wine'))?.version, 3, 'a light one takes over at once')
  })
  await managed.close()
})

guarded('records without a model wait for the model that is being tried', async () => {
  const { store, close } = await modelStateStore()
    .open(undefined)
    .then(managed => ({ store: managed.store, close: () => managed.close() }))
  assert.is(pendingModelOver(store, 'wine'), undefined)
  let end: () => void = () => undefined
  addPendingModel(store, 'wine', new Promise(resolve => (end = resolve)), 10_000)
  assert.is(pendingModelOver(store, 'beer'), undefined)
  const over = pendingModelOver(store, 'wine')
  assert.instance(over, Promise)
  end()
  await over
  assert.is(pendingModelOver(store, 'wine'), undefined)
  await close()
})

guarded.after(() => {
  for (const each of [guard, impatient, strict]) each.close()
})

guarded.run()
