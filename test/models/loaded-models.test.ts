import * as assert from 'uvu/assert'
import { suite } from 'uvu'
import { LoadedModels, type Model, defaultModelFactory } from '../../models/index.ts'
import { batchOf, specsOf } from './batches.ts'
import { classifier } from './onnx-builder.ts'

const test = suite('loaded models')
const bytes = classifier([1n, 2n, 3n], false)
const load = (): Promise<Model> => defaultModelFactory().load({ bytes, format: undefined, output: undefined })

async function usable(model: Model): Promise<boolean> {
  try {
    return (await model.score(batchOf(specsOf(['a', 'b']), [[1, 0]]))).length === 1
  } catch {
    return false
  }
}

test('simultaneous acquires share one load, and the last release disposes', async () => {
  const models = new LoadedModels()
  let loads = 0
  const counted = (): Promise<Model> => {
    loads++
    return load()
  }
  const [one, two] = await Promise.all([models.acquire('h', counted), models.acquire('h', counted)])
  const three = await models.acquire('h', counted)
  assert.is(loads, 1)
  assert.is(one.model, two.model)
  assert.is(models.get('h'), one.model)
  assert.is(models.get('other'), undefined)
  await one.release()
  await one.release()
  await two.release()
  assert.ok(await usable(three.model))
  await three.release()
  assert.not(await usable(three.model))
  assert.is(models.get('h'), undefined)
  assert.is(models.size, 0)
  const again = await models.acquire('h', counted)
  assert.is(loads, 2)
  assert.is.not(again.model, one.model)
  await again.release()
})

test('a failed load rejects all who wait for it, and the next acquire loads again', async () => {
  const models = new LoadedModels()
  const broken = async (): Promise<Model> => {
    throw new Error('no such model')
  }
  const results = await Promise.allSettled([models.acquire('h', broken), models.acquire('h', load)])
  assert.equal(
    results.map(result => (result.status === 'rejected' ? (result.reason as Error).message : 'loaded')),
    ['no such model', 'no such model'],
  )
  assert.is(models.size, 0)
  const share = await models.acquire('h', load)
  assert.ok(await usable(share.model))
  await share.release()
  const thrown = await models
    .acquire('h', () => {
      throw new Error('at once')
    })
    .catch((error: unknown) => error)
  assert.is((thrown as Error).message, 'at once')
  assert.is(models.size, 0)
})

test('an acquire during the last release gets a usable model', async () => {
  const models = new LoadedModels()
  const first = await models.acquire('h', load)
  const next = models.acquire('h', load)
  await first.release()
  const share = await next
  assert.ok(await usable(share.model))
  const releasing = share.release()
  const other = await models.acquire('h', load)
  await releasing
  assert.is.not(other.model, share.model)
  assert.ok(await usable(other.model))
  await other.release()
  assert.is(models.size, 0)
})

test('close disposes of all models, also of those that are still being loaded', async () => {
  const models = new LoadedModels()
  const held = await models.acquire('a', load)
  const loading = models.acquire('b', load)
  await Promise.all([models.close(), loading.catch(() => {})])
  assert.not(await usable(held.model))
  assert.is(models.size, 0)
  await held.release()
})

test.run()
