import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { archiveNames } from '../../models/archive-names.ts'
import { archiveDigests } from '../../models/files/archive-digests.ts'
import type { UnpackLimits } from '../../models/files/archive-entries.ts'
import { sha256Of } from '../serving/serving-driver.ts'
import { type ModelFiles, archiveFiles, directoryFiles, packFiles } from '../../models/files/model-files.ts'
import { isArchive } from '../../models/archive-names.ts'
import type { SluiceError } from '../../base/sluice-error.ts'

const test = suite('model files')

interface ZipItem {
  readonly name: string
  readonly content: Buffer
  /** Unix mode, to make links. */
  readonly mode?: number
  /** What the headers say the size is, when they lie. */
  readonly claims?: number
}

function zip(items: readonly ZipItem[]): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const { name, content, mode = 0o100644, claims = content.length } of items) {
    const data = deflateRawSync(content)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(content), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(claims, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE((mode << 16) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    local.push(Buffer.from('PK\x03\x04'), common, Buffer.from(name), data)
    central.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, tail, Buffer.from(name))
    offset += 30 + Buffer.byteLength(name) + data.length
  }
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(items.length, 8)
  end.writeUInt16LE(items.length, 10)
  end.writeUInt32LE(Buffer.concat(central).length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, ...central, end])
}

async function tar(entries: readonly { name: string; content?: string; type?: 'symlink' | 'link'; linkname?: string }[]): Promise<Buffer> {
  const archive = pack()
  for (const { name, content = '', type, linkname } of entries)
    archive.entry({ name, ...(type === undefined ? {} : { type, linkname: linkname ?? '' }) }, content)
  archive.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of archive) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function contents(files: ModelFiles): Promise<Record<string, string>> {
  return Object.fromEntries(
    await Promise.all(files.names.map(async name => [name, Buffer.from(await files.read(name)).toString()] as const)),
  )
}

/** The digests of an archive's files, of its bytes and of a file with them, which may not differ. */
async function digests(bytes: Uint8Array, limits?: UnpackLimits): Promise<Record<string, string>> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-digests-'))
  try {
    const path = join(directory, 'archive')
    writeFileSync(path, bytes)
    const start = bytes.subarray(0, 4096)
    const [inMemory, onDisk] = await Promise.all(
      [
        { bytes, path: undefined, start },
        { bytes: undefined, path, start },
      ].map(source =>
        archiveDigests(source, limits).then(
          found => Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1))),
          (error: unknown) => error as SluiceError,
        ),
      ),
    )
    if (!(inMemory instanceof Error)) {
      assert.equal(inMemory, onDisk)
      return inMemory as Record<string, string>
    }
    assert.is(inMemory.message, (onDisk as SluiceError).message)
    throw inMemory
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** What is refused is refused by both ways to read an archive, with one message. */
async function bothRefuse(bytes: Uint8Array, code: string, message: RegExp, limits?: UnpackLimits): Promise<void> {
  await refused(() => archiveFiles(bytes, limits), code, message)
  await refused(() => digests(bytes, limits), code, message)
}

async function refused(run: () => Promise<unknown>, code: string, message: RegExp): Promise<void> {
  const error = (await run().catch((thrown: unknown) => thrown)) as SluiceError
  assert.is(error.code, code, String(error))
  assert.match(error.message, message)
}

const text = (content: string): Buffer => Buffer.from(content)

test('zip, tar and gzip’d tar give the same files, without their common directory', async () => {
  const expected = { 'saved_model.pb': 'graph', 'variables/a.index': 'index' }
  const zipped = zip([
    { name: 'model/saved_model.pb', content: text('graph') },
    { name: 'model/variables/a.index', content: text('index') },
  ])
  const tarred = await tar([
    { name: './model/saved_model.pb', content: 'graph' },
    { name: './model/variables/a.index', content: 'index' },
  ])
  for (const bytes of [zipped, tarred, gzipSync(tarred)]) {
    assert.ok(isArchive(bytes))
    assert.equal(await contents(await archiveFiles(bytes)), expected)
    assert.equal(await digests(bytes), { 'saved_model.pb': sha256Of(text('graph')), 'variables/a.index': sha256Of(text('index')) })
    assert.equal(
      archiveNames(bytes).map(name => name.replace('./', '')),
      ['model/saved_model.pb', 'model/variables/a.index'],
    )
  }
})

test('other bytes are no archive', async () => {
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(2000), text('<PMML/>'), gzipSync(text('text')), text('PK\x03\x04')]) {
    assert.is(isArchive(bytes), false)
    assert.equal(archiveNames(bytes), [])
    await refused(() => archiveFiles(bytes), 'MODEL_LOAD_FAILED', /neither a zip/)
  }
})

