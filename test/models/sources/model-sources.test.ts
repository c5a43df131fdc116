import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { archiveFiles } from '../../../models/files/model-files.ts'
import { ModelCache } from '../../../models/sources/model-cache.ts'
import { ModelSources, type SourceRules } from '../../../models/sources/model-sources.ts'
import type { SluiceError } from '../../../base/sluice-error.ts'

interface Context {
  directory: string
  root: string
  cacheDirectory: string
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()
const large = Buffer.from('larger than the store takes')
const failure = (reading: Promise<unknown>): Promise<SluiceError> =>
  reading.then(
    () => assert.unreachable('it was read') as never,
    (error: unknown) => error as SluiceError,
  )

const sources = suite<Context>('model sources')

sources.before.each(async context => {
  context.directory = await mkdtemp(join(tmpdir(), 'sluice-sources-'))
  context.root = join(context.directory, 'models')
  context.cacheDirectory = join(context.directory, 'cache')
  await mkdir(context.root)
})
sources.after.each(({ directory }) => rm(directory, { recursive: true }))

const cacheOf = ({ cacheDirectory }: Context, maxBytes = 1000): ModelCache => new ModelCache({ directory: cacheDirectory, maxBytes })
const sourcesOf = (context: Context, rules: Partial<SourceRules> = {}): ModelSources =>
  new ModelSources({ roots: [context.root], hosts: [], maxBytes: 1000, inMemoryBytes: 10, cache: cacheOf(context), ...rules })

async function put({ root }: Context, name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(join(root, name), bytes)
  return join(root, name)
}

sources('a small model is kept in memory and not cached', async context => {
  const bytes = Buffer.from('small')
  const content = await sourcesOf(context).read(await put(context, 'a', bytes), sha256(bytes))
  assert.equal([Buffer.from(content.bytes ?? []).toString(), content.size, content.path], ['small', 5, undefined])
  assert.equal(Buffer.from(content.hash), sha256(bytes))
  assert.equal(await readdir(context.directory), ['models'])
})

sources('a large model is cached by its hash, and found there when the location is gone', async context => {
  const location = await put(context, 'a', large)
  const hash = sha256(large)
  const content = await sourcesOf(context).read(location)
  assert.equal([content.bytes, content.size, content.path], [undefined, large.length, join(context.cacheDirectory, hash.toString('hex'))])
  assert.equal(await readFile(String(content.path)), large)
  await rm(location)
  assert.is((await failure(sourcesOf(context).read(location))).code, 'MODEL_LOAD_FAILED')
  assert.equal(await sourcesOf(context).read(location, hash), content)
  assert.equal(await readdir(context.cacheDirectory), [hash.toString('hex')])
})

sources('a damaged copy is never used: the model is fetched again', async context => {
  const location = await put(context, 'a', large)
  const { path } = await sourcesOf(context).read(location)
  await writeFile(String(path), 'something else')
  const again = await sourcesOf(context).read(location, sha256(large))
  assert.equal(await readFile(String(again.path)), large)
  await writeFile(String(path), 'something else')
  await rm(location)
  assert.is((await failure(sourcesOf(context).read(location, sha256(large)))).code, 'MODEL_LOAD_FAILED')
})

sources('another hash, too many bytes or no cache: refused, and no files are left', async context => {
  const location = await put(context, 'a', large)
  assert.is((await failure(sourcesOf(context).read(location, new Uint8Array(32)))).code, 'MODEL_HASH_MISMATCH')
  assert.is((await failure(sourcesOf(context, { maxBytes: 20 }).read(location))).code, 'MODEL_TOO_LARGE')
  assert.match(
    (await failure(sourcesOf(context, { cache: undefined }).read(location))).message,
    /more than 10 bytes, and no cache is configured/,
  )
  assert.is((await failure(sourcesOf(context).read('http://127.0.0.1:1/a'))).code, 'MODEL_LOCATION_REFUSED')
  assert.is((await readdir(context.cacheDirectory)).filter(name => name.startsWith('.')).length, 0)
})

sources('a directory is read as one archive, which is the same for the same files', async context => {
  await mkdir(join(context.root, 'saved/variables'), { recursive: true })
  await put(context, 'saved/saved_model.pb', Buffer.from('graph'))
  await put(context, 'saved/variables/variables.index', Buffer.from('index'))
  const read = (): ReturnType<ModelSources['read']> =>
    sourcesOf(context, { inMemoryBytes: 100_000, maxBytes: 100_000 }).read(join(context.root, 'saved'))
  const content = await read()
  await utimes(join(context.root, 'saved/saved_model.pb'), 1, 1)
  assert.equal(Buffer.from((await read()).hash), Buffer.from(content.hash))
  const files = await archiveFiles(content.bytes as Uint8Array)
  assert.equal(files.names, ['saved_model.pb', 'variables/variables.index'])
  assert.is(Buffer.from(await files.read('saved_model.pb')).toString(), 'graph')
  await mkdir(join(context.root, 'empty'))
  assert.is((await failure(sourcesOf(context).read(join(context.root, 'empty')))).code, 'MODEL_LOAD_FAILED')
})

async function* piecesOf(...pieces: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (piece instanceof Error) throw piece
    yield Buffer.from(piece)
  }
}

sources('the cache is bounded: the models used last stay, and the newest whatever its size', async context => {
  const cache = cacheOf(context, 20)
  const hashes: string[] = []
  for (const [at, piece] of ['first-----', 'second----'].entries()) {
    const { hash, path } = await cache.add(piecesOf(piece))
    hashes.push(Buffer.from(hash).toString('hex'))
    await utimes(String(path), at + 1, at + 1)
  }
  await cache.find(hashes[0] as string)
  const third = Buffer.from((await cache.add(piecesOf('third', '-----'))).hash).toString('hex')
  assert.equal((await readdir(context.cacheDirectory)).sort(), [hashes[0] as string, third].sort(), 'the second was not used')
  const fourth = Buffer.from((await cache.add(piecesOf('a fourth one that is larger than all there is room for'))).hash).toString('hex')
  assert.equal(await readdir(context.cacheDirectory), [fourth])
})

sources('a fetch that fails leaves no files, and names that are no hashes find nothing', async context => {
  const cache = cacheOf(context)
  assert.match((await failure(cache.add(piecesOf('a', new Error('broke off'))))).message, /broke off/)
  assert.equal(await readdir(context.cacheDirectory), [])
  await put(context, 'secret', Buffer.from('x'))
  for (const name of ['../models/secret', '', 'A'.repeat(64), '0'.repeat(64)]) assert.is(await cache.find(name), undefined)
})

sources.run()
