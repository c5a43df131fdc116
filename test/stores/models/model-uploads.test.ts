import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SluiceError } from '../../../base/sluice-error.ts'
import {
  CHUNK_BYTES,
  decodeModelStoreRow,
  modelStateStore,
  type ModelStateStore,
  type NewModel,
  type NewPiece,
  type Row,
  type TypedManagedStore,
} from '../../../stores/index.ts'

type Opened = TypedManagedStore<ModelStateStore>

const whole = Buffer.from(Uint8Array.from({ length: 2 * CHUNK_BYTES + 5 }, (_, at) => (at * 31 + (at >>> 16)) & 255))
const hash = createHash('sha256').update(whole).digest()
const open = (): Promise<Opened> => modelStateStore().open(undefined)

function piece(index: number, more: Partial<NewPiece> = {}): NewPiece {
  const bytes = whole.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)
  return {
    dataType: 'wine',
    hash,
    size: whole.length,
    index,
    count: 3,
    bytes,
    timestamp: 100 + index,
    partition: 1,
    offset: 10 + index,
    ...more,
  }
}

function version(bytes: Uint8Array | undefined): NewModel {
  return { name: 'm', description: '', modeltype: 3, bytes, hash, size: whole.length, output: '', since: 1, partition: 1, offset: 20 }
}

let commits = 0
async function commit(managed: Opened): Promise<readonly Row[]> {
  const rows = managed.prepareCommit()
  await managed.postCommit({ changelogOffset: ++commits })
  return rows
}

const keysOf = (rows: readonly Row[]): string[] =>
  rows.map(({ key, value }) => `${key.toString().slice(0, 12)}${value === null ? ' deleted' : ''}`)
const failure = (reading: Promise<unknown>): Promise<SluiceError> =>
  reading.then(
    () => assert.unreachable('it was read') as never,
    (error: unknown) => error as SluiceError,
  )

const uploads = suite('models that come in pieces')

uploads('pieces are separate rows, which the version uses without writing them again', async () => {
  const managed = await open()
  const { store } = managed
  const written: Row[] = []
  for (const index of [2, 0, 1]) {
    store.addPiece(piece(index))
    written.push(...(await commit(managed)))
  }
  assert.is(written.filter(({ key }) => key.toString().startsWith('blob/')).length, 3)
  assert.equal(Buffer.from(await store.uploaded(hash)), whole)
  store.addVersion('wine', version(whole))
  assert.equal(keysOf(await commit(managed)).sort(), ['policy/wine/', 'state/wine', `upload/${hash.toString('hex').slice(0, 5)} deleted`])
  assert.equal([Buffer.from(store.bytesOf(hash) ?? []), store.uploads], [whole, []])
  store.addPiece(piece(1))
  assert.is(managed.dirty, false, 'a piece of a model that is there')
  assert.equal(Buffer.from(await store.uploaded(hash)), whole)
  store.dropUpload(hash)
  assert.is(managed.dirty, false, 'what a version names is not dropped')
})

uploads('uploads are restored from the changelog and continue', async () => {
  const origin = await open()
  for (const index of [0, 1]) origin.store.addPiece(piece(index))
  const rows = await commit(origin)
  const restored = await open()
  await restored.restore(rows, { changelogOffset: 3 })
  assert.equal(restored.store.uploads, origin.store.uploads)
  const [upload] = restored.store.uploads
  assert.equal(
    [upload?.dataType, upload?.pieces, [...(upload?.received ?? [])], upload?.newest, upload?.offset],
    ['wine', 3, [1, 1, 0], 101, 10],
  )
  assert.match((await failure(restored.store.uploaded(hash))).message, /1 of its 3 pieces are missing/)
  restored.store.addPiece(piece(2))
  assert.equal(Buffer.from(await restored.store.uploaded(hash)), whole)
  const view = decodeModelStoreRow(rows.at(-1)?.key ?? Buffer.alloc(0), rows.at(-1)?.value ?? null)
  assert.equal([view.kind, view.hash, (view.value as { received: number }).received], ['upload', hash.toString('hex'), 2])
})

uploads('the pieces of a dropped upload are deleted', async () => {
  const managed = await open()
  for (const index of [0, 2]) managed.store.addPiece(piece(index))
  await commit(managed)
  managed.store.dropUpload(hash)
  const rows = await commit(managed)
  assert.equal([rows.length, rows.every(({ value }) => value === null), managed.store.uploads], [3, true, []])
  assert.match((await failure(managed.store.uploaded(hash))).message, /none of its pieces is in the store/)
})