test('names that lead outside, absolute names and duplicates are refused', async () => {
  for (const name of ['../x', 'a/../../x', '/etc/x', 'a//b', 'C:/x', 'a\\b']) {
    const zipped = zip([{ name, content: text('x') }])
    await bothRefuse(zipped, 'MODEL_LOAD_FAILED', /relative path|absolute path|not allowed|invalid/)
    const tarred = await tar([{ name, content: 'x' }])
    await bothRefuse(tarred, 'MODEL_LOAD_FAILED', /not allowed/)
  }
  const twice = await tar([
    { name: 'a', content: '1' },
    { name: './a', content: '2' },
  ])
  await bothRefuse(twice, 'MODEL_LOAD_FAILED', /a twice/)
})

test('links in archives are refused', async () => {
  const zipped = zip([{ name: 'x', content: text('/etc/passwd'), mode: 0o120777 }])
  await bothRefuse(zipped, 'MODEL_LOAD_FAILED', /x, a link/)
  for (const type of ['symlink', 'link'] as const) {
    const tarred = await tar([{ name: 'x', type, linkname: '/etc/passwd' }])
    await bothRefuse(tarred, 'MODEL_LOAD_FAILED', /x, a link/)
  }
})

test('archive bombs are refused before they are unpacked, whatever their headers say', async () => {
  const zeros = Buffer.alloc(2_000_000)
  const limits = { maxBytes: 100_000, maxFiles: 3 }
  await bothRefuse(zip([{ name: 'x', content: zeros }]), 'MODEL_TOO_LARGE', /100000 bytes/, limits)
  await bothRefuse(zip([{ name: 'x', content: zeros, claims: 10 }]), 'MODEL_LOAD_FAILED', /too many bytes/, limits)
  const tarred = await tar([{ name: 'x', content: zeros.toString('latin1') }])
  await bothRefuse(tarred, 'MODEL_TOO_LARGE', /100000 bytes/, limits)
  await bothRefuse(gzipSync(tarred), 'MODEL_TOO_LARGE', /100000 bytes/, limits)
  // Zeros after the end of the archive are unpacked too.
  const padded = gzipSync(Buffer.concat([await tar([{ name: 'x', content: 'x' }]), zeros]))
  await bothRefuse(padded, 'MODEL_TOO_LARGE', /100000 bytes/, limits)
  const many = Array.from({ length: 4 }, (_, at) => ({ name: `x${at}`, content: text('x') }))
  await bothRefuse(zip(many), 'MODEL_TOO_LARGE', /3 files/, limits)
})

test('damaged archives are refused', async () => {
  const zipped = zip([{ name: 'a', content: text('some text, and more of it') }])
  const tarred = await tar([{ name: 'a', content: 'x'.repeat(3000) }])
  for (const bytes of [zipped.subarray(0, zipped.length - 5), tarred.subarray(0, 1000), gzipSync(tarred).subarray(0, -20)])
    if (isArchive(bytes)) await bothRefuse(bytes, 'MODEL_LOAD_FAILED', /cannot be read/)
    else await refused(() => archiveFiles(bytes), 'MODEL_LOAD_FAILED', /neither a zip/)
})

test('files that desktop systems add are left out', async () => {
  const bytes = zip([
    { name: 'm/saved_model.pb', content: text('graph') },
    { name: '__MACOSX/m/._saved_model.pb', content: text('x') },
    { name: 'm/.DS_Store', content: text('x') },
  ])
  assert.equal(await contents(await archiveFiles(bytes)), { 'saved_model.pb': 'graph' })
  assert.equal(Object.keys(await digests(bytes)), ['saved_model.pb'])
})

test('only files inside a directory are read, and it is packed the same each time', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-files-')))
  try {
    const make = (name: string, reverse: boolean): string => {
      const directory = join(root, name)
      mkdirSync(join(directory, 'variables'), { recursive: true })
      const files = [
        ['saved_model.pb', 'graph'],
        ['variables/v.index', 'index'],
        [`variables/${'long'.repeat(40)}`, 'data'],
      ] as const
      for (const [file, content] of reverse ? files.toReversed() : files) writeFileSync(join(directory, file), content)
      return directory
    }
    const directory = make('a', false)
    const files = await directoryFiles(directory)
    assert.equal(files.names, ['saved_model.pb', `variables/${'long'.repeat(40)}`, 'variables/v.index'])
    const packed = await packFiles(files)
    assert.equal(Buffer.from(await packFiles(await directoryFiles(make('b', true)))), Buffer.from(packed))
    assert.equal(await contents(await archiveFiles(packed)), await contents(files))
    await refused(() => files.read('../b/saved_model.pb'), 'MODEL_LOAD_FAILED', /no file/)
    await refused(() => directoryFiles(directory, { maxBytes: 5, maxFiles: 9 }), 'MODEL_TOO_LARGE', /5 bytes/)
    symlinkSync('saved_model.pb', join(directory, 'alias.pb'))
    assert.is(Buffer.from(await (await directoryFiles(directory)).read('alias.pb')).toString(), 'graph')
    symlinkSync(join(root, 'b', 'saved_model.pb'), join(directory, 'outside.pb'))
    await refused(() => directoryFiles(directory), 'MODEL_LOAD_FAILED', /outside.pb, a link/)
  } finally {
    rmSync(root, { recursive: true })
  }
})

test.run()
