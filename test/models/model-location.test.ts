import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from 'uvu'
import { archiveFiles } from '../../models/files/model-files.ts'
import { readModelLocation } from '../../models/index.ts'
import type { SluiceError } from '../../base/sluice-error.ts'

const dir = mkdtempSync(join(realpathSync(tmpdir()), 'sluice-location-'))
const root = join(dir, 'models')
const rules = { roots: [join(dir, 'nowhere'), root], maxBytes: 100 }
const test = suite('model location')

test.before(() => {
  mkdirSync(join(root, 'sub dir'), { recursive: true })
  mkdirSync(join(dir, 'models-old'))
  mkdirSync(join(root, 'nothing'))
  for (const path of [join(root, 'a.onnx'), join(root, 'sub dir/b.onnx'), join(dir, 'secret'), join(dir, 'models-old/c.onnx')])
    writeFileSync(path, 'model')
  writeFileSync(join(root, 'large'), Buffer.alloc(101))
  writeFileSync(join(root, 'empty'), '')
  symlinkSync(join(dir, 'secret'), join(root, 'escape'))
  symlinkSync(dir, join(root, 'up'))
  linkSync(join(dir, 'secret'), join(root, 'hard'))
  mkdirSync(join(root, 'linked'))
  linkSync(join(dir, 'secret'), join(root, 'linked/model.pb'))
  symlinkSync(join(root, 'a.onnx'), join(root, 'inside'))
  symlinkSync(root, join(dir, 'alias'))
  execFileSync('mkfifo', [join(root, 'pipe')])
})

test.after(() => rmSync(dir, { recursive: true, force: true }))

async function refused(location: string, code: SluiceError['code'], message: RegExp, given = rules): Promise<void> {
  const error = (await readModelLocation(location, given).catch((thrown: unknown) => thrown)) as SluiceError
  assert.is(error.code, code, location)
  assert.match(error.message, message)
}

test('reads a path or a file: URI below a root, also through links that stay inside', async () => {
  const b = join(root, 'sub dir/b.onnx')
  for (const location of [
    join(root, 'a.onnx'),
    b,
    pathToFileURL(b).href,
    join(root, 'inside'),
    join(dir, 'alias/a.onnx'),
    join(root, 'sub dir/../a.onnx'),
  ]) {
    assert.is(Buffer.from(await readModelLocation(location, rules)).toString(), 'model')
  }
  assert.is((await readModelLocation(join(root, 'empty'), rules)).length, 0)
  const viaAlias = { ...rules, roots: [join(dir, 'alias')] }
  assert.is((await readModelLocation(join(root, 'a.onnx'), viaAlias)).length, 5)
})

test('a hard link may be a file of elsewhere, and is refused', async () => {
  await refused(join(root, 'hard'), 'MODEL_LOCATION_REFUSED', /the file has 3 names \(hard links\)/)
  await refused(join(root, 'linked'), 'MODEL_LOAD_FAILED', /the model's files hold model.pb, a link/)
})

test('refuses all other places, naming the roots', async () => {
  const outside = [
    join(dir, 'secret'),
    `${root}/../secret`,
    join(root, 'escape'),
    join(root, 'up/secret'),
    join(dir, 'models-old/c.onnx'),
    join(dir, 'not-there'),
    root,
    '/etc/passwd',
    pathToFileURL(join(dir, 'secret')).href,
    `file://${root}/..%2Fsecret`,
    'a.onnx',
    './a.onnx',
    'http://example.org/a.onnx',
    'file://elsewhere/a.onnx',
    '',
  ]
  for (const location of outside) await refused(location, 'MODEL_LOCATION_REFUSED', new RegExp(`models may lie below: .*${root}`))
  await refused(join(root, 'a.onnx'), 'MODEL_LOCATION_REFUSED', /no model root is configured/, { roots: [], maxBytes: 100 })
})

test('reports a location that is too large, missing, or no file', async () => {
  await refused(join(root, 'large'), 'MODEL_TOO_LARGE', /101 bytes; at most 100 are allowed/)
  await refused(join(root, 'gone.onnx'), 'MODEL_LOAD_FAILED', /cannot be read: ENOENT/)
  await refused(join(root, 'sub dir'), 'MODEL_TOO_LARGE', /2/, { roots: [root], maxBytes: 2 })
  await refused(join(root, 'nothing'), 'MODEL_LOAD_FAILED', /the directory is empty/)
  await refused(join(root, 'pipe'), 'MODEL_LOAD_FAILED', /neither a regular file nor a directory/)
})

test('a directory is read as an archive of its files', async () => {
  const files = await archiveFiles(await readModelLocation(join(root, 'sub dir'), { roots: [root], maxBytes: 10_000 }))
  assert.equal([files.names, Buffer.from(await files.read('b.onnx')).toString()], [['b.onnx'], 'model'])
})

test.run()
