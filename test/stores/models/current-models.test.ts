import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../../proto/messages.js'
import { type CurrentModel, CurrentModels, currentModelStore, type KeyValueStore, modelStateStore } from '../../../stores/index.ts'
import type { ManagedStore, NewModel } from '../../../stores/index.ts'

const { ModelType } = sluice.ModelDescriptor
const model = (offset: number, more: Partial<NewModel> = {}): NewModel => ({
  name: `model ${offset}`,
  description: '',
  modeltype: ModelType.ONNX,
  bytes: Buffer.from(`bytes ${offset}`),
  location: undefined,
  output: '',
  since: 1000 + offset,
  partition: 3,
  offset,
  ...more,
})

const test = suite('current models')

async function open(): Promise<{ readonly models: CurrentModels; readonly managed: ManagedStore }> {
  const managed = await currentModelStore({ name: 'models' }).open(undefined)
  return { managed, models: CurrentModels.of(managed.store) }
}

async function committed(managed: ManagedStore): Promise<readonly { readonly key: string; readonly value: Uint8Array | null }[]> {
  const rows = managed.prepareCommit()
  await managed.postCommit({ changelogOffset: 1 })
  return rows.map(({ key, value }) => ({ key: Buffer.from(key).toString(), value }))
}

test('the row of a data type is under its name, and holds the current version only', async () => {
  const { models, managed } = await open()
  models.addVersion('wine', model(5))
  const added = models.addVersion('wine', model(9))
  const rows = await committed(managed)
  assert.equal(
    rows.map(({ key }) => key),
    ['wine'],
  )
  assert.is(added?.version, 2)
  assert.equal(
    models.state('wine')?.versions.map(({ version }) => version),
    [2],
  )
  assert.is(Buffer.from(models.bytesOf(added!.hash)!).toString(), 'bytes 9')
  assert.is(models.state('wine'), models.state('wine'), 'the same object until it changes')
  await managed.close()
})

test('a restored store has the models, and applies no record twice', async () => {
  const one = await open()
  one.models.addVersion('wine', model(5))
  one.models.markApplied('wine', 7, 3)
  const rows = await committed(one.managed)
  const two = await open()
  await two.managed.restore(
    rows.map(({ key, value }) => ({ key: Buffer.from(key), value })),
    { changelogOffset: 1 },
  )
  assert.is(two.models.addVersion('wine', model(5))?.version, 1, 'the version that the record made')
  assert.is(two.models.addVersion('wine', model(7)), undefined, 'it was refused before')
  const state = two.models.state('wine')
  assert.is(Buffer.from(two.models.bytesOf(state!.versions[0]!.hash)!).toString(), 'bytes 5')
  await one.managed.close()
  await two.managed.close()
})

test('a version that is replaced while it is being loaded still has its bytes', async () => {
  const { models, managed } = await open()
  models.addVersion('wine', model(5))
  const [old] = models.state('wine')!.versions
  models.addVersion('wine', model(9))
  models.state('wine')
  assert.is(Buffer.from(models.bytesOf(old!.hash)!).toString(), 'bytes 5')
  await managed.close()
})

test('the bytes of a model at a location stay there; those of a service are its location', async () => {
  const { models, managed } = await open()
  const hash = Buffer.alloc(32, 7)
  models.addVersion('file', model(1, { location: '/models/a.onnx', hash }))
  models.state('file')
  assert.is(models.bytesOf(hash), undefined)
  const service = { location: 'http://host/a', hash: undefined, bytes: Buffer.from('http://host/a'), modeltype: ModelType.SERVICE }
  const added = models.addVersion('service', model(2, service))
  models.state('service')
  assert.is(added?.location, 'http://host/a')
  await managed.close()
})

test('a withdrawn model is current no more, and its number is not used again', async () => {
  const { models, managed } = await open()
  models.addVersion('wine', model(5))
  assert.is(models.withdraw('wine', { partition: 3, offset: 6 }, 1)?.version, 1)
  assert.is(models.withdraw('wine', { partition: 3, offset: 6 }, 1), undefined)
  assert.is(models.state('wine')?.current, 0)
  assert.is(models.addVersion('wine', model(7))?.version, 2)
  await managed.close()
})

test('rows of the store with versions are refused before anything is read from them', async () => {
  const other = await modelStateStore({ name: 'models' }).open(undefined)
  other.store.addVersion('wine', model(5))
  const rows = other.prepareCommit()
  const { models, managed } = await open()
  await managed.restore(rows, { changelogOffset: 1 })
  const error = await models.check().catch((cause: unknown) => cause)
  assert.is((error as { code?: string }).code, 'CONFIG_INVALID')
  assert.match((error as Error).message, /store "models" has rows .* set "store" back to what it was .*, or use another applicationId/)
  await managed.close()
  await other.close()
})

test('a changed row shows, whoever wrote it', async () => {
  const { models, managed } = await open()
  models.addVersion('wine', model(5))
  models.state('wine')
  const store = managed.store as KeyValueStore<string, CurrentModel>
  store.delete('wine')
  assert.is(models.state('wine'), undefined)
  await managed.close()
})

test.run()
