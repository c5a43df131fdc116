import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { directoryFiles } from '../../../models/files/index.ts'
import { type ModelSigningKey, TrustedKeys } from '../../../models/signing/index.ts'
import { contentOf } from '../../../models/sources/index.ts'
import { packFiles } from '../../../models/files/index.ts'
import { authority, certified, signer, SigningFiles } from './signing-authority.ts'

/** The OpenSSF's tool, where it is installed: pip install model-signing. */
function tool(...args: readonly string[]): string {
  return execFileSync('model_signing', args, { encoding: 'utf8', stdio: 'pipe' })
}

function isInstalled(): boolean {
  try {
    tool('--version')
    return true
  } catch {
    return false
  }
}

const test = suite('the OpenSSF tool')
const files = new SigningFiles()
test.after(() => files.remove())

if (isInstalled()) {
  const model = files.write('a model', 'onnx')
  const directory = join(files.directory, 'saved')
  mkdirSync(join(directory, 'b/c'), { recursive: true })
  mkdirSync(join(directory, '.git'))
  for (const name of ['b/c/x', 'b-c', 'b/a', 'B', 'é', '.gitignore', '.git/HEAD'])
    writeFileSync(join(directory, name), `content of ${name}`)
  const sourcesOf = async (path: string): ReturnType<typeof directoryFiles> => {
    const all = await directoryFiles(path)
    return { names: all.names.filter(name => !name.startsWith('.git')), read: name => all.read(name) }
  }
  const ignored = ['.git', '.gitignore']

  const signedBy = async (key: ModelSigningKey): Promise<{ readonly file: string; readonly directory: string }> => ({
    file: files.write(await key.sign('model', readFileSync(model)), 'sig'),
    directory: files.write(await key.sign('saved', { files: await directoryFiles(directory), ignored }), 'sig'),
  })
  const check = async (path: string, bytes: Uint8Array, trusted: string): Promise<void> => {
    const content = await contentOf(bytes)
    await TrustedKeys.read([trusted])
      .verify(readFileSync(path), Date.now())
      .check(content.hash, () => Promise.resolve(content))
  }

  for (const curve of ['prime256v1', 'secp384r1', 'secp521r1'])
    test(`verifies what we sign, and we what it signs: a key of ${curve}`, async () => {
      const key = files.key(curve)
      const { file, directory: ofDirectory } = await signedBy(key.signing)
      assert.match(tool('verify', 'key', model, '--signature', file, '--public_key', key.path), /succeeded/)
      assert.match(tool('verify', 'key', directory, '--signature', ofDirectory, '--public_key', key.path), /succeeded/)
      const privateKey = files.write(key.privateKey)
      for (const [path, bytes] of [
        [model, readFileSync(model)],
        [directory, await packFiles(await sourcesOf(directory))],
      ] as const) {
        const out = files.write('', 'sig')
        tool('sign', 'key', path, '--private_key', privateKey, '--signature', out)
        await check(out, bytes, key.path)
      }
    })

  test('verifies what we sign, and we what it signs: a certificate', async () => {
    const root = files.certificate({ subject: 'CN=root', extensions: authority })
    const between = files.certificate({ subject: 'CN=between', extensions: authority, issuer: root })
    const leaf = files.certificate({ subject: 'CN=leaf', extensions: signer, issuer: between })
    const { file, directory: ofDirectory } = await signedBy(certified(leaf, between))
    // Without a directory of its own the tool would look at the system's authorities.
    for (const [path, signature] of [
      [model, file],
      [directory, ofDirectory],
    ] as const)
      assert.match(tool('verify', 'certificate', path, '--signature', signature, '--certificate_chain', root.path), /succeeded/)
    const out = files.write('', 'sig')
    const by = ['--private_key', leaf.keyPath, '--signing_certificate', leaf.path, '--certificate_chain', between.path]
    tool('sign', 'certificate', model, ...by, '--signature', out)
    await check(out, readFileSync(model), root.path)
  })

  test('refuses what was changed since we signed it', async () => {
    const key = files.key()
    const { file } = await signedBy(key.signing)
    const other = files.write('another model', 'onnx')
    assert.throws(() => tool('verify', 'key', other, '--signature', file, '--public_key', key.path), /mismatch/)
  })
} else console.log('skipped: the command model_signing is not installed (pip install model-signing)')

test.run()