uploads('if the model arrives whole while pieces are missing, all bytes are written', async () => {
  const managed = await open()
  managed.store.addPiece(piece(1))
  managed.store.addVersion('wine', version(whole))
  assert.equal(Buffer.from(managed.store.bytesOf(hash) ?? []), whole)
  assert.equal(managed.store.uploads, [])
})

const wrong = { bytes: Buffer.alloc(CHUNK_BYTES, 9) }

uploads('a piece with other bytes that comes once the whole was read changes nothing', async () => {
  const { store } = await open()
  for (const index of [0, 1, 2]) store.addPiece(piece(index))
  await store.uploaded(hash)
  store.addPiece(piece(1, wrong))
  store.addVersion('wine', version(whole))
  assert.equal(Buffer.from(store.bytesOf(hash) ?? []), whole)
})

uploads('nor one that comes while it is read', async () => {
  const { store } = await open()
  for (const index of [0, 1, 2]) store.addPiece(piece(index))
  const reading = store.uploaded(hash)
  store.addPiece(piece(1, wrong))
  assert.equal(Buffer.from(await reading), whole)
  store.addVersion('wine', version(whole))
  assert.equal(Buffer.from(store.bytesOf(hash) ?? []), whole)
})

uploads('pieces that were read are not what a restore brings', async () => {
  const origin = await open()
  for (const index of [0, 1, 2]) origin.store.addPiece(piece(index, index === 1 ? wrong : {}))
  const rows = await commit(origin)
  const managed = await open()
  for (const index of [0, 1, 2]) managed.store.addPiece(piece(index))
  await managed.store.uploaded(hash)
  await managed.restore(rows, { changelogOffset: 4 })
  managed.store.addVersion('wine', version(whole))
  assert.equal(Buffer.from(managed.store.bytesOf(hash) ?? []), whole)
})

uploads('chunks that pieces of a larger size have claimed go', async () => {
  const managed = await open()
  const small = Buffer.from('small')
  const claimed = createHash('sha256').update(small).digest()
  for (const index of [0, 1, 2]) managed.store.addPiece(piece(index, { hash: claimed }))
  await commit(managed)
  managed.store.addVersion('wine', { ...version(small), hash: claimed, size: small.length })
  const rows = (await commit(managed)).filter(({ key }) => key.toString().startsWith('blob/'))
  assert.equal(
    rows.map(({ value }) => value?.length),
    [small.length, undefined, undefined],
  )
})

uploads('a hash of the wrong length is reported as such, not as wrong bytes', async () => {
  const { store } = await open()
  assert.throws(
    () => store.addPiece(piece(1, { hash: hash.subarray(1) })),
    (error: SluiceError) => /^piece 1 of 3 has a model hash of 31 bytes; a SHA-256 has 32$/.test(error.message),
  )
})

uploads('a contradictory piece is refused', async () => {
  const { store } = await open()
  store.addPiece(piece(0))
  const wrong: Partial<NewPiece>[] = [
    { index: 3 },
    { count: 4 },
    { bytes: whole.subarray(0, 5) },
    { hash: hash.subarray(1) },
    { size: whole.length + 1, index: 1 },
    { size: 0, count: 0 },
  ]
  for (const more of wrong)
    assert.throws(
      () => store.addPiece(piece(1, more)),
      (error: SluiceError) => error.code === 'MODEL_LOAD_FAILED',
    )
  store.addPiece(piece(1, { bytes: Buffer.alloc(CHUNK_BYTES) }))
  store.addPiece(piece(2))
  assert.is((await failure(store.uploaded(hash))).code, 'MODEL_HASH_MISMATCH')
})

uploads('a version whose bytes are only at a location has none in the store, even if another version has the same bytes', async () => {
  const managed = await open()
  managed.store.addVersion('a', { ...version(undefined), location: '/models/m' })
  const rows = await commit(managed)
  assert.equal([keysOf(rows), managed.store.bytesOf(hash)], [['state/a', 'policy/a/000'], undefined])
  managed.store.addVersion('b', version(whole))
  assert.equal(Buffer.from(managed.store.bytesOf(hash) ?? []), whole)
  const restored = await open()
  await restored.restore([...rows, ...(await commit(managed))], { changelogOffset: 9 })
  assert.equal([restored.store.state('a')?.versions[0]?.remote, restored.store.state('b')?.versions[0]?.remote], [true, undefined])
  assert.equal(Buffer.from(restored.store.bytesOf(hash) ?? []), whole)
})

uploads.run()
